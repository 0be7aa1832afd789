import type { AuditEvent } from '../../api/types.js';
import type { LedgerStore } from '../store.js';
import { copyRun } from './copy-run.js';
import type { OnFault } from './fault.js';
import { allRuns } from './parts.js';

/** What was done. */
export interface CopyTally {
  /** Runs of which something was copied. */
  readonly runsCopied: number;
  /** Runs of which all was there already. */
  readonly runsKnown: number;
  readonly eventsCopied: number;
  readonly eventsKnown: number;
  /** UIDs of runs that were not copied, for a fault. */
  readonly refused: ReadonlySet<string>;
}

export interface CopyOptions {
  /** True: broken trails are copied as they are. */
  readonly includeBroken: boolean;
  /** Ends it: what was copied stays, and the next copy goes on from there. */
  readonly signal: AbortSignal;
  readonly onFault: OnFault;
}

/**
 * Copies the trails of all runs from one store to another, run by run, each after its chain was verified. What is there
 * already is left as it is, so it can be done again. Neither store is locked: events that come meanwhile are copied or
 * not (see verifyCopy). Errors: AuditStoreError.
 */
export async function copyTrails(
  { from, to }: { readonly from: LedgerStore; readonly to: LedgerStore },
  { includeBroken, signal, onFault }: CopyOptions,
): Promise<CopyTally> {
  const forks = byRun(await from.forks());
  const refused = new Set<string>();
  let tally = { runsCopied: 0, runsKnown: 0, eventsCopied: 0, eventsKnown: 0 };
  for await (const uid of allRuns(from)) {
    if (signal.aborted) break;
    const of = await copyRun({ from, to }, uid, { includeBroken, forks: forks.get(uid) ?? [], signal, onFault });
    if (of === null) refused.add(uid);
    else
      tally = {
        runsCopied: tally.runsCopied + (of.copied > 0 ? 1 : 0),
        runsKnown: tally.runsKnown + (of.copied > 0 ? 0 : 1),
        eventsCopied: tally.eventsCopied + of.copied,
        eventsKnown: tally.eventsKnown + of.known,
      };
  }
  return { ...tally, refused };
}

function byRun(events: readonly AuditEvent[]): ReadonlyMap<string, readonly AuditEvent[]> {
  const runs = new Map<string, AuditEvent[]>();
  for (const event of events) {
    const { uid } = event.subject;
    const run = runs.get(uid) ?? [];
    run.push(event);
    runs.set(uid, run);
  }
  return runs;
}
