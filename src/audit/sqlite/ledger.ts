import { sha256, sha256Of } from '../../api/digest.js';

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

export interface LedgerProblem {
  readonly n: number;
  readonly message: string;
}

/** Everything that is wrong with a store's ledger, given as a whole. */
export function verifyLedger(storeId: string, lines: readonly LedgerLine[]): readonly LedgerProblem[] {
  const problems: LedgerProblem[] = [];
  let head = ledgerStart(storeId);
  for (const [index, line] of lines.entries()) {
    if (line.n !== index + 1) problems.push({ n: index + 1, message: `line ${index + 1} is missing` });
    else if (line.prev !== head)
      problems.push({ n: line.n, message: `line ${line.n} does not continue the one before` });
    head = ledgerHash(line);
  }
  return problems;
}
