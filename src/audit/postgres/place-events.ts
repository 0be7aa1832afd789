import type { AuditEvent } from '../../api/types.js';
import { type LedgerLine, nextLine } from '../ledger.js';
import type { StoreResult } from '../store.js';

/** What the store holds where events are to be placed. */
export interface Occupied {
  readonly storeId: string;
  /** Last line of the ledger; null: the store is empty. */
  readonly last: LedgerLine | null;
  /** Hash of what stands under the keys of the events; see keyOf. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** What is to be written for a batch. */
export interface Placement {
  readonly results: readonly StoreResult[];
  readonly stored: readonly AuditEvent[];
  readonly lines: readonly LedgerLine[];
  readonly forked: readonly AuditEvent[];
}

export function keyOf(uid: string, seq: number): string {
  return `${uid}/${seq}`;
}

/** Finds each event of a batch its place: the first under a key has it, also within the batch. */
export function placeEvents(events: readonly AuditEvent[], { storeId, last, hashes }: Occupied): Placement {
  const taken = new Map(hashes);
  const stored: AuditEvent[] = [];
  const forked: AuditEvent[] = [];
  const lines: LedgerLine[] = [];
  const results = events.map((event): StoreResult => {
    const { hash, seq, subject } = event;
    const key = keyOf(subject.uid, seq);
    const there = taken.get(key);
    if (there === hash) return 'known';
    if (there !== undefined) {
      forked.push(event);
      return 'forked';
    }
    taken.set(key, hash);
    stored.push(event);
    lines.push(nextLine(storeId, lines.at(-1) ?? last, { uid: subject.uid, seq, hash }));
    return 'stored';
  });
  return { results, stored, lines, forked };
}
