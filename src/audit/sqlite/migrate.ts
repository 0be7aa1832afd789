import { randomUUID } from 'node:crypto';
import { AuditStoreError } from '../store-error.js';
import type { SqliteDatabase } from './database.js';
import { EVENTS } from './migrations/0001-events.js';

/** In the order in which they are applied; `user_version` counts how many were. They are only ever added to. */
const MIGRATIONS: readonly string[] = [EVENTS];

/** `Lstp` in ASCII: tells our files from other SQLite databases. */
const APPLICATION_ID = 0x4c737470;

/** Brings a file to this version's tables, in one transaction. Refuses files of others and of later versions. */
export function migrate(database: SqliteDatabase, path: string, now: string): void {
  // Read without a lock first: an open of what is up to date writes nothing.
  if (versionOf(database, path) === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const sql of MIGRATIONS.slice(versionOf(database, path))) database.exec(sql);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    if (database.prepare('SELECT id FROM store').all().length === 0) {
      database.prepare('INSERT INTO store (id, created) VALUES (?, ?)').run(randomUUID(), now);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: SqliteDatabase, path: string): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').all()[0]?.['count'];
  if (application !== APPLICATION_ID && (version !== 0 || tables !== 0)) {
    throw new AuditStoreError(path, 'this SQLite database belongs to another program; give another path');
  }
  if (version > MIGRATIONS.length) {
    throw new AuditStoreError(
      path,
      `it has version ${version}, written by a later Lockstep (this one knows ${MIGRATIONS.length}); run the later one`,
    );
  }
  return version;
}

function pragma(database: SqliteDatabase, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).all()[0]?.[name]);
}
