import { clip } from '../api/clip.js';
import { isJsonObject } from '../api/json.js';
import { sha256Of } from '../api/digest.js';

type Data = Readonly<Record<string, unknown>>;

/** Longest text in an event's data, in characters; longer ones are cut. */
const TEXT_LIMIT = 512;
const NAME_LIMIT = 64;
/** Most bytes of an event's data in its full form: a verdict's extract (1 KiB) and what stands beside it. */
export const FULL_DATA_BYTES = 1536;
/** Most bytes of an event's data in its compact form, see compactData. */
export const COMPACT_DATA_BYTES = 160;

/** Bytes of a value as JSON in UTF-8. */
export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}

/** Data within its bounds: texts are cut, undefined members left out; what is still too long becomes compact. */
export function boundedData(data: object): Data {
  // Most data is: what is within it is not copied then.
  const bounded = isBounded(data) ? { ...data } : boundedMembers(data);
  return bytesOf(bounded) <= FULL_DATA_BYTES ? bounded : compactData(bounded);
}

/**
 * The least that an event must say where the outbox has no room for more: the machine word, and the hash of the data
 * that it stands for (they are in the status, or in the object that the event tells of).
 */
export function compactData(data: Data): Data {
  if (bytesOf(data) <= COMPACT_DATA_BYTES) return data;
  const word = machineWord(data);
  return { compact: true, digest: sha256Of(data), ...(word === null ? {} : { reason: word }) };
}

function machineWord(data: Data): string | null {
  const { action, verdict } = data;
  const candidates = [
    isJsonObject(action) ? action['verb'] : null,
    data['why'],
    isJsonObject(verdict) ? verdict['reason'] : null,
    data['reason'],
  ];
  return candidates.find((word): word is string => typeof word === 'string' && /^[A-Za-z-]{1,24}$/.test(word)) ?? null;
}

function isBounded(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= TEXT_LIMIT && value.isWellFormed();
  if (Array.isArray(value)) return value.every(isBounded);
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return Object.entries(value).every(
    ([name, member]) => name.length <= NAME_LIMIT && name.isWellFormed() && isBounded(member),
  );
}

function boundedMembers(value: object): Data {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [clip(name, NAME_LIMIT), boundedValue(member)]));
}

function boundedValue(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, TEXT_LIMIT);
  if (Array.isArray(value)) return value.map(boundedValue);
  return typeof value === 'object' && value !== null ? boundedMembers(value) : value;
}
