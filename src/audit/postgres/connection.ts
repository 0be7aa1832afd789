import pg from 'pg';
import { shownAddress, strictAddress } from './address.js';
import { explainError } from './explain-error.js';

/** A value of a statement: all that is stored is text, numbers and arrays of them. */
export type PgValue = string | number | readonly string[] | readonly number[];

/** A row by the names of its columns; 64-bit numbers come as text. */
export type PgRow = Readonly<Record<string, unknown>>;

/** Where statements are sent: a connection with a transaction, or any. */
export interface PgSession {
  query(sql: string, values?: readonly PgValue[]): Promise<readonly PgRow[]>;
}

/** Connections at a time: one appends, the others read. */
const CONNECTIONS = 4;

/**
 * Connections to one PostgreSQL database, opened when they are needed and again after they broke. Errors:
 * AuditStoreError.
 */
export class PgConnections implements PgSession {
  /** For people: without the password. */
  readonly address: string;
  readonly #pool: pg.Pool;
  readonly #patienceMs: number;

  /** `patienceMs`: how long a connect, a lock, or a transaction of a process that no longer moves is waited for. */
  constructor(url: string, patienceMs: number) {
    this.address = shownAddress(url);
    this.#patienceMs = patienceMs;
    try {
      this.#pool = new pg.Pool({
        connectionString: strictAddress(url),
        max: CONNECTIONS,
        fallback_application_name: 'lockstep',
        connectionTimeoutMillis: patienceMs,
        // A server that vanished without a word says nothing; the statement's own limit, below, comes first.
        query_timeout: 3 * patienceMs,
        keepAlive: true,
        // A process that is done shall end, whatever idles here.
        allowExitOnIdle: true,
      });
    } catch (error) {
      throw explainError(this.address, error);
    }
    // A connection that breaks while nobody uses it: the next statement opens another, or says why it cannot.
    this.#pool.on('error', () => undefined);
  }

  async query(sql: string, values: readonly PgValue[] = []): Promise<readonly PgRow[]> {
    try {
      return await rowsOf(this.#pool, sql, values);
    } catch (error) {
      throw explainError(this.address, error);
    }
  }

  /**
   * Runs `action` in one transaction. Where it fails, or its end is unknown, the connection is thrown away: whether a
   * commit whose answer was lost was done is for the caller to see when it comes again.
   */
  async transaction<T>(action: (session: PgSession) => Promise<T>): Promise<T> {
    try {
      const client = await this.#pool.connect();
      // Between two statements a broken connection has nobody else to tell; the next statement fails by it.
      client.on('error', ignore);
      try {
        await client.query(this.#begin());
        const result = await action({ query: (sql, values = []) => rowsOf(client, sql, values) });
        await client.query('COMMIT');
        client.off('error', ignore);
        client.release();
        return result;
      } catch (error) {
        client.release(true);
        throw error;
      }
    } catch (error) {
      throw explainError(this.address, error);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /**
   * The settings hold for this transaction alone, so that a pooler between us and the server may share connections. The
   * last limit is the server's: a process that was stopped in the middle must not hold the others up for ever.
   */
  #begin(): string {
    return `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
      SET LOCAL lock_timeout = ${this.#patienceMs};
      SET LOCAL statement_timeout = ${2 * this.#patienceMs};
      SET LOCAL idle_in_transaction_session_timeout = ${this.#patienceMs};
      SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`;
  }
}

function ignore(): void {
  // See PgConnections.transaction.
}

async function rowsOf(
  target: Pick<pg.ClientBase, 'query'>,
  sql: string,
  values: readonly PgValue[],
): Promise<readonly PgRow[]> {
  const result: unknown = await target.query<PgRow>(sql, [...values]);
  // Of several statements in one text the driver gives one result each; the last one counts.
  const last: unknown = Array.isArray(result) ? result.at(-1) : result;
  return isResult(last) ? last.rows : [];
}

/** The edge: the driver's types know only the answer to one statement. */
function isResult(value: unknown): value is { readonly rows: readonly PgRow[] } {
  return typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows);
}
