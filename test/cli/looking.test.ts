import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyChain } from '../../src/audit/chain.js';
import { parseEvent } from '../../src/audit/parse-event.js';
import { settled } from '../support/cli/golden.js';
import { type Ended, LockstepCli } from '../support/cli/lockstep-cli.js';
import { workflowYaml } from '../support/cli/workflows.js';

let cli: LockstepCli;
let run: Ended;

const FAILING = workflowYaml({
  name: 'fix-web',
  steps: [
    { name: 'probe', script: 'echo slow; echo also slow' },
    { name: 'repair', script: 'echo no such host >&2; exit 3' },
    { name: 'check', script: 'echo fine' },
  ],
  finally: [{ name: 'report', script: 'echo reported' }],
});

beforeAll(async () => {
  cli = new LockstepCli();
  run = await cli.run('run', cli.file('fix-web.yaml', FAILING));
}, 30_000);

afterAll(() => {
  cli.close();
});

async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(...args);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return settled(stdout, cli.home);
}

/** The width of a column of durations differs from one run to the next. */
function packed(text: string): string {
  return text.replace(/ {2,}/g, '  ');
}

describe('after the process of a failed run has ended', () => {
  it('the run ended with 10 and its summary', () => {
    expect(run.code).toBe(10);
    expect(settled(run.stdout, cli.home)).toContain(
      '\nFAILED fix-web step 2/3 repair: main failed (exit 3). Not retried (it had run).\n',
    );
  });

  it('get lists the runs and says what to type next', async () => {
    const { stdout, stderr } = await cli.run('get');
    expect(settled(stdout, cli.home)).toMatchInlineSnapshot(`
      "NAMESPACE  NAME     PHASE   STEP        REASON      AGE
      default    fix-web  Failed  4/4 repair  TaskFailed  DURATION
      "
    `);
    expect(settled(stderr, cli.home)).toBe('1 run: 1 failed.   lockstep why -n default fix-web --data-dir HOME/data\n');
  });

  it('get shows one run with its steps, by name, prefix and word', async () => {
    const text = packed(await said('get', 'fix-web'));
    expect(text).toMatchInlineSnapshot(`
      "Run  default/fix-web  Failed DURATION ago, after DURATION
      Started  TIME by tester (claimed)
      Summary  step 2/3 repair failed: Container main failed (exit 3). Its last words: no such host

      STEP  STATE  TRY  STARTED  TOOK  EXECUTOR  MESSAGE
      1 probe  Succeeded  1/6  TIME  DURATION  pod
      2 repair  Failed  1/6  TIME  DURATION  pod  TaskFailed: Container main failed (exit 3). Its last words: no such host
      3 check  Skipped  -  -  -  pod  UpstreamFailed: step repair failed
      finally report  Succeeded  1/6  TIME  DURATION  pod
      "
    `);
    for (const ref of ['fix', '@latest', '@failed', 'default/fix-web'])
      expect(packed(await said('get', ref))).toBe(text);
  }, 30_000);

  it('get prints objects for programs', async () => {
    expect(await said('get', '-o', 'name')).toBe('workflowexecution/fix-web\n');
    expect(JSON.parse((await cli.run('get', 'fix-web', '-o', 'json')).stdout)).toMatchObject({
      status: { phase: 'Failed' },
    });
    expect(JSON.parse((await cli.run('get', '-o', 'json')).stdout)).toMatchObject({ kind: 'List', items: [{}] });
    expect(await said('get', 'fix-web', '-o', 'yaml')).toContain('kind: WorkflowExecution\n');
    expect(await said('get', '--phase', 'Succeeded', '-o', 'name')).toBe('');
  });

  it('why tells what happened in four forms', async () => {
    expect(await said('why')).toMatchInlineSnapshot(`
      "FAILED fix-web step 2/3 repair: main failed (exit 3). Not retried (it had run).

      What happened  TIME  Container main failed (exit 3). Its last words: no such host
      What it means   User code was running: it may be half done.
                      Finished and stands: probe, report.
      What was tried  1 attempt.
                      Try 1 (TIME, DURATION): main failed (exit 3).
                      Not tried again: it had run.
      Did not run     check (an earlier step failed)
      What to do      1. Read the last log lines; check what was changed before you run it again.
                      2. See its log.  lockstep logs -n default fix-web repair --data-dir HOME/data
      Evidence        E1 Pod/fix-web-ID-a1 status.containerStatuses[main].state.terminated: exitCode=3 reason=Error at TIME
                      E2 Pod/fix-web-ID-a1 status: phase=Failed
                      E3 Pod/fix-web-ID-a1 spec.nodeName: lockstep-local
                      E4 Node/lockstep-local conditions[MemoryLimits]=True: MEMORY
                      E5 Pod/fix-web-ID-a1 spec.containers[main].image: busybox
      Last log lines  no such host
      Verdict         TaskFailed/ExitNonZero (certain, by E1 E2 E3); stage Execution; retryable no; effects Possible
      "
    `);
    expect(await said('why', '-o', 'line')).toBe(
      'FAILED fix-web step 2/3 repair: main failed (exit 3). Not retried (it had run).\n',
    );
    expect(await said('why', '-o', 'md')).toContain('**What happened**');
    expect(JSON.parse((await cli.run('why', '-o', 'json')).stdout)).toMatchObject({
      kind: 'FailureSummary',
      state: 'FAILED',
    });
  });

  it('logs prints what the steps printed', async () => {
    expect(await said('logs')).toBe('probe: slow\nprobe: also slow\nrepair: no such host\nreport: reported\n');
    expect(await said('logs', '@failed', '--failed')).toBe('no such host\n');
    expect(await said('logs', 'fix-web', 'probe', '--tail', '1')).toBe('also slow\n');
    expect(await cli.run('logs', 'fix-web', 'prob')).toMatchObject({
      code: 1,
      stderr: 'lockstep: default/fix-web has no step prob; it has probe, repair, check, report\n',
    });
  });

  it('audit prints a trail without gaps that can be verified by anybody', async () => {
    const { code, stdout } = await cli.run('audit', '-o', 'json');
    const events = stdout.trim().split('\n').map(parseEvent);
    expect(code).toBe(0);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(verifyChain(events)).toEqual([]);
    expect(events[0]).toMatchObject({ type: 'run.accepted', actor: { kind: 'User', name: 'tester', verified: false } });
    expect(events.at(-1)?.type).toBe('run.failed');
    expect(await said('audit')).toMatch(/^SEQ +TIME \(UTC\) +EVENT +ACTOR +DETAIL\n1 +TIME +run\.accepted/);
  });

  it('wait and watch end at once with the code of the run', async () => {
    expect(await cli.run('wait')).toMatchObject({ code: 10, stdout: 'workflowexecution/fix-web Failed\n' });
    expect(await cli.run('watch')).toMatchObject({ code: 10 });
    expect(await cli.run('wait', '--for', 'step=report')).toMatchObject({ code: 0 });
    expect(await cli.run('wait', '--for', 'phase=Running')).toMatchObject({ code: 1 });
    const typo = await cli.run('wait', '--for', 'phase=Runing');
    expect(typo.code).toBe(2);
    expect(typo.stderr).toContain('Running');
  });

  it('a run that is over cannot be cancelled', async () => {
    expect(await cli.run('cancel')).toMatchObject({
      code: 1,
      stderr: 'lockstep: default/fix-web is over (Failed): there is nothing to cancel\n',
    });
  });

  it('the printed next commands run', async () => {
    const told = [run, await cli.run('get'), await cli.run('get', 'fix-web'), await cli.run('why')];
    const text = told.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    const commands = [...new Set(text.match(/node \S+cli\.js .*/g) ?? [])];
    expect(commands.map((command) => settled(command, cli.home))).toEqual([
      'lockstep logs -n default fix-web repair --data-dir HOME/data',
      'lockstep why -n default fix-web --data-dir HOME/data',
    ]);
    for (const command of commands) expect(await cli.shell(command)).toMatchObject({ code: 0 });
  });
});

describe('where nothing was ever run', () => {
  it('looking says so and makes no directory', async () => {
    const dataDir = join(cli.home, 'nothing');
    const get = await cli.startBare('get', '--data-dir', dataDir).ended;
    expect(get).toMatchObject({ code: 0, stdout: '' });
    expect(get.stderr).toContain('There are no runs');
    const why = await cli.startBare('why', '--data-dir', dataDir).ended;
    expect(why).toMatchObject({ code: 1 });
    expect(why.stderr).toContain('start one with');
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe('a command line that is wrong', () => {
  it.each([
    [['gte'], '(Did you mean get?)'],
    [['get', '--phas', 'Failed'], '(Did you mean --phase?)'],
    [['get', '--phase', 'failed'], 'Allowed choices are'],
    [['why', '-o', 'lin'], 'text, line, md, json'],
    [['wait', '--timeout', 'soon'], '30s, 5m or 1h'],
    [['logs', '--tail', 'all'], 'a whole number'],
    [['completion', 'tcsh'], 'bash, zsh, fish'],
    [['run'], "missing required argument 'file'"],
  ])('%j ends with 2 and says what there is', async (args, words) => {
    const { code, stderr } = await cli.startBare(...args).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('--help teaches where to begin, and what the exit codes mean', async () => {
    const { code, stdout } = await cli.startBare('--help').ended;
    expect(code).toBe(0);
    for (const words of ['Begin here:', 'lockstep why', 'Exit codes:', '@latest']) expect(stdout).toContain(words);
  });
});

describe('completion', () => {
  it('bash completes verbs and the options of a verb', async () => {
    const script = await cli.startBare('completion', 'bash').ended;
    const file = cli.file('completion.bash', script.stdout);
    const ask = (words: string, at: number): Promise<Ended> =>
      cli.shell(`bash -c '. ${file}; COMP_WORDS=(${words}); COMP_CWORD=${at}; _lockstep; echo "\${COMPREPLY[@]}"'`);
    expect(await ask('lockstep wa', 1)).toMatchObject({ stdout: 'watch wait\n' });
    expect(await ask('lockstep get --ph', 2)).toMatchObject({ stdout: '--phase\n' });
  });
});
