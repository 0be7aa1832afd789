import type { AuditEvent } from '../../api/types.js';
import type { AuditStore } from '../store.js';
import type { OnFault } from './fault.js';
import { readTrail } from './read-trail.js';

/** Events in one transaction: what the relay gives a store at a time (docs/decisions/0015). */
const PORTION = 200;

/** What became of a run: events that were copied, and that were there already. */
export interface RunCopy {
  readonly copied: number;
  readonly known: number;
}

export interface RunCopyOptions {
  /** True: a broken trail is copied as it is. */
  readonly includeBroken: boolean;
  /** Events of this run that the source refused their place: they tell what somebody tried, and the target refuses them too. */
  readonly forks: readonly AuditEvent[];
  /** Ends it between two portions. */
  readonly signal: AbortSignal;
  readonly onFault: OnFault;
}

/** Copies what the target lacks of a run, in portions. Null: nothing was copied, for a fault that was told. */
export async function copyRun(
  { from, to }: { readonly from: AuditStore; readonly to: AuditStore },
  uid: string,
  { includeBroken, forks, signal, onFault }: RunCopyOptions,
): Promise<RunCopy | null> {
  const { events, run, problems, isReadable } = await readTrail(from, uid);
  const refuse = (message: string): null => {
    onFault({ uid, run, message });
    return null;
  };
  const [problem] = problems;
  if (problem !== undefined) {
    if (!isReadable || !includeBroken) return refuse(`not copied, its trail is broken: ${problem.message}`);
    onFault({ uid, run, message: `copied as it is, its trail is broken: ${problem.message}` });
  }
  const there = (await to.lastSeq(uid)) === 0 ? [] : (await readTrail(to, uid)).events;
  const hashes = new Map(there.map(({ seq, hash }) => [seq, hash]));
  const other = events.find(({ seq, hash }) => (hashes.get(seq) ?? hash) !== hash);
  if (other !== undefined) return refuse(rival(other));
  const missing = events.filter(({ seq }) => !hashes.has(seq));
  let copied = 0;
  while (copied < missing.length && !signal.aborted) {
    const portion = missing.slice(copied, copied + PORTION);
    const forked = portion[(await to.append(portion)).indexOf('forked')];
    // Somebody else writes there, or what stands there cannot be read.
    if (forked !== undefined) return refuse(rival(forked));
    copied += portion.length;
  }
  // Only now: an event whose place were still free would take it.
  if (copied === missing.length) await to.append(forks);
  return { copied, known: events.length - missing.length };
}

function rival({ seq }: AuditEvent): string {
  return `not copied: the target has another event ${seq} of this run`;
}
