import { AuditStoreError } from '../store-error.js';
import type { SqlRow, SqlValue, SqliteDatabase } from './database.js';
import { withoutExperimentalWarning } from './experimental-warning.js';

/** What of node:sqlite is used. */
interface NativeStatement {
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
  all(...values: readonly SqlValue[]): readonly SqlRow[];
}

interface NativeDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): NativeStatement;
  close(): void;
}

type NativeConstructor = new (path: string) => NativeDatabase;

/**
 * Opens a SQLite file: with node:sqlite where Node has it (22.13 and later, without a flag), with the optional package
 * @photostructure/sqlite, which has its API, on Node 20. Throws what those throw; an AuditStoreError where there is neither.
 */
export async function openDatabase(path: string): Promise<SqliteDatabase> {
  const Native = nodeSqlite() ?? (await packaged());
  if (Native === null) {
    throw new AuditStoreError(
      path,
      `Node ${process.versions.node} has no SQLite of its own and the optional package @photostructure/sqlite is not installed; ` +
        'use Node 22.13 or later, or install again with optional packages',
    );
  }
  return adapt(new Native(path));
}

function adapt(native: NativeDatabase): SqliteDatabase {
  return {
    exec: (sql) => void native.exec(sql),
    prepare(sql) {
      const statement = native.prepare(sql);
      return {
        run: (...values) => Number(statement.run(...values).changes),
        all: (...values) => statement.all(...values),
      };
    },
    close: () => {
      native.close();
    },
  };
}

function nodeSqlite(): NativeConstructor | null {
  const module: unknown = withoutExperimentalWarning('SQLite', () => process.getBuiltinModule('node:sqlite'));
  return constructorOf(module, 'DatabaseSync');
}

async function packaged(): Promise<NativeConstructor | null> {
  try {
    return constructorOf(await import('@photostructure/sqlite'), 'DatabaseSync');
  } catch (error) {
    // An optional package: that it is not there is an answer. Anything else is an error of its own.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** The edge: these modules have no types here (node:sqlite is newer than the oldest Node that we support). */
function constructorOf(module: unknown, name: string): NativeConstructor | null {
  if (typeof module !== 'object' || module === null) return null;
  const found: unknown = Reflect.get(module, name);
  return typeof found === 'function' ? (found as NativeConstructor) : null;
}
