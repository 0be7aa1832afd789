import { type LedgerLine, ledgerVerifier } from '../ledger.js';
import type { LedgerStore } from '../store.js';
import type { OnFault } from './fault.js';
import { allRuns, wholeLedger } from './parts.js';
import { readTrail } from './read-trail.js';

/** What the target holds. */
export interface VerifiedStore {
  readonly runs: number;
  readonly events: number;
}

export interface VerifyOptions {
  /** UIDs of runs that were not copied. */
  readonly refused: ReadonlySet<string>;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly onFault: OnFault;
}

/**
 * Verifies a copy: that every event that the source ever took is in the target, but for runs that were refused, and that
 * all trails there and the ledgers of both are whole. The source's ledger also tells of events that were taken out of
 * it, which the chain of a run cannot where they were its last, and of those that came while it was copied. Null: it was
 * interrupted.
 */
export async function verifyCopy(
  { from, to }: { readonly from: LedgerStore; readonly to: LedgerStore },
  options: VerifyOptions,
): Promise<VerifiedStore | null> {
  await verifyLedgerOf(from, { ...options, name: 'source', onLines: missingIn(to, options) });
  await verifyLedgerOf(to, { ...options, name: 'target', onLines: () => Promise.resolve() });
  const found = await verifyTrails(to, options);
  return options.signal.aborted ? null : found;
}

interface LedgerOptions extends VerifyOptions {
  readonly name: string;
  readonly onLines: (lines: readonly LedgerLine[]) => Promise<void>;
}

async function verifyLedgerOf(store: LedgerStore, { name, signal, onFault, onLines }: LedgerOptions): Promise<void> {
  const verify = ledgerVerifier(store.id);
  let isWhole = true;
  for await (const lines of wholeLedger(store)) {
    if (signal.aborted) return;
    const [problem] = verify(lines);
    // One is enough: where a line is missing all that come after it are wrong.
    if (problem !== undefined && isWhole)
      onFault({ uid: null, run: null, message: `the ledger of the ${name} is broken: ${problem.message}` });
    isWhole &&= problem === undefined;
    await onLines(lines);
  }
}

/** Tells each run once of which the target lacks an event of these lines. */
function missingIn(to: LedgerStore, { refused, onFault }: VerifyOptions): LedgerOptions['onLines'] {
  const told = new Set(refused);
  return async (lines) => {
    const hashes = new Map<string, ReadonlyMap<number, string>>();
    for (const { uid, seq, hash } of lines) {
      if (told.has(uid)) continue;
      const there = hashes.get(uid) ?? (await hashesOf(to, uid));
      hashes.set(uid, there);
      if (there.get(seq) === hash) continue;
      told.add(uid);
      const why = 'it came while the trails were copied, or somebody took it out of the source';
      onFault({ uid, run: null, message: `event ${seq}, which the source took, is not in the target: ${why}` });
    }
  };
}

async function hashesOf(store: LedgerStore, uid: string): Promise<ReadonlyMap<number, string>> {
  const { events } = await readTrail(store, uid);
  return new Map(events.map(({ seq, hash }) => [seq, hash]));
}

async function verifyTrails(store: LedgerStore, { signal, onFault }: VerifyOptions): Promise<VerifiedStore> {
  let [runs, events] = [0, 0];
  for await (const uid of allRuns(store)) {
    if (signal.aborted) break;
    const trail = await readTrail(store, uid);
    runs += 1;
    events += trail.events.length;
    const [problem] = trail.problems;
    if (problem !== undefined)
      onFault({ uid, run: trail.run, message: `its trail in the target is broken: ${problem.message}` });
  }
  return { runs, events };
}
