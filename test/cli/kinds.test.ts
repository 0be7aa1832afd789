import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settled } from '../support/cli/golden.js';
import { type Ended, LockstepCli } from '../support/cli/lockstep-cli.js';
import { workflowYaml } from '../support/cli/workflows.js';

let cli: LockstepCli;
let run: Ended;

/** A SequentialJob whose containers run these scripts. */
function sequenceYaml(name: string, scripts: Readonly<Record<string, string>>): string {
  const containers = Object.entries(scripts).map(
    ([container, script]) =>
      `    - { name: ${container}, image: busybox, command: [sh, -c, ${JSON.stringify(script)}] }`,
  );
  const head = ['apiVersion: batch.lockstep.dev/v1alpha1', 'kind: SequentialJob', 'metadata:', `  name: ${name}`];
  return [...head, 'spec:', '  containers:', ...containers, ''].join('\n');
}

const FAILING = sequenceYaml('copy', { dump: 'echo dumped', load: 'echo disk full >&2; exit 4', check: 'echo ok' });

beforeAll(async () => {
  cli = new LockstepCli();
  run = await cli.run('run', cli.file('copy.yaml', FAILING));
}, 60_000);

afterAll(() => {
  cli.close();
});

async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(...args);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return settled(stdout, cli.home);
}

describe('a SequentialJob at the command line', () => {
  it('run sees it through, and ends with its failure', () => {
    expect(run.code).toBe(10);
    expect(settled(run.stdout, cli.home)).toContain('FAILED copy step 2/3 load: load failed (exit 4)');
  });

  it('get lists it with its kind, shows it by either name, and prints it for programs', async () => {
    expect(await said('get')).toMatch(/default +sqj\/copy +Failed +3\/3 load +TaskFailed/);
    expect(await said('get', 'sqj')).toMatch(/sqj\/copy/);
    expect(await said('get', 'sqj/copy')).toMatch(/^Run +default\/copy +Failed/);
    expect(await said('get', 'copy')).toMatch(/2 load +Failed/);
    expect(await said('get', '-o', 'name')).toBe('sequentialjob/copy\n');
    expect(JSON.parse((await cli.run('get', 'sequentialjobs/default/copy', '-o', 'json')).stdout)).toMatchObject({
      kind: 'SequentialJob',
      status: { state: { active: 0, succeeded: 1, failed: 1 }, progress: { currentIndex: 1, failedIndex: 1 } },
    });
  });

  it('why, logs, audit, wait and watch know it', async () => {
    const why = await said('why', 'sqj/copy');
    expect(why).toContain('FAILED copy step 2/3 load');
    expect(why).toContain('logs -n default sqj/copy load');
    expect(await said('logs', 'sqj/copy', 'dump')).toContain('dumped');
    expect(await said('audit', 'sqj/copy')).toMatch(/run\.accepted[^]*task\.failed[^]*run\.failed/);
    expect((await cli.run('wait', 'sqj/copy')).stdout).toBe('sequentialjob/copy Failed\n');
    expect((await cli.run('watch', 'sqj/copy')).code).toBe(10);
    expect((await cli.run('cancel', 'sqj/copy')).stderr).toMatch(/copy is over \(Failed\)/);
  });

  it('run shows a finished one again, and runs another spec of it only with --again', async () => {
    const file = cli.file('copy-2.yaml', sequenceYaml('copy', { dump: 'echo dumped', load: 'echo loaded' }));
    const refused = await cli.run('run', file);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/is over, and ran with another spec:/)]);
    expect((await cli.run('run', file, '--again')).code).toBe(0);
    expect((await cli.run('run', file)).stderr).toContain('was run before');
  }, 60_000);

  it('lint checks it, with the place in the file', async () => {
    const bad = FAILING.replace('name: load,', 'name: dump, restartPolicy: Always,');
    const { code, stdout } = await cli.run('lint', cli.file('bad.yaml', bad));
    expect(code).toBe(2);
    expect(stdout).toMatch(/bad\.yaml:8:\d+: spec\.containers\[1\]\.name: there is another container dump/);
    expect(stdout).toMatch(/spec\.containers\[1\]\.restartPolicy: .*an attempt runs once/);
  });

  it('lint says which files hold nothing of Lockstep, and passes none of them for good', async () => {
    const empty = cli.file('empty.yaml', '# nothing yet\n');
    const foreign = cli.file('foreign.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n');
    const nothing = await cli.run('lint', empty, foreign);
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining(`is in ${empty}, ${foreign}`)]);
    const ours = cli.file('ours.yaml', workflowYaml({ name: 'ours', steps: [{ name: 'a', script: 'true' }] }));
    const some = await cli.run('lint', foreign, ours);
    expect([some.code, some.stderr]).toEqual([0, expect.stringContaining(`is in ${foreign}\n`)]);
  });

  it('a name that runs of two kinds have must be said with its kind', async () => {
    const workflow = workflowYaml({ name: 'copy', steps: [{ name: 'a', script: 'true' }] });
    expect((await cli.run('run', cli.file('workflow.yaml', workflow))).code).toBe(0);
    const both = await cli.run('why', 'copy');
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringMatching(/copy is not one run but 2: default\/copy, sqj\/default\/copy/),
    ]);
    expect(await said('get', 'wfx/copy', '-o', 'name')).toBe('workflowexecution/copy\n');
    expect(await said('get', 'sqj/copy', '-o', 'name')).toBe('sequentialjob/copy\n');
    const { code, stderr } = await cli.run('get', 'jf/default/copy');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/there is no kind jf; there are wfx, sqj/)]);
  }, 60_000);
});

describe('a SequentialJob that is not over', () => {
  it('takes the spec of its file when that has changed', async () => {
    const script = (level: string): string => `echo ${level}; sleep 60`;
    const first = cli.start('run', cli.file('long.yaml', sequenceYaml('long', { hold: script('one'), last: 'true' })));
    await first.until(/hold try=1 Running/);
    first.child.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 130 });
    const changed = cli.file('long.yaml', sequenceYaml('long', { hold: 'echo two', last: 'true' }));
    const again = await cli.run('run', changed);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('as it is now in the file');
    expect(await said('logs', 'sqj/long', 'hold')).toBe('two\n');
    expect(await said('audit', 'sqj/long')).toMatch(/run\.replanned/);
  }, 90_000);
});
