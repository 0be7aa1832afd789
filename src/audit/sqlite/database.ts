/** What a column holds. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlStatement {
  /** Runs it and tells how many rows it changed. */
  run(...values: readonly SqlValue[]): number;
  all(...values: readonly SqlValue[]): readonly SqlRow[];
}

/** The little of SQLite that the store needs, whoever brings it: see openDatabase. Everything is synchronous. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}
