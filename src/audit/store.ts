import type { AuditEvent } from '../api/types.js';
import type { LedgerLine } from './ledger.js';

/** What the store did with an event: stored it, had it already, or has another one under its key (a fork: alarm). */
export type StoreResult = 'stored' | 'known' | 'forked';

/**
 * Keeps audit events, each exactly once by (UID of the run, sequence). A write that returns is durable. Errors:
 * AuditStoreError, with the path or address and what to do.
 */
export interface AuditStore {
  /** Appends events, all or none, in the given order; the results stand in the same order. */
  append(events: readonly AuditEvent[]): Promise<readonly StoreResult[]>;
  /** Events of a run in order of their sequence. */
  eventsOf(runUid: string): Promise<readonly AuditEvent[]>;
  /** UIDs of the runs that had this name, latest first: names are used again, UIDs are not. */
  runsNamed(namespace: string, name: string): Promise<readonly string[]>;
  /** Highest sequence stored for a run; 0 where there is none. */
  lastSeq(runUid: string): Promise<number>;
  close(): Promise<void>;
}

/** A store that also tells in which order it took the events, so that a year later nobody can have taken one out. */
export interface LedgerStore extends AuditStore {
  /** Tells this store from every other, also from a new one under its address (design review A4). */
  readonly id: string;
  /** Events that were refused their place because another one had it. */
  forks(): Promise<readonly AuditEvent[]>;
  /** In which order what was stored: the lines of a part, or all of them; see verifyLedger. */
  ledger(part?: LedgerPart): Promise<readonly LedgerLine[]>;
  /** UIDs of runs in an order of the store's own: at most `limit` that come after one (null: from the first on). */
  runs(part: { readonly after: string | null; readonly limit: number }): Promise<readonly string[]>;
}

/** The lines of a ledger after a line's number (0: from the first on), at most so many. */
export interface LedgerPart {
  readonly after: number;
  readonly limit: number;
}
