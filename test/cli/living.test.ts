import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LockstepCli } from '../support/cli/lockstep-cli.js';
import { workflowYaml } from '../support/cli/workflows.js';

let cli: LockstepCli;
let number = 0;
let dataDir = '';

beforeAll(() => {
  cli = new LockstepCli();
});

afterAll(() => {
  cli.close();
});

beforeEach(() => {
  number += 1;
  dataDir = join(cli.home, `data-${number}`);
});

/** A run whose first step goes on until its file is there. */
function waiting(): { readonly file: string; readonly go: () => void } {
  const gate = join(cli.home, `gate-${number}`);
  const wait = `echo waiting; until [ -e ${gate} ]; do sleep 0.05; done; echo gone on`;
  const text = workflowYaml({
    name: 'long',
    steps: [
      { name: 'hold', script: wait },
      { name: 'next', script: 'echo next' },
    ],
    finally: [{ name: 'tidy', script: 'echo tidied' }],
  });
  return { file: cli.file(`long-${number}.yaml`, text), go: () => void cli.file(`gate-${number}`, '') };
}

function start(...args: readonly string[]): ReturnType<LockstepCli['start']> {
  return cli.startBare(...args, '--data-dir', dataDir);
}

function run(...args: readonly string[]): ReturnType<LockstepCli['run']> {
  return start(...args).ended;
}

describe('while a run goes on in another process', () => {
  it('verbs see it and act on it', async () => {
    const { file, go } = waiting();
    const running = start('run', file);
    await running.until(/hold try=1 Running/);
    expect(await run('get', '--phase', 'Running', '-o', 'name')).toMatchObject({ stdout: 'workflowexecution/long\n' });
    expect((await run('why', '-o', 'line')).stdout).toMatch(/^RUNNING long step 1\/2 hold: /);
    expect(await run('logs', 'long', 'hold')).toMatchObject({ code: 0, stdout: 'waiting\n' });
    expect(await run('wait', '--timeout', '100ms')).toMatchObject({ code: 124 });
    const second = await run('run', file);
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toContain('is running workflows in');
    expect(await run('suspend', '--reason', 'lunch')).toMatchObject({ code: 0 });
    await start('wait', '--for', 'phase=Running').ended;
    const following = start('logs', 'long', 'hold', '-f');
    await following.until(/waiting/);
    go();
    expect(await following.ended).toMatchObject({ code: 0, stdout: 'waiting\ngone on\n' });
    await running.until(/Suspended/);
    expect(await run('wait', '--fail-on-hold')).toMatchObject({ code: 12 });
    const watching = start('watch');
    await watching.until(/Suspended/);
    expect(await run('resume', '--reason', 'back')).toMatchObject({ code: 0 });
    expect(await running.ended).toMatchObject({ code: 0 });
    const watched = await watching.ended;
    expect(watched).toMatchObject({ code: 0 });
    expect(watched.stdout).toContain('SUCCEEDED long: 3 of 3 steps succeeded');
  }, 40_000);

  it('looking works at every instant of its start and its end', async () => {
    const { file, go } = waiting();
    go();
    const running = start('run', file);
    const looks = [];
    for (let look = 0; look < 8; look += 1) looks.push(await run('get', '-o', 'name'));
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(looks.map(({ code, stderr }) => ({ code, stderr }))).toEqual(looks.map(() => ({ code: 0, stderr: '' })));
  }, 40_000);
});

describe('while lockstep up keeps the directory up', () => {
  it('run submits to it and follows; what it began goes on there after Ctrl-C twice', async () => {
    const { file, go } = waiting();
    const up = start('up');
    await up.until(/The embedded cluster is up/);
    const running = start('run', file);
    await running.until(/hold try=1 Running/);
    expect(running.output()).toMatch(/Process \d+ \(lockstep up\) works on this run\./);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 130 });
    const again = start('run', file);
    await again.until(/Going on with default\/long/);
    go();
    const ended = await again.ended;
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain('SUCCEEDED long: 3 of 3 steps succeeded');
    const trail = await run('audit', 'long');
    expect(trail).toMatchObject({ code: 0 });
    expect(trail.stdout).toContain('run.succeeded');
    expect(await run('up')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('keeps this data directory up already') as string,
    });
    up.child.kill('SIGTERM');
    expect(await up.ended).toMatchObject({ code: 0 });
  }, 40_000);

  it('run with its kubeconfig leaves the work to it too: two controllers would take the pods of each other for those of strangers', async () => {
    const { file, go } = waiting();
    go();
    const up = start('up');
    await up.until(/The embedded cluster is up/);
    const other = ['--kubeconfig', join(dataDir, 'kubeconfig'), '--data-dir', join(cli.home, `other-${number}`)];
    const ended = await cli.startBare('run', file, ...other).ended;
    expect(ended.stderr).toContain('The installed controller (lockstep up) works on this run');
    expect(ended).toMatchObject({ code: 0 });
    up.child.kill('SIGTERM');
    expect(await up.ended).toMatchObject({ code: 0 });
  }, 40_000);

  it('up ends where its port is taken, and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const refused = await run('up', '--port', port);
    other.close();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`cannot listen on port ${port}`);
    expect(refused.stderr).toContain('give another with --port');
  });

  it('up is refused while a run goes on in another process, and says so', async () => {
    const { file, go } = waiting();
    const running = start('run', file);
    await running.until(/hold try=1 Running/);
    const refused = await run('up');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('is running workflows in');
    go();
    expect(await running.ended).toMatchObject({ code: 0 });
  }, 40_000);
});

describe('a reader that has seen enough', () => {
  it('does not end a run: it goes on to its end, and the command ends as the run did', async () => {
    const { file, go } = waiting();
    const running = start('run', file);
    await running.until(/hold try=1 Running/);
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    go();
    expect(await running.ended).toMatchObject({ code: 0 });
    expect((await run('why', '-o', 'line')).stdout).toMatch(/^SUCCEEDED long/);
  }, 40_000);
});

describe('Ctrl-C', () => {
  it('once cancels the run and waits for finally', async () => {
    const running = start('run', waiting().file);
    await running.until(/hold try=1 Running/);
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 11 });
    expect(ended.stderr).toContain('Cancelling: finally steps still run.');
    expect(ended.stdout).toContain('tidy try=1 Succeeded');
    expect(ended.stdout).toMatch(/CANCELLED long .*cancel by tester/);
  }, 30_000);

  it('twice leaves the run as it is; the same command goes on with it', async () => {
    const { file, go } = waiting();
    const running = start('run', file);
    await running.until(/hold try=1 Running/);
    running.child.kill('SIGTERM');
    const left = await running.ended;
    expect(left).toMatchObject({ code: 130 });
    expect(left.stderr).toContain('the same command goes on with the run');
    expect(await run('get', '-o', 'name', '--phase', 'Running')).toMatchObject({ stdout: 'workflowexecution/long\n' });
    for (const verb of ['why', 'get']) expect((await run(verb)).stderr).toContain('default/long stands still');
    const watch = await run('watch');
    expect(watch).toMatchObject({ code: 1 });
    expect(watch.stderr).toContain('no process works on it');
    const asked = await run('cancel', '--reason', 'changed our mind');
    expect(asked.stderr).toContain('takes effect when the run goes on');
    go();
    const resumed = await run('run', file);
    expect(resumed).toMatchObject({ code: 11 });
    expect(resumed.stderr).toContain('Going on with default/long, which was not over.');
    expect(resumed.stdout).toContain('changed our mind');
  }, 40_000);
});

describe('prune', () => {
  it('deletes what is over, and the trail stays', async () => {
    const { file, go } = waiting();
    go();
    await run('run', file);
    expect(await run('prune', '--dry-run')).toMatchObject({ code: 0, stdout: 'workflowexecution/long\n' });
    expect(await run('prune')).toMatchObject({ code: 0, stdout: 'workflowexecution/long\n' });
    expect(await run('get', '-o', 'name')).toMatchObject({ code: 0, stdout: '' });
    const trail = await run('audit', 'long');
    expect(trail.code).toBe(0);
    expect(trail.stdout).toContain('run.succeeded');
    expect(await run('run', file)).toMatchObject({ code: 0 });
  }, 30_000);

  it('with a namespace deletes only there', async () => {
    const { file, go } = waiting();
    go();
    await run('run', file);
    expect(await run('prune', '-n', 'other')).toMatchObject({ code: 0, stdout: '' });
    expect(await run('prune', '-n', 'other', '-A', '--dry-run')).toMatchObject({ stdout: 'workflowexecution/long\n' });
    expect(await run('prune', '-n', 'default')).toMatchObject({ code: 0, stdout: 'workflowexecution/long\n' });
  }, 30_000);
});
