import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settled } from '../support/cli/golden.js';
import { LockstepCli } from '../support/cli/lockstep-cli.js';
import { workflowYaml } from '../support/cli/workflows.js';

let cli: LockstepCli;

beforeAll(() => {
  cli = new LockstepCli();
});

afterAll(() => {
  cli.close();
});

const GOOD = workflowYaml({
  name: 'good',
  spec: 'parameters: [{ name: who, type: string, default: world }]',
  steps: [
    { name: 'greet', script: 'echo hello' },
    { name: 'rest', delay: '10ms' },
  ],
});

describe('lockstep run', () => {
  it('ends with 0 and one line per change where the run succeeded', async () => {
    const { code, stdout, stderr } = await cli.run('run', cli.file('good.yaml', GOOD));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Commands run as processes on this machine, not in containers; /);
    expect(stdout).not.toContain('\x1b');
    expect(settled(stdout, cli.home)).toContain('\nSUCCEEDED good: 2 of 2 steps succeeded in DURATION.\n');
    const lines = stdout.split('\n').filter((line) => line.includes(' default/good '));
    const told = lines.map((line) => line.replace(/^\S+ default\/good /, ''));
    expect(told).toEqual(expect.arrayContaining(['greet try=1 Starting', 'greet try=1 Succeeded', 'Succeeded']));
  });

  it('shows a finished run again, runs it anew with --again, and refuses another spec with a diff', async () => {
    const file = cli.file('again.yaml', GOOD.replace('name: good', 'name: again'));
    await cli.run('run', file);
    const before = await cli.run('get', 'again', '-o', 'json');
    const shown = await cli.run('run', file);
    expect(shown.code).toBe(0);
    expect(shown.stderr).toContain('default/again was run before; --again runs it anew.');
    expect(shown.stdout).toContain('SUCCEEDED again: 2 of 2 steps');
    const other = await cli.run('run', file, '-p', 'who=you');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('spec.parameters[0].value: (absent) → "you"');
    const anew = await cli.run('run', file, '--again');
    expect(anew.code).toBe(0);
    const after = await cli.run('get', 'again', '-o', 'json');
    expect(uidOf(after.stdout)).not.toBe(uidOf(before.stdout));
  }, 30_000);

  it('tells every fault with its place, and starts nothing', async () => {
    const text = GOOD.replace('    - name: rest\n', '    - name: rest\n      dependson: [greet]\n');
    const file = cli.file('bad.yaml', text);
    const dataDir = join(cli.home, 'never');
    for (const more of [[], ['-p', 'who=you']]) {
      const { code, stderr } = await cli.startBare('run', file, ...more, '--data-dir', dataDir).ended;
      expect(code).toBe(2);
      const line = text.split('\n').findIndex((each) => each.includes('dependson')) + 1;
      expect(stderr).toContain(`${file}:${line}:7: spec.steps[1].dependson: unknown field "dependson"`);
      expect(stderr).toContain('nothing was started');
    }
    expect(existsSync(dataDir)).toBe(false);
  });

  it('says which parameters there are', async () => {
    const file = cli.file('good.yaml', GOOD);
    const unknown = await cli.run('run', file, '-p', 'whom=you');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('the workflow has no parameter whom; there are who');
    const unreadable = await cli.run('run', file, '-p', 'who');
    expect(unreadable).toMatchObject({ code: 2 });
    expect(unreadable.stderr).toContain('write -p name=value');
  });

  it('says what it cannot read, reach or write', async () => {
    const file = cli.file('good.yaml', GOOD);
    const missing = await cli.run('run', join(cli.home, 'none.yaml'));
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain('none.yaml cannot be read: there is no such file');
    const broken = await cli.run('run', cli.file('broken.yaml', 'kind: [\n'));
    expect(broken).toMatchObject({ code: 2 });
    expect(broken.stderr).toMatch(/broken\.yaml:\d+:\d+: /);
    const noDirectory = await cli.startBare('run', file, '--data-dir', join(file, 'data')).ended;
    expect(noDirectory).toMatchObject({ code: 1 });
    expect(noDirectory.stderr).toContain('choose another with --data-dir');
    // A file system that answers ENOENT to who makes a folder.
    const noFolder = await cli.startBare('run', file, '--data-dir', '/proc/nowhere/data').ended;
    expect(noFolder).toMatchObject({ code: 1 });
    expect(noFolder.stderr).toContain('takes no new folder there');
    const unreachable = await cli.startBare('get', '--kubeconfig', join(cli.home, 'ambient-kubeconfig')).ended;
    expect(unreachable).toMatchObject({ code: 1 });
    expect(unreachable.stderr).toContain('nothing listens at http://127.0.0.1:9');
  });
});

function uidOf(json: string): string {
  const [, uid = ''] = /"uid": "([^"]+)"/.exec(json) ?? [];
  return uid;
}
