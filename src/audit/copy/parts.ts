import { setImmediate } from 'node:timers/promises';
import type { LedgerLine } from '../ledger.js';
import type { LedgerStore } from '../store.js';

/** Runs at a time: their UIDs, 36 bytes each. */
const RUNS = 500;
/** Lines at a time: about 250 bytes each. */
const LINES = 1_000;

/** All runs of a store by their UIDs, asked for in parts. What comes meanwhile is told or not. */
export async function* allRuns(store: LedgerStore): AsyncGenerator<string, void, undefined> {
  let after: string | null = null;
  for (;;) {
    const uids: readonly string[] = await store.runs({ after, limit: RUNS });
    for (const uid of uids) {
      // SQLite answers at once: without a turn of the event loop nobody could interrupt.
      await setImmediate();
      yield uid;
    }
    after = uids.at(-1) ?? null;
    if (after === null) return;
  }
}

/** The whole ledger of a store, in parts. */
export async function* wholeLedger(store: LedgerStore): AsyncGenerator<readonly LedgerLine[], void, undefined> {
  let after = 0;
  for (;;) {
    const lines: readonly LedgerLine[] = await store.ledger({ after, limit: LINES });
    const last = lines.at(-1);
    if (last === undefined) return;
    await setImmediate();
    yield lines;
    after = last.n;
  }
}
