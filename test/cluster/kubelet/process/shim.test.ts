import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExecutable } from '../../../../src/cluster/kubelet/process/executable.js';
import { InstanceDir } from '../../../../src/cluster/kubelet/process/instance-dir.js';
import { SHIM_SCRIPT } from '../../../../src/cluster/kubelet/process/shim-script.js';
import { startShim } from '../../../../src/cluster/kubelet/process/start-shim.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-shim-'));
  writeFileSync(join(folder, 'shim.sh'), SHIM_SCRIPT);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const PATH = process.env['PATH'] ?? '';
const bash = findExecutable('bash', PATH);
const dash = findExecutable('dash', PATH);
const setsid = findExecutable('setsid', PATH);
const SHELLS = [
  { name: 'bash, with its job control', shell: [bash ?? '', '-p'], mode: 'jobs', there: bash !== null },
  { name: 'dash, with setsid', shell: [dash ?? ''], mode: setsid ?? '', there: dash !== null && setsid !== null },
].filter(({ there }) => there);

function makeInstance(): InstanceDir {
  const dir = new InstanceDir(join(folder, 'instance'));
  const ids = { id: 'i', podUid: 'u', container: 'c', attempt: 0, bootId: '' };
  dir.create({ ...ids, memoryLimit: null, cgroup: null, fallbackToLogs: false });
  return dir;
}

describe.each(SHELLS)('the shim on $name', ({ shell, mode }) => {
  const run = async (dir: InstanceDir, line: string): Promise<void> => {
    const tools = { shell, mode, mounts: null };
    const command = { argv: ['sh', '-c', line, 'sh', "it's", '', 'a  b'], env: { PATH }, cwd: folder };
    await new Promise<void>((resolve, reject) => {
      startShim(tools, { script: join(folder, 'shim.sh'), dir: dir.path, group: null, command }, resolve).catch(reject);
    });
  };

  it('runs the command with its arguments, and writes down its exit code', async () => {
    const dir = makeInstance();
    await run(dir, 'printf "[%s]" "$@"; pwd; exit 9');
    expect(dir.exit()).toMatchObject({ code: 9, oomKills: 0 });
    expect(dir.tail('log', 1000)).toBe(`[it's][][a  b]${folder}\n`);
    expect(dir.processes()?.main.pid).toBeGreaterThan(1);
  });

  it('gives the command a process group of its own, in no terminal', async () => {
    const dir = makeInstance();
    await run(dir, 'cut -d" " -f1,5 /proc/self/stat > own; cut -d" " -f1,5 /proc/$$/stat');
    const [pid, group] = dir.tail('log', 1000).trim().split(' ');
    expect(group).toBe(pid);
  });

  it('tells a signal as 128 and its number', async () => {
    const dir = makeInstance();
    await run(dir, 'kill -TERM $$');
    expect(dir.exit()?.code).toBe(143);
  });

  it('is not fooled by a command that stops and goes on', async () => {
    const dir = makeInstance();
    await run(dir, '(sleep 0.2; kill -CONT $$) & kill -STOP $$; sleep 0.1; exit 4');
    expect(dir.exit()?.code).toBe(4);
  });

  it('runs nothing when someone else has claimed the instance', async () => {
    const dir = makeInstance();
    expect(dir.claim()).toBe(true);
    await run(dir, 'echo ran > ran');
    expect(dir.exit()).toBeNull();
    expect(() => readFileSync(join(folder, 'ran'))).toThrow('ENOENT');
  });

  it('says why it could not reach the directory', async () => {
    const dir = makeInstance();
    const command = { argv: ['true'], env: { PATH }, cwd: join(folder, 'none') };
    await new Promise<void>((resolve, reject) => {
      const start = { script: join(folder, 'shim.sh'), dir: dir.path, group: null, command };
      startShim({ shell, mode, mounts: null }, start, resolve).catch(reject);
    });
    expect(dir.refusal()?.message).toContain('cannot change to directory');
  });
});
