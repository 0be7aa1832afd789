import { hash } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** Longest part of the run's name in an object's name, so that the whole stays below 63 (design, "Names"). */
const RUN_PART = 35;

/**
 * Name of the object of an attempt: the run's name (at most 35 characters), the first ten base32 digits of
 * SHA-256(UID/task), and the attempt. A run that is created again under its name has another UID, so it never meets the
 * old one's objects.
 */
export function attemptObjectName(
  run: { readonly name: string; readonly uid: string },
  task: string,
  attempt: number,
): string {
  const digest = hash('sha256', `${run.uid}/${task}`, 'buffer');
  const prefix = run.name
    .slice(0, RUN_PART)
    .replaceAll('.', '-')
    .replace(/[^a-z0-9]+$/, '');
  return `${prefix}-${base32(digest, 10)}-a${attempt}`;
}

function base32(bytes: Uint8Array, digits: number): string {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && text.length < digits) {
      bits -= 5;
      text += BASE32.charAt((held >> bits) & 31);
    }
  }
  return text;
}
