import { randomUUID } from 'node:crypto';
import { AuditStoreError } from '../store-error.js';
import type { PgConnections, PgSession } from './connection.js';
import { EVENTS } from './migrations/0001-events.js';

/** In the order in which they are applied; each is kept in the table `migrations`. They are only ever added to. */
const MIGRATIONS: readonly string[] = [EVENTS];

/** Key of the advisory lock under which tables are made: `Lstp` in ASCII, as in our SQLite files. */
const LOCK = 0x4c737470;

/**
 * Brings the schema `lockstep_audit` to this version's tables, in one transaction; of several processes that start at
 * once one does it. Refuses tables of later versions. Where nothing is to be done, only the right to read is needed.
 *
 * @param now RFC 3339
 */
export async function migrate(connections: PgConnections, now: string): Promise<void> {
  // Read without a lock first: an open of what is up to date writes nothing.
  if ((await versionOf(connections, connections.address)) === MIGRATIONS.length) return;
  await connections.transaction(async (session) => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const before = await versionOf(session, connections.address);
    if (before === MIGRATIONS.length) return;
    if (before === 0) await makeSchema(session);
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < before) continue;
      await session.query(sql);
      await session.query('INSERT INTO lockstep_audit.migrations (version, applied) VALUES ($1, $2)', [index + 1, now]);
    }
    await session.query(
      'INSERT INTO lockstep_audit.store (id, created) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM lockstep_audit.store)',
      [randomUUID(), now],
    );
  });
}

/** The schema may have been made already by somebody who has the right to; then it is not needed here. */
async function makeSchema(session: PgSession): Promise<void> {
  const there = await session.query("SELECT 1 FROM pg_namespace WHERE nspname = 'lockstep_audit'");
  if (there.length === 0) await session.query('CREATE SCHEMA lockstep_audit');
  await session.query(
    'CREATE TABLE lockstep_audit.migrations (version integer PRIMARY KEY, applied timestamptz NOT NULL)',
  );
}

/** True where a store was made in this database, of whatever version. */
export async function hasTables(session: PgSession): Promise<boolean> {
  // Not to_regclass: that asks a cache, which does not see what another process made while this one waited for the lock.
  const tables = await session.query(
    `SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = 'lockstep_audit' AND relname = 'migrations'`,
  );
  return tables.length > 0;
}

async function versionOf(session: PgSession, address: string): Promise<number> {
  if (!(await hasTables(session))) return 0;
  const [row] = await session.query('SELECT coalesce(max(version), 0) AS version FROM lockstep_audit.migrations');
  const version = Number(row?.['version']);
  if (version > MIGRATIONS.length) {
    throw new AuditStoreError(
      address,
      `its tables have version ${version}, made by a later Lockstep (this one knows ${MIGRATIONS.length}); run the later one`,
    );
  }
  return version;
}
