import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/audit/parse-event.js';
import { verifyChain } from '../../src/audit/chain.js';
import { LockstepCli } from '../support/cli/lockstep-cli.js';
import { processesWith } from '../support/cli/processes.js';
import { workflowYaml } from '../support/cli/workflows.js';

/** Kills, spread over the time that a run takes. */
const INSTANTS = 25;

let cli: LockstepCli;

beforeAll(() => {
  cli = new LockstepCli();
});

afterAll(() => {
  cli.close();
});

/** Three steps beside each other and after one another; each tells that it began and that it ended. */
function workflowFor(log: string): string {
  const script = (name: string): string => `echo begin ${name} >> ${log}; sleep 0.7; echo end ${name} >> ${log}`;
  return workflowYaml({
    name: 'killed',
    spec: 'order: Graph',
    steps: [
      { name: 'first', script: script('first') },
      { name: 'beside', script: script('beside') },
      { name: 'pause', delay: '300ms', more: 'dependsOn: [first]' },
      { name: 'second', script: script('second'), more: 'dependsOn: [first, beside, pause]' },
    ],
    finally: [{ name: 'tidy', script: script('tidy') }],
  });
}

const STEPS = ['first', 'beside', 'second', 'tidy'];

async function lifetime(): Promise<number> {
  const begun = performance.now();
  const log = join(cli.home, 'log-whole');
  const dataDir = join(cli.home, 'data-whole');
  const whole = await cli.startBare('run', cli.file('whole.yaml', workflowFor(log)), '--data-dir', dataDir).ended;
  expect(whole).toMatchObject({ code: 0 });
  return performance.now() - begun;
}

describe('lockstep run, killed with kill -9', () => {
  it(`goes on where it was, at ${INSTANTS} instants of its life`, async () => {
    const whole = await lifetime();
    const wrong: string[] = [];
    for (let number = 1; number <= INSTANTS; number += 1) {
      const after = Math.round((whole * number) / (INSTANTS + 1));
      for (const problem of await killedAfter(after, number)) wrong.push(`killed after ${after} ms: ${problem}`);
    }
    expect(wrong).toEqual([]);
  }, 400_000);
});

/** What is wrong with a run that was killed once and then gone on with. */
async function killedAfter(ms: number, number: number): Promise<string[]> {
  // A machine that was slower while the whole run was measured: the kill came too late, and comes earlier.
  for (let earlier = ms; ; earlier *= 0.9) {
    const problems = await killedOnce(earlier, `${number}-${Math.round(earlier)}`);
    if (problems !== null) return problems;
  }
}

/** Null: the run had ended before. */
async function killedOnce(ms: number, number: string): Promise<string[] | null> {
  const log = join(cli.home, `log-${number}`);
  const dataDir = join(cli.home, `data-${number}`);
  const file = cli.file(`killed-${number}.yaml`, workflowFor(log));
  const first = cli.startBare('run', file, '--data-dir', dataDir);
  const timer = setTimeout(() => first.child.kill('SIGKILL'), ms);
  const { signal } = await first.ended;
  clearTimeout(timer);
  if (signal !== 'SIGKILL') return null;
  const next = await cli.startBare('run', file, '--data-dir', dataDir).ended;
  const problems =
    next.code === 0 ? [] : [`the next one ended with ${String(next.code)}:\n${next.stdout}${next.stderr}`];
  problems.push(...ranOnce(log));
  problems.push(...(await trailProblems(dataDir)));
  const left = processesWith(`log-${number};`);
  if (left.length > 0) problems.push(`processes are left over: ${left.join(', ')}`);
  return problems;
}

function ranOnce(log: string): string[] {
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return STEPS.flatMap((step) =>
    ['begin', 'end'].flatMap((word) => {
      const times = lines.filter((line) => line === `${word} ${step}`).length;
      return times === 1 ? [] : [`"${word} ${step}" is there ${times} times`];
    }),
  );
}

async function trailProblems(dataDir: string): Promise<string[]> {
  const { code, stdout, stderr } = await cli.startBare('audit', 'killed', '-o', 'json', '--data-dir', dataDir).ended;
  const events = stdout.trim().split('\n').map(parseEvent);
  const problems = verifyChain(events).map((problem) => problem.message);
  if (code !== 0) problems.push(`audit ended with ${String(code)}: ${stderr}`);
  if (events.some((event, index) => event.seq !== index + 1)) problems.push('the numbers of the trail have gaps');
  const ends = events.filter((event) => event.type === 'run.succeeded').length;
  if (ends !== 1) problems.push(`the trail has ${ends} ends`);
  for (const step of STEPS) {
    const starts = events.filter((event) => event.type === 'attempt.starting' && event.task === step).length;
    if (starts !== 1) problems.push(`${step} has ${starts} attempts`);
  }
  return problems;
}
