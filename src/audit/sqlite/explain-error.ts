import { AuditStoreError } from '../store-error.js';

/** Primary result codes of SQLite (sqlite.org/rescode.html), by number. */
const CODES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
};

const ADVICE: Readonly<Record<string, string>> = {
  SQLITE_BUSY:
    'another process holds its lock; nothing is lost, it is tried again. End that process if it should not run',
  SQLITE_LOCKED: 'another connection holds its lock; nothing is lost, it is tried again',
  SQLITE_READONLY: 'it is read-only; give the controller the right to write the file and its directory',
  SQLITE_IOERR: 'the disk reports an error; look at its space and its health',
  SQLITE_CORRUPT: 'the file is damaged; keep it, and give another path to go on',
  SQLITE_FULL: 'the disk is full; make room. Nothing is lost, it is tried again',
  SQLITE_CANTOPEN:
    'the file cannot be opened; make its directory, with the right to write there (SQLite keeps files beside it), ' +
    'or give another path',
  SQLITE_NOTADB: 'it is not a SQLite database; give another path',
};

/** What SQLite (or the file system) said, with the path and what to do. Other errors come back as they are. */
export function explainError(path: string, error: unknown): unknown {
  if (error instanceof AuditStoreError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code === null) return error;
  const advice = ADVICE[code] ?? 'look at the file and its disk';
  return new AuditStoreError(path, `${advice} (${code}: ${error.message})`, { cause: error });
}

function codeOf(error: Error): string | null {
  const errcode: unknown = Reflect.get(error, 'errcode');
  if (typeof errcode !== 'number') return null;
  // Extended codes hold the primary one in their low byte.
  return CODES[errcode & 0xff] ?? `SQLITE_${errcode}`;
}
