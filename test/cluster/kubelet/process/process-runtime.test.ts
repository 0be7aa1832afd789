import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POD_UID, RuntimeFixture, shell, WHOLE_LOG } from './runtime-fixture.js';

let fixture: RuntimeFixture;
beforeEach(() => {
  fixture = new RuntimeFixture();
});
afterEach(async () => {
  await fixture.close();
});

const isRoot = process.getuid?.() === 0;

describe('a command', () => {
  it('ends with its exit code, its termination message and its log', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('echo out; echo err >&2; echo done > "$TERMINATION_LOG"; exit 3'));
    const end = await fixture.end(runtime);
    expect(end).toMatchObject({ exitCode: 3, reason: 'Error', message: 'done\n' });
    expect(end.startedAt).toBeGreaterThan(Date.now() - 60_000);
    expect(end.finishedAt ?? 0).toBeGreaterThanOrEqual(end.startedAt ?? 0);
    expect(await runtime.readLog(fixture.latest(runtime).id, WHOLE_LOG)).toBe('out\nerr\n');
  });

  it('is Completed when it ends with 0', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('exit 0'));
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 0, reason: 'Completed', message: null });
  });

  it.runIf(isRoot)('writes its termination message to /dev/termination-log, which no other process sees', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('echo here > /dev/termination-log'));
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 0, message: 'here\n' });
    expect(readFileSync('/dev/termination-log', 'utf8')).toBe('');
  });

  it('gets its own variables, a few of this machine, and no others of this program', async () => {
    process.env['LOCKSTEP_TEST_SECRET'] = 'secret';
    const runtime = fixture.runtime();
    await runtime.start(shell('env', { env: { A: 'it\'s $HOME; "quoted"\nnew line', BASH_ENV: '/nonexistent' } }));
    await fixture.end(runtime);
    const log = await runtime.readLog(fixture.latest(runtime).id, WHOLE_LOG);
    expect(log).toContain('A=it\'s $HOME; "quoted"\nnew line\n');
    expect(log).toContain('HOSTNAME=p\n');
    expect(log).toContain(`PATH=${process.env['PATH'] ?? ''}\n`);
    expect(log).not.toMatch(/LOCKSTEP_|secret/);
    delete process.env['LOCKSTEP_TEST_SECRET'];
  });

  it('runs in the directory that it asks for, else in one of its pod', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('pwd', { workingDir: '/usr' }));
    await runtime.start(shell('pwd; echo kept > file', { container: 'first' }));
    await fixture.end(runtime, 'first');
    await runtime.start(shell('cat file', { container: 'second' }));
    await fixture.end(runtime, 'second');
    await fixture.end(runtime);
    const log = (name: string): Promise<string> => runtime.readLog(fixture.latest(runtime, name).id, WHOLE_LOG);
    expect(await log('main')).toBe('/usr\n');
    expect(await log('first')).toBe(`${join(fixture.dataDir, 'pods', POD_UID, 'work')}\n`);
    expect(await log('second')).toBe('kept\n');
  });

  it('hears SIGINT and SIGQUIT as any process does', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('kill -INT $$; sleep 60'));
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 130, reason: 'Error' });
  });

  it('takes what it left behind with it when it ends', async () => {
    const runtime = fixture.runtime();
    const pidFile = join(fixture.dataDir, 'child');
    await runtime.start(shell(`sleep 60 & echo $! > ${pidFile}`));
    await fixture.end(runtime);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await fixture.until(
      () => !existsSync(`/proc/${pid}/stat`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    );
  });
});

describe('a command that cannot be started', () => {
  const prefix =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
  it.each([
    [
      'is not on the PATH',
      ['nonsense-command'],
      'exec: "nonsense-command": executable file not found in $PATH: unknown',
    ],
    ['does not exist', ['/nope'], 'exec: "/nope": stat /nope: no such file or directory: unknown'],
    ['is not executable', ['/etc/passwd'], 'exec: "/etc/passwd": permission denied: unknown'],
  ])('because it %s is told as runc tells it', async (_, argv, message) => {
    const runtime = fixture.runtime();
    await runtime.start(shell('', { argv }));
    expect(fixture.latest(runtime).state).toMatchObject({
      kind: 'Exited',
      reason: 'StartError',
      exitCode: 128,
      startedAt: 0,
      message: `${prefix}${message}`,
    });
  });

  it('because its directory is missing says so', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('true', { workingDir: '/no/such' }));
    expect(await fixture.end(runtime)).toMatchObject({ reason: 'StartError', startedAt: 0 });
  });

  it('because it has none is told what is missing', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('', { argv: [] }));
    const { reason, message } = await fixture.end(runtime);
    expect(reason).toBe('StartError');
    expect(message).toContain('does not know what "busybox" would run');
  });

  it('because nothing can be written is refused before anything ran', async () => {
    const runtime = fixture.runtime();
    writeFileSync(join(fixture.dataDir, 'pods', POD_UID), 'in the way');
    await expect(runtime.start(shell('true'))).rejects.toMatchObject({ reason: 'CreateContainerError' });
  });
});

describe('signals', () => {
  it('SIGTERM goes to the first process only, which may end as it likes', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('trap "exit 0" TERM; while :; do sleep 0.02; done'));
    await fixture.until(() => fixture.latest(runtime).state.kind === 'Running');
    await new Promise((resolve) => setTimeout(resolve, 100));
    runtime.signal(fixture.latest(runtime).id, 'SIGTERM');
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });

  it('SIGKILL ends the whole group with 137', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('trap "" TERM; sleep 60 & wait; sleep 60'));
    runtime.signal(fixture.latest(runtime).id, 'SIGKILL');
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 137, reason: 'Error' });
  });
});

describe('the log', () => {
  it('is cut by lines from its end and bytes from its start', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('for i in 1 2 3 4 5; do echo line $i; done'));
    await fixture.end(runtime);
    const { id } = fixture.latest(runtime);
    expect(await runtime.readLog(id, { ...WHOLE_LOG, tailLines: 2 })).toBe('line 4\nline 5\n');
    expect(await runtime.readLog(id, { ...WHOLE_LOG, limitBytes: 8 })).toBe('line 1\nl');
    expect(await runtime.readLog(id, { ...WHOLE_LOG, since: Date.now() + 1000 })).toBe('');
    expect(await runtime.readLog(id, { ...WHOLE_LOG, timestamps: true })).toMatch(/^20\S+Z line 1\n/);
  });

  it('can be followed until the command ends', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('for i in 1 2 3; do echo $i; sleep 0.15; done'));
    let text = '';
    for await (const piece of runtime.followLog(fixture.latest(runtime).id, WHOLE_LOG, new AbortController().signal)) {
      text += piece;
    }
    expect(text).toBe('1\n2\n3\n');
  });

  it('stands for the termination message of a failure where the pod asks for it', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('seq 1 200; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }));
    const { message } = await fixture.end(runtime);
    expect(message?.split('\n').filter(Boolean)).toEqual(Array.from({ length: 80 }, (_, index) => String(index + 121)));
  });
});

describe('a kubelet that comes later', () => {
  it('finds a running command again, gets its exit code, and its processes are the same', async () => {
    const first = fixture.runtime();
    await first.start(shell('echo start >> ran; sleep 0.4; exit 7'));
    const before = fixture.latest(first);
    await first.close();
    const second = fixture.runtime();
    expect(fixture.latest(second)).toEqual(before);
    expect(await fixture.end(second)).toMatchObject({ exitCode: 7, startedAt: before.state.startedAt });
    expect(readFileSync(join(fixture.dataDir, 'pods', POD_UID, 'work', 'ran'), 'utf8')).toBe('start\n');
  });

  it('gets the end of a command that ended while no kubelet was there', async () => {
    const first = fixture.runtime();
    await first.start(shell('echo bye > "$TERMINATION_LOG"; exit 4'));
    await first.close();
    const exit = join(fixture.dataDir, 'pods', POD_UID, 'containers', 'main', '0', 'exit');
    await fixture.until(() => readFileSync(exit, 'utf8').startsWith('4'));
    expect(fixture.latest(fixture.runtime()).state).toMatchObject({ exitCode: 4, message: 'bye\n' });
  });

  it('says that it does not know how a command ended whose shim was killed too', async () => {
    const first = fixture.runtime();
    await first.start(shell('sleep 60'));
    await first.close();
    const pids = readFileSync(join(fixture.dataDir, 'pods', POD_UID, 'containers', 'main', '0', 'pid'), 'utf8');
    const [main = '', shim = ''] = (pids.split('\n')[0] ?? '').split(' ');
    process.kill(Number(shim), 'SIGKILL');
    process.kill(-Number(main), 'SIGKILL');
    const second = fixture.runtime();
    expect(await fixture.end(second)).toMatchObject({ reason: 'ContainerStatusUnknown', exitCode: 137 });
  });

  it('may start anew what was written down and never begun, and a late shim of it runs nothing', async () => {
    const first = fixture.runtime();
    await first.start(shell('echo ran >> log'));
    await fixture.end(first);
    await first.close();
    const dir = join(fixture.dataDir, 'pods', POD_UID, 'containers', 'main', '0');
    execFileSync('rm', [join(dir, 'claim')]);
    const second = fixture.runtime();
    expect(second.containers(POD_UID)).toEqual([]);
  });

  it('leaves nothing of a pod that it removes', async () => {
    const runtime = fixture.runtime();
    await runtime.start(shell('sleep 60', { memoryLimit: 64 * 1024 * 1024 }));
    const main = readFileSync(join(fixture.dataDir, 'pods', POD_UID, 'containers', 'main', '0', 'pid'), 'utf8').split(
      ' ',
    )[0];
    await runtime.removePod(POD_UID);
    expect(runtime.podUids()).toEqual([]);
    expect(readdirSync(join(fixture.dataDir, 'pods'))).toEqual([]);
    await fixture.until(() => !existsSync(`/proc/${main ?? ''}`));
  });
});
