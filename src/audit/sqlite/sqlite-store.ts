import type { Clock } from '../../api/clock.js';
import { formatInstant } from '../../api/instant.js';
import type { AuditEvent } from '../../api/types.js';
import type { LedgerPart, LedgerStore, StoreResult } from '../store.js';
import { parseEvent } from '../parse-event.js';
import type { SqlRow, SqlStatement, SqliteDatabase } from './database.js';
import { explainError } from './explain-error.js';
import { type LedgerLine, nextLine } from '../ledger.js';
import { migrate } from './migrate.js';
import { openDatabase } from './open-database.js';

/**
 * How long a statement waits for another process's lock, in ms. It waits in the event loop: longer waits are the
 * relay's, which sleeps meanwhile.
 */
const BUSY_MS = 100;

/** Opens the audit store in a file, and makes it where there is none. Errors: AuditStoreError. */
export async function openSqliteAuditStore(path: string, clock: Clock): Promise<SqliteAuditStore> {
  let database: SqliteDatabase | null = null;
  try {
    database = await openDatabase(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    database.exec('PRAGMA journal_mode = WAL');
    // In WAL mode NORMAL loses the last commits when the power fails. What is acknowledged leaves the outbox, and would
    // be nowhere then: so every commit is synced (4,700 instead of 30,000 a second, measured; a run has about twenty).
    database.exec('PRAGMA synchronous = FULL');
    migrate(database, path, formatInstant(clock.now()));
    return new SqliteAuditStore(database, path, clock);
  } catch (error) {
    database?.close();
    throw explainError(path, error);
  }
}

/** Audit events in one SQLite file, for one controller; other processes may read meanwhile (WAL). */
export class SqliteAuditStore implements LedgerStore {
  readonly path: string;
  readonly id: string;
  readonly #database: SqliteDatabase;
  readonly #clock: Clock;
  readonly #sql: Statements;

  constructor(database: SqliteDatabase, path: string, clock: Clock) {
    this.path = path;
    this.#database = database;
    this.#clock = clock;
    this.#sql = prepareAll(database);
    this.id = textOf(database.prepare('SELECT id FROM store').all()[0], 'id');
  }

  append(events: readonly AuditEvent[]): Promise<readonly StoreResult[]> {
    if (events.length === 0) return Promise.resolve([]);
    return this.#try(() => this.#inTransaction(() => events.map((event) => this.#add(event))));
  }

  eventsOf(runUid: string): Promise<readonly AuditEvent[]> {
    return this.#try(() => this.#sql.eventsOf.all(runUid).map((row) => eventOf(row)));
  }

  runsNamed(namespace: string, name: string): Promise<readonly string[]> {
    return this.#try(() => this.#sql.runsNamed.all(namespace, name).map((row) => textOf(row, 'uid')));
  }

  lastSeq(runUid: string): Promise<number> {
    return this.#try(() => Number(this.#sql.lastSeq.all(runUid)[0]?.['seq'] ?? 0));
  }

  forks(): Promise<readonly AuditEvent[]> {
    return this.#try(() => this.#sql.forks.all().map((row) => eventOf(row)));
  }

  ledger(part?: LedgerPart): Promise<readonly LedgerLine[]> {
    // To SQLite a negative limit is none (sqlite.org/lang_select.html).
    return this.#try(() => this.#sql.ledger.all(part?.after ?? 0, part?.limit ?? -1).map(lineOf));
  }

  runs({ after, limit }: { readonly after: string | null; readonly limit: number }): Promise<readonly string[]> {
    // No UID is empty.
    return this.#try(() => this.#sql.runs.all(after ?? '', limit).map((row) => textOf(row, 'uid')));
  }

  close(): Promise<void> {
    return this.#try(() => {
      this.#database.close();
    });
  }

  #add(event: AuditEvent): StoreResult {
    const { seq, hash, time, type, subject } = event;
    const text = JSON.stringify(event);
    const inserted = this.#sql.insert.run(subject.uid, seq, hash, time, type, subject.namespace, subject.name, text);
    if (inserted === 1) {
      this.#enter(event);
      return 'stored';
    }
    if (textOf(this.#sql.hashOf.all(subject.uid, seq)[0], 'hash') === hash) return 'known';
    this.#sql.fork.run(subject.uid, seq, hash, formatInstant(this.#clock.now()), text);
    return 'forked';
  }

  #enter({ subject, seq, hash }: AuditEvent): void {
    const row = this.#sql.ledgerHead.all()[0];
    const line = nextLine(this.id, row === undefined ? null : lineOf(row), { uid: subject.uid, seq, hash });
    this.#sql.enter.run(line.n, line.uid, line.seq, line.hash, line.prev);
  }

  #inTransaction<T>(action: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = action();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // A full disk or an I/O error has rolled back already (sqlite.org/lang_transaction.html); the first error counts.
    }
  }

  /** SQLite answers at once; what it throws becomes the rejection, told for people. */
  async #try<T>(action: () => T): Promise<T> {
    try {
      return await Promise.resolve(action());
    } catch (error) {
      throw explainError(this.path, error);
    }
  }
}

type Statements = Readonly<Record<StatementName, SqlStatement>>;
type StatementName =
  | 'insert'
  | 'hashOf'
  | 'fork'
  | 'forks'
  | 'ledgerHead'
  | 'enter'
  | 'ledger'
  | 'runs'
  | 'eventsOf'
  | 'runsNamed'
  | 'lastSeq';

function prepareAll(database: SqliteDatabase): Statements {
  return {
    insert: database.prepare(
      'INSERT INTO events (uid, seq, hash, time, type, namespace, name, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ' +
        'ON CONFLICT (uid, seq) DO NOTHING',
    ),
    hashOf: database.prepare('SELECT hash FROM events WHERE uid = ? AND seq = ?'),
    fork: database.prepare(
      'INSERT INTO forks (uid, seq, hash, seen, event) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    forks: database.prepare('SELECT event FROM forks ORDER BY seen, uid, seq'),
    ledgerHead: database.prepare('SELECT n, uid, seq, hash, prev FROM ledger ORDER BY n DESC LIMIT 1'),
    enter: database.prepare('INSERT INTO ledger (n, uid, seq, hash, prev) VALUES (?, ?, ?, ?, ?)'),
    ledger: database.prepare('SELECT n, uid, seq, hash, prev FROM ledger WHERE n > ? ORDER BY n LIMIT ?'),
    runs: database.prepare('SELECT DISTINCT uid FROM events WHERE uid > ? ORDER BY uid LIMIT ?'),
    eventsOf: database.prepare('SELECT event FROM events WHERE uid = ? ORDER BY seq'),
    runsNamed: database.prepare(
      'SELECT uid FROM events WHERE namespace = ? AND name = ? GROUP BY uid ORDER BY max(time) DESC',
    ),
    lastSeq: database.prepare('SELECT max(seq) AS seq FROM events WHERE uid = ?'),
  };
}

function eventOf(row: SqlRow): AuditEvent {
  return parseEvent(textOf(row, 'event'));
}

function lineOf(row: SqlRow): LedgerLine {
  const { n, seq } = row;
  return {
    n: Number(n),
    uid: textOf(row, 'uid'),
    seq: Number(seq),
    hash: textOf(row, 'hash'),
    prev: textOf(row, 'prev'),
  };
}

function textOf(row: SqlRow | undefined, name: string): string {
  const value = row?.[name];
  if (typeof value !== 'string') throw new TypeError(`column ${name} holds no text`);
  return value;
}
