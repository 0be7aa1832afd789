import { sha256, sha256Of } from '../api/digest.js';

/** One line of a store's ledger: the n-th event that it took. `prev` is the hash of the line before. */
export interface LedgerLine {
  readonly n: number;
  readonly uid: string;
  readonly seq: number;
  /** The event's. */
  readonly hash: string;
  readonly prev: string;
}

/** Before the first line there is the store itself. */
export function ledgerStart(storeId: string): string {
  return sha256(storeId);
}

/** Hash of a line, which the next one names. */
export function ledgerHash(line: LedgerLine): string {
  return sha256Of(line);
}

/** The line of an event that a store takes after `last` (null: it is the store's first). */
export function nextLine(storeId: string, last: LedgerLine | null, event: LedgerEntry): LedgerLine {
  const { uid, seq, hash } = event;
  const prev = last === null ? ledgerStart(storeId) : ledgerHash(last);
  return { n: (last?.n ?? 0) + 1, uid, seq, hash, prev };
}

export type LedgerEntry = Pick<LedgerLine, 'uid' | 'seq' | 'hash'>;

export interface LedgerProblem {
  readonly n: number;
  readonly message: string;
}

/** Everything that is wrong with a store's ledger, given as a whole. */
export function verifyLedger(storeId: string, lines: readonly LedgerLine[]): readonly LedgerProblem[] {
  return ledgerVerifier(storeId)(lines);
}

/** Verifies a store's ledger part by part, in order: what is wrong with each part, given all before it. */
export function ledgerVerifier(storeId: string): (part: readonly LedgerLine[]) => readonly LedgerProblem[] {
  let head = ledgerStart(storeId);
  let n = 0;
  return (part) => {
    const problems: LedgerProblem[] = [];
    for (const line of part) {
      n += 1;
      if (line.n !== n) problems.push({ n, message: `line ${n} is missing` });
      else if (line.prev !== head) problems.push({ n, message: `line ${n} does not continue the one before` });
      head = ledgerHash(line);
    }
    return problems;
  };
}
