import type { Clock } from '../../api/clock.js';
import { formatInstant } from '../../api/instant.js';
import type { AuditEvent } from '../../api/types.js';
import type { LedgerLine } from '../ledger.js';
import { AuditStoreError } from '../store-error.js';
import type { LedgerPart, LedgerStore, StoreResult } from '../store.js';
import { PgConnections, type PgSession } from './connection.js';
import { hasTables, migrate } from './migrate.js';
import { type Occupied, keyOf, placeEvents } from './place-events.js';
import { eventOf, lineOf, textOf } from './rows.js';

/** How long a server that does not answer, or another writer, is waited for, in ms: longer waits are the relay's. */
const PATIENCE_MS = 5_000;

export interface PostgresStoreOptions {
  readonly clock: Clock;
  readonly patienceMs?: number;
  /** True: nothing is made where there is no store. */
  readonly mustExist?: boolean;
}

/**
 * Opens the audit store in a PostgreSQL database (`postgres://…`, 12 or later), and makes its tables where there are
 * none. Errors: AuditStoreError.
 */
export async function openPostgresAuditStore(
  url: string,
  { clock, patienceMs = PATIENCE_MS, mustExist = false }: PostgresStoreOptions,
): Promise<PostgresAuditStore> {
  const connections = new PgConnections(url, patienceMs);
  try {
    if (mustExist && !(await hasTables(connections)))
      throw new AuditStoreError(connections.address, 'there is no audit trail in this database; look at the address');
    await migrate(connections, formatInstant(clock.now()));
    const [row] = await connections.query('SELECT id FROM lockstep_audit.store');
    return new PostgresAuditStore(connections, { clock, id: textOf(row, 'id') });
  } catch (error) {
    await connections.close();
    throw error;
  }
}

/**
 * Audit events in a PostgreSQL database, for several controllers at once. Appends follow one another: each takes the row
 * of the store, so that the ledger is one chain whoever writes.
 */
export class PostgresAuditStore implements LedgerStore {
  readonly id: string;
  readonly #connections: PgConnections;
  readonly #clock: Clock;

  constructor(connections: PgConnections, { clock, id }: { readonly clock: Clock; readonly id: string }) {
    this.id = id;
    this.#connections = connections;
    this.#clock = clock;
  }

  async append(events: readonly AuditEvent[]): Promise<readonly StoreResult[]> {
    if (events.length === 0) return [];
    return this.#connections.transaction(async (session) => {
      const { results, stored, lines, forked } = placeEvents(events, await this.#occupied(session, events));
      await insertEvents(session, stored);
      await insertLines(session, lines);
      await insertForks(session, forked, formatInstant(this.#clock.now()));
      return results;
    });
  }

  async eventsOf(runUid: string): Promise<readonly AuditEvent[]> {
    const sql = 'SELECT event FROM lockstep_audit.events WHERE uid = $1 ORDER BY seq';
    return (await this.#connections.query(sql, [runUid])).map(eventOf);
  }

  async runsNamed(namespace: string, name: string): Promise<readonly string[]> {
    const sql =
      'SELECT uid FROM lockstep_audit.events WHERE namespace = $1 AND name = $2 GROUP BY uid ORDER BY max(time) DESC';
    return (await this.#connections.query(sql, [namespace, name])).map((row) => textOf(row, 'uid'));
  }

  async lastSeq(runUid: string): Promise<number> {
    const sql = 'SELECT coalesce(max(seq), 0) AS seq FROM lockstep_audit.events WHERE uid = $1';
    return Number((await this.#connections.query(sql, [runUid]))[0]?.['seq']);
  }

  async forks(): Promise<readonly AuditEvent[]> {
    const sql = 'SELECT event FROM lockstep_audit.forks ORDER BY seen, uid, seq';
    return (await this.#connections.query(sql)).map(eventOf);
  }

  async ledger(part?: LedgerPart): Promise<readonly LedgerLine[]> {
    const sql = 'SELECT n, uid, seq, hash, prev FROM lockstep_audit.ledger WHERE n > $1 ORDER BY n';
    const rows =
      part === undefined
        ? await this.#connections.query(sql, [0])
        : await this.#connections.query(`${sql} LIMIT $2`, [part.after, part.limit]);
    return rows.map(lineOf);
  }

  async runs({ after, limit }: { readonly after: string | null; readonly limit: number }): Promise<readonly string[]> {
    // No UID is empty. Their order is that of the database's collation, as the index has it.
    const sql = 'SELECT DISTINCT uid FROM lockstep_audit.events WHERE uid > $1 ORDER BY uid LIMIT $2';
    return (await this.#connections.query(sql, [after ?? '', limit])).map((row) => textOf(row, 'uid'));
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  /** Waits for the other writers, and reads what is there then. */
  async #occupied(session: PgSession, events: readonly AuditEvent[]): Promise<Occupied> {
    const [store] = await session.query('SELECT id FROM lockstep_audit.store FOR UPDATE');
    const id = store === undefined ? 'none' : textOf(store, 'id');
    if (id !== this.id) {
      throw new AuditStoreError(
        this.#connections.address,
        `another store stands there now than at the start (${id} instead of ${this.id}); ` +
          'if that is meant, start the controller again',
      );
    }
    const [last] = await session.query(
      'SELECT n, uid, seq, hash, prev FROM lockstep_audit.ledger ORDER BY n DESC LIMIT 1',
    );
    const there = await session.query(
      'SELECT uid, seq, hash FROM lockstep_audit.events JOIN unnest($1::text[], $2::bigint[]) AS asked (uid, seq) USING (uid, seq)',
      [events.map(({ subject }) => subject.uid), events.map(({ seq }) => seq)],
    );
    return {
      storeId: this.id,
      last: last === undefined ? null : lineOf(last),
      hashes: new Map(there.map((row) => [keyOf(textOf(row, 'uid'), Number(row['seq'])), textOf(row, 'hash')])),
    };
  }
}

async function insertEvents(session: PgSession, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await session.query(
    `INSERT INTO lockstep_audit.events (uid, seq, hash, time, type, namespace, name, event)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[])`,
    [
      events.map(({ subject }) => subject.uid),
      events.map(({ seq }) => seq),
      events.map(({ hash }) => hash),
      events.map(({ time }) => time),
      events.map(({ type }) => type),
      events.map(({ subject }) => subject.namespace),
      events.map(({ subject }) => subject.name),
      events.map((event) => JSON.stringify(event)),
    ],
  );
}

async function insertLines(session: PgSession, lines: readonly LedgerLine[]): Promise<void> {
  if (lines.length === 0) return;
  await session.query(
    `INSERT INTO lockstep_audit.ledger (n, uid, seq, hash, prev)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[])`,
    [
      lines.map(({ n }) => n),
      lines.map(({ uid }) => uid),
      lines.map(({ seq }) => seq),
      lines.map(({ hash }) => hash),
      lines.map(({ prev }) => prev),
    ],
  );
}

async function insertForks(session: PgSession, events: readonly AuditEvent[], seen: string): Promise<void> {
  if (events.length === 0) return;
  await session.query(
    `INSERT INTO lockstep_audit.forks (uid, seq, hash, seen, event)
     SELECT uid, seq, hash, $4, event FROM unnest($1::text[], $2::bigint[], $3::text[], $5::text[]) AS fork (uid, seq, hash, event)
     ON CONFLICT DO NOTHING`,
    [
      events.map(({ subject }) => subject.uid),
      events.map(({ seq }) => seq),
      events.map(({ hash }) => hash),
      seen,
      events.map((event) => JSON.stringify(event)),
    ],
  );
}
