import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { CliError } from '../errors.js';

const KEY_BYTES = 32;

/** The key of the attempt proofs in a data directory: made at the first start, readable for its owner only. */
export function attemptKey(path: string): Uint8Array {
  const known = readKey(path);
  if (known !== null) return known;
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, randomBytes(KEY_BYTES), { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    throw new CliError(
      `the key file ${path} cannot be written: ${String(error)}; make room, or choose another --data-dir`,
      { cause: error },
    );
  }
  const made = readKey(path);
  if (made === null) throw new CliError(`the key file ${path} vanished while it was made; try again`);
  return made;
}

function readKey(path: string): Uint8Array | null {
  let key: Uint8Array;
  try {
    key = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CliError(`the key file ${path} cannot be read: ${String(error)}`, { cause: error });
  }
  if (key.length !== KEY_BYTES)
    throw new CliError(
      `the key file ${path} is damaged: it has ${key.length} bytes instead of ${KEY_BYTES}; without it Lockstep cannot tell its own pods from others`,
    );
  return key;
}
