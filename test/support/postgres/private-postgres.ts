import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';

/** Where Debian has the server's programs: not in the PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** The directory of initdb and postgres of the newest version that is installed, or null. */
export function postgresPrograms(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const bins = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .filter((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')));
  return bins[0] ?? null;
}

/** Tests of PostgreSQL are skipped where it is not installed, unless somebody demands them. */
export function mayUsePostgres(): boolean {
  if (postgresPrograms() !== null) return true;
  if (process.env['LOCKSTEP_TEST_POSTGRES'] === 'required')
    throw new Error(
      `LOCKSTEP_TEST_POSTGRES=required, and there is no PostgreSQL in ${DEBIAN}: apt-get install postgresql`,
    );
  process.stderr.write(
    `skipped: the tests of the PostgreSQL audit store (no PostgreSQL in ${DEBIAN}; apt-get install postgresql)\n`,
  );
  return false;
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian made for it. */
function userOf(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A PostgreSQL of this test's own, in a directory that it makes, reached by a socket there. */
export class PrivatePostgres {
  readonly directory: string;
  readonly #bin: string;
  #server: ChildProcess | null = null;
  #databases = 0;

  private constructor(bin: string, directory: string) {
    this.#bin = bin;
    this.directory = directory;
  }

  static async start(): Promise<PrivatePostgres> {
    const bin = postgresPrograms();
    if (bin === null) throw new Error('PostgreSQL is not installed');
    const directory = mkdtempSync(join(tmpdir(), 'lockstep-pg-'));
    const { uid, gid } = userOf();
    if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
    const server = new PrivatePostgres(bin, directory);
    const data = join(directory, 'data');
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'admin', '-E', 'UTF8', '--locale=C', '-N', '-A', 'trust'], {
      ...userOf(),
      cwd: directory,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // One user needs a password, so that a wrong one is refused as on a real server.
    writeFileSync(join(data, 'pg_hba.conf'), 'local all keeper scram-sha-256\nlocal all all trust\n');
    await server.startServer();
    return server;
  }

  /** Starts it again after stopServer: with what it had. */
  async startServer(): Promise<void> {
    const options = ['listen_addresses=', 'fsync=off', 'max_connections=50', 'shared_buffers=16MB'];
    const server = spawn(
      join(this.#bin, 'postgres'),
      ['-D', join(this.directory, 'data'), '-k', this.directory, ...options.flatMap((option) => ['-c', option])],
      { ...userOf(), cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#server = server;
    const said: string[] = [];
    for await (const line of createInterface({ input: server.stderr })) {
      said.push(line);
      if (line.includes('database system is ready to accept connections')) {
        server.stderr.resume();
        return;
      }
    }
    throw new Error(`PostgreSQL did not start: ${said.join('\n')}`);
  }

  /** Ends the server as `pg_ctl stop -m immediate` does, as a crash would: connections break. */
  async stopServer(): Promise<void> {
    const server = this.#server;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGQUIT');
    await ended;
    this.#server = null;
  }

  /** The path of its socket. */
  get socket(): string {
    return join(this.directory, '.s.PGSQL.5432');
  }

  /** The address of an empty database. */
  async newDatabase(): Promise<string> {
    const name = `audit_${(this.#databases += 1)}`;
    await this.admin(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  url(database: string, user = 'admin'): string {
    return `postgres://${user}@/${database}?host=${this.directory}`;
  }

  /** One statement, as the administrator. */
  async admin(sql: string, database = 'postgres'): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.stopServer();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
