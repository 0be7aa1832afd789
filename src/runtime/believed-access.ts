import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../api/clock.js';
import type { Access, Credentials } from './access.js';

/** Tokens rotate and files are replaced: what was read is believed no longer than this. */
const BELIEVED_FOR_MS = 30_000;
/** A refusal leads to no more reads than one in this time: a plugin is a program, and a revoked token stays revoked. */
const REFUSED_AGAIN_MS = 5_000;

interface Reading {
  readonly at: number;
  readonly access: Promise<Access>;
}

/**
 * Access that is read when it is asked for, and again after 30 s or when the server has refused it (401). Concurrent
 * callers share one read; a failed one is not remembered. `again`: what is read must not come from anybody's cache.
 */
export function believedAccess(read: (again: boolean) => Promise<Access>, clock: Clock): Credentials {
  let last: Reading | null = null;
  let known: Access | null = null;
  let readForRefusalAt = -Infinity;

  /** The same object as before where nothing has changed, so that callers can tell. */
  async function readOnce(again: boolean): Promise<Access> {
    const access = await read(again);
    if (known === null || !isDeepStrictEqual(known, access)) known = access;
    return known;
  }

  async function start(again: boolean): Promise<Access> {
    const current = { at: clock.monotonic(), access: readOnce(again) };
    last = current;
    try {
      return await current.access;
    } catch (error) {
      // It may have been replaced meanwhile by a newer read.
      if (newestReading() === current) last = null;
      throw error;
    }
  }

  const newestReading = (): Reading | null => last;

  return async ({ refused } = {}) => {
    if (last === null || clock.monotonic() - last.at >= BELIEVED_FOR_MS) return start(refused !== undefined);
    const reading = last;
    const access = await reading.access;
    if (refused !== access) return access;
    const newest = newestReading();
    if (newest !== null && newest !== reading) return newest.access;
    if (clock.monotonic() - readForRefusalAt < REFUSED_AGAIN_MS) return access;
    readForRefusalAt = clock.monotonic();
    return start(true);
  };
}
