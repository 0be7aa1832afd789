import type { Reason } from '../api/types.js';

/** One line of a table: what a component of the platform writes, and what it means. */
export interface TextRow {
  readonly pattern: RegExp;
  readonly subreason: string;
  /** The cause can clear without anybody changing the spec. */
  readonly clears: boolean;
  /** Another reason than the table's own. */
  readonly reason?: Reason;
}

/** The first row that matches. Texts are free of structure here, so order is meaning: the narrower row comes first. */
export function rowOf(table: readonly TextRow[], text: string): TextRow | null {
  return table.find((row) => row.pattern.test(text)) ?? null;
}
