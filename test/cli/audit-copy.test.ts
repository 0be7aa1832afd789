import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/api/types.js';
import { openDatabase } from '../../src/audit/sqlite/open-database.js';
import { openSqliteAuditStore } from '../../src/audit/sqlite/sqlite-store.js';
import { createIo } from '../../src/cli/io.js';
import { auditCopyVerb } from '../../src/cli/verbs/audit-copy.js';
import { sampleTrail } from '../audit/sample-trail.js';
import { LockstepCli } from '../support/cli/lockstep-cli.js';
import { PrivatePostgres, mayUsePostgres } from '../support/postgres/private-postgres.js';
import { VirtualClock } from '../support/virtual-clock.js';

const ONE = sampleTrail({ uid: 'one' });
const TWO = sampleTrail({ uid: 'two', name: 'copy' });

describe('lockstep audit copy', () => {
  let cli: LockstepCli;
  let files = 0;
  beforeAll(() => {
    cli = new LockstepCli();
  });
  afterAll(() => {
    cli.close();
  });

  const newPath = (): string => join(cli.home, `${(files += 1)}.db`);
  const fileWith = async (...trails: readonly (readonly AuditEvent[])[]): Promise<string> => {
    const path = newPath();
    const store = await openSqliteAuditStore(path, new VirtualClock());
    for (const trail of trails) await store.append(trail);
    await store.close();
    return path;
  };
  const copy = (...args: readonly string[]) => cli.startBare('audit', 'copy', ...args).ended;

  it('copies all runs, tells how many, and copies nothing twice', async () => {
    const [from, to] = [await fileWith(ONE, TWO), newPath()];
    const first = await copy('--from', from, '--to', to);
    expect(first).toMatchObject({ code: 0, stderr: 'All of it is whole.\n' });
    expect(first.stdout).toBe(
      'copied: 2 runs, 8 events\nthere already: 0 runs, 0 events\nthe target has: 2 runs, 8 events\n',
    );
    const second = await copy('--from', `sqlite:${from}`, '--to', to);
    expect(second.stdout).toBe(
      'copied: 0 runs, 0 events\nthere already: 2 runs, 8 events\nthe target has: 2 runs, 8 events\n',
    );
  });

  it('leaves the trail of a run that is called copy to be read', async () => {
    const path = await fileWith(TWO);
    const { code, stdout } = await cli.run('audit', 'shop/copy', '--audit-store', path);
    expect(code).toBe(0);
    expect(stdout).toContain('run.succeeded');
  });

  it('writes where --audit-store says, without --to', async () => {
    const [from, to] = [await fileWith(ONE), newPath()];
    expect(await copy('--from', from, '--audit-store', to)).toMatchObject({ code: 0 });
    expect(existsSync(to)).toBe(true);
  });

  it('tells of a broken trail, copies the others, and ends with 1; with --include-broken it copies it too', async () => {
    const [from, to] = [await fileWith(ONE, TWO), newPath()];
    const database = await openDatabase(from);
    database.exec("DELETE FROM events WHERE uid = 'one' AND seq = 2");
    database.close();
    const { code, stdout, stderr } = await copy('--from', from, '--to', to);
    expect(code).toBe(1);
    expect(stderr).toContain('shop/restart-web one: not copied, its trail is broken: event 2 is missing');
    expect(stderr).toContain('Not all is well: 1 fault, told above.\n--include-broken copies broken trails too');
    expect(stdout).toContain('copied: 1 run, 4 events\n');
    const all = await copy('--from', from, '--to', to, '--include-broken');
    expect(all.code).toBe(1);
    expect(all.stdout).toContain('copied: 1 run, 3 events\nthere already: 1 run, 4 events\n');
    expect(all.stderr).toContain('shop/restart-web one: its trail in the target is broken: event 2 is missing');
  });

  it('tells of another event in the target, and ends with 1', async () => {
    const from = await fileWith(ONE);
    const to = await fileWith(sampleTrail({ uid: 'one', actor: 'somebody else' }));
    const { code, stderr } = await copy('--from', from, '--to', to);
    expect(code).toBe(1);
    expect(stderr).toContain('shop/restart-web one: not copied: the target has another event 1 of this run');
  });

  it('refuses one store under two addresses', async () => {
    const path = await fileWith(ONE);
    const link = join(cli.home, 'link.db');
    symlinkSync(path, link);
    for (const to of [path, link]) {
      const { code, stderr } = await copy('--from', path, '--to', to);
      expect(code).toBe(2);
      expect(stderr).toContain(`${path} and ${to} are the same store`);
    }
    rmSync(link);
  });

  it('refuses a source that is not there, and makes none', async () => {
    const [from, to] = [newPath(), newPath()];
    const { code, stderr } = await copy('--from', from, '--to', to);
    expect(code).toBe(1);
    expect(stderr).toContain(`audit store ${from}: there is no such file`);
    expect([existsSync(from), existsSync(to)]).toEqual([false, false]);
  });

  it.each([[['--from', 'somewhere.db']], [['--to', 'somewhere.db']], [['extra', '--from', 'a.db', '--to', 'b.db']]])(
    'ends with 2 where it is not told from where and to where: %s',
    async (args) => {
      expect((await copy(...args)).code).toBe(2);
    },
  );

  it('is interrupted by Ctrl-C: says how to go on, and the same again goes on', async () => {
    const trails = Array.from({ length: 500 }, (_, run) => sampleTrail({ uid: `run-${run}` }));
    const [from, to] = [await fileWith(trails.flat()), newPath()];
    const lines: string[] = [];
    const say = (line: string): void => {
      lines.push(line);
    };
    const io = { ...createIo('never'), print: say, tell: say };
    const options = { from, to, includeBroken: false, color: 'never', verbose: false } as const;
    const before = process.listenerCount('SIGINT');
    const copying = auditCopyVerb(options, io);
    while (process.listenerCount('SIGINT') === before) await setImmediate();
    process.emit('SIGINT');
    expect(await copying).toBe(130);
    expect(lines.at(-1)).toBe('Interrupted. What was copied stays; the same command goes on from there.');
    expect(await auditCopyVerb(options, io)).toBe(0);
    expect(lines.slice(-2)).toEqual(['the target has: 500 runs, 2000 events', 'All of it is whole.']);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  describe.runIf(mayUsePostgres())('to PostgreSQL', () => {
    let postgres: PrivatePostgres;
    beforeAll(async () => {
      postgres = await PrivatePostgres.start();
    }, 60_000);
    afterAll(() => postgres.close());

    it('and back: the same events', async () => {
      const [from, url, back] = [await fileWith(ONE, TWO), await postgres.newDatabase(), newPath()];
      expect((await copy('--from', from, '--to', url)).stdout).toContain('the target has: 2 runs, 8 events');
      expect((await copy('--from', url, '--to', back)).stdout).toContain('the target has: 2 runs, 8 events');
      const store = await openSqliteAuditStore(back, new VirtualClock());
      expect(await store.eventsOf('one')).toEqual(ONE);
      expect(await store.eventsOf('two')).toEqual(TWO);
      await store.close();
    });

    it('refuses a database under two addresses', async () => {
      const url = await postgres.newDatabase();
      await copy('--from', await fileWith(ONE), '--to', url);
      const { code, stderr } = await copy('--from', url, '--to', `${url}&application_name=other`);
      expect(code).toBe(2);
      expect(stderr).toContain('are the same store');
    });

    it('refuses a database without a trail as the source, and makes nothing there', async () => {
      const url = await postgres.newDatabase();
      const { code, stderr } = await copy('--from', url, '--to', newPath());
      expect(code).toBe(1);
      expect(stderr).toContain('there is no audit trail in this database');
      const schemas = await postgres.admin(
        "SELECT 1 FROM pg_namespace WHERE nspname = 'lockstep_audit'",
        new URL(url.replace('@/', '@host/')).pathname.slice(1),
      );
      expect(schemas).toEqual([]);
    });
  });
});
