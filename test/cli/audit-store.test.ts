import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockstepCli } from '../support/cli/lockstep-cli.js';
import { workflowYaml } from '../support/cli/workflows.js';
import { PrivatePostgres, mayUsePostgres } from '../support/postgres/private-postgres.js';

const GOOD = workflowYaml({ name: 'good', steps: [{ name: 'greet', script: 'echo hello' }] });

describe('--audit-store', () => {
  let cli: LockstepCli;
  beforeAll(() => {
    cli = new LockstepCli();
  });
  afterAll(() => {
    cli.close();
  });

  it('names another SQLite file: the trail is there and not in the data directory', async () => {
    const path = join(cli.home, 'elsewhere.db');
    const run = await cli.run('run', cli.file('good.yaml', GOOD), '--audit-store', path);
    expect(run.code).toBe(0);
    expect(existsSync(path)).toBe(true);
    expect(existsSync(join(cli.dataDir, 'audit.db'))).toBe(false);
    const audit = await cli.run('audit', 'good', '--audit-store', `sqlite:${path}`);
    expect(audit.code).toBe(0);
    expect(audit.stdout).toContain('run.succeeded');
  });

  it('is read without a cluster: in the pod of a controller, and from a copy', async () => {
    const path = join(cli.home, 'copied.db');
    await cli.run('run', cli.file('good.yaml', GOOD), '--again', '--audit-store', path);
    const none = join(cli.home, 'nothing-there');
    const audit = await cli.startBare('audit', 'default/good', '--audit-store', path, '--data-dir', none).ended;
    expect(audit).toMatchObject({ code: 0 });
    expect(audit.stdout).toContain('run.succeeded');
    expect(existsSync(none)).toBe(false);
  });

  it('that is none ends with 1 and what to write, without the password', async () => {
    const { code, stderr } = await cli.run('audit', '--audit-store', 'mysql://u:hidden@db/audit');
    expect(code).toBe(1);
    expect(stderr).toContain('give a path (SQLite) or postgres://USER@HOST:PORT/DATABASE');
    expect(stderr).not.toContain('hidden');
  });

  describe.runIf(mayUsePostgres())('in PostgreSQL', () => {
    let postgres: PrivatePostgres;
    beforeAll(async () => {
      postgres = await PrivatePostgres.start();
    }, 60_000);
    afterAll(() => postgres.close());

    it('takes the trail of a run, and gives it back', async () => {
      const url = await postgres.newDatabase();
      const file = cli.file('kept.yaml', GOOD.replace('name: good', 'name: kept'));
      expect((await cli.run('run', file, '--audit-store', url)).code).toBe(0);
      const { code, stdout } = await cli.run('audit', 'kept', '--audit-store', url);
      expect(code).toBe(0);
      expect(stdout).toContain('run.accepted');
      expect(stdout).toContain('run.succeeded');
    });

    it('that is not there is told before anything is started', async () => {
      const gone = postgres.url('nowhere');
      const { code, stderr } = await cli.run('run', cli.file('good.yaml', GOOD), '--audit-store', gone);
      expect(code).toBe(1);
      expect(stderr).toContain('audit store postgres://admin@/nowhere: there is no such database; make it (createdb)');
    });
  });
});
