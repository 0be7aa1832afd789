import { afterEach, describe, expect, it } from 'vitest';
import type { SequentialJobStatus } from '../../../src/api/types.js';
import { kindOf } from '../../support/embedded/api-call.js';
import { EmbeddedWorld, podsOf } from '../../support/embedded-world.js';
import { SEQUENTIAL_JOB, rows, sequence } from '../../support/sequential-jobs.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const NAMES = ['first-job', 'second-job', 'third-job'] as const;

/** `JobsRunning=True JobStarted: Job at index 0 started`, of the kind's own conditions. */
function said({ conditions = [] }: SequentialJobStatus): readonly string[] {
  return conditions
    .filter(({ type }) => type.startsWith('Jobs'))
    .map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`)
    .sort();
}

/** active/succeeded/failed, then currentIndex and completedIndices: a row of the trace. */
function row(status: SequentialJobStatus): string {
  const { state, progress } = status;
  const counts = `${state?.active ?? '-'}/${state?.succeeded ?? '-'}/${state?.failed ?? '-'}`;
  return `${counts} at ${progress?.currentIndex ?? '-'} of [${progress?.completedIndices.join(',') ?? '-'}]`;
}

const STATUS = 'patch sequentialjobs/status';
const INITIAL = 'JobsRunning=False Initializing: Sequential jobs are being initialized';
const started = (index: number): string => `JobsRunning=True JobStarted: Job at index ${index} started`;

describe('the trace of a SequentialJob', () => {
  it('F74: every row of it is persisted, in order, with its counts, progress and conditions', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(sequence(NAMES), { of: SEQUENTIAL_JOB });
    await world.runToEnd(run);
    const seen = rows(world, run);
    expect(seen.map((status) => [row(status), ...said(status)])).toEqual([
      ['0/0/0 at 0 of []', INITIAL],
      ['1/0/0 at 0 of []', started(0)],
      ['0/1/0 at 1 of [0]', started(0)],
      ['1/1/0 at 1 of [0]', started(1)],
      ['0/2/0 at 2 of [0,1]', started(1)],
      ['1/2/0 at 2 of [0,1]', started(2)],
      ['0/3/0 at 3 of [0,1,2]', started(2)],
      [
        '0/3/0 at 3 of [0,1,2]',
        'JobsCompleted=True AllJobsCompleted: All sequential jobs completed successfully',
        'JobsRunning=False NoJobsRunning: No jobs are currently running',
      ],
    ]);
    expect(seen.findIndex(({ completionTime }) => completionTime !== undefined)).toBe(7);
    expect(seen.map(({ startTime }) => startTime)).toEqual(seen.map(() => seen[0]?.startTime));
    expect(seen[0]).toMatchObject({ observedGeneration: 1, startTime: run.metadata.creationTimestamp });
  });

  it('row 1: the finalizer comes before any status, and row 2 before any pod', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(sequence(NAMES), { of: SEQUENTIAL_JOB });
    await world.runToEnd(run);
    const versions = world.versions.filter(({ metadata }) => metadata.uid === run.metadata.uid);
    const finalizers = versions.map(({ metadata }) => metadata.finalizers?.length ?? 0);
    const statuses = versions.map(({ status }) => status !== undefined);
    expect(finalizers.indexOf(1)).toBeLessThan(statuses.indexOf(true));
    const writes = world.writes().map(kindOf);
    const [first, second] = writes.flatMap((write, index) => (write === STATUS ? [index] : []));
    const create = writes.indexOf('create pods');
    expect(create).toBeGreaterThan(second ?? Infinity);
    expect(first).toBeLessThan(second ?? 0);
  });

  it('every condition of every row says of which generation it speaks', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(sequence(NAMES), { of: SEQUENTIAL_JOB });
    await world.runToEnd(run);
    for (const { conditions = [] } of rows(world, run))
      expect(conditions.map(({ observedGeneration }) => observedGeneration)).toEqual(conditions.map(() => 1));
  });

  it('rows 4 and 7: while a container runs nothing is written and nothing is asked', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 600_000 } }) });
    const run = await world.createRun(sequence(['only']), { of: SEQUENTIAL_JOB });
    await world.clock.advance(60_000);
    const before = world.calls.length;
    await world.clock.advance(400_000);
    expect(world.calls.slice(before).filter(({ verb }) => verb !== 'watch')).toEqual([]);
    expect(world.latest(run).status?.phase).toBe('Running');
  });

  it('each entry has one pod, one at a time, with its index as a label', async () => {
    const starts: number[] = [];
    world = await EmbeddedWorld.start({
      script: () => {
        starts.push(world.clock.now());
        return { end: { exitCode: 0, afterMs: 5_000 } };
      },
    });
    const run = await world.createRun(sequence(NAMES), { of: SEQUENTIAL_JOB });
    await world.runToEnd(run);
    expect(starts).toHaveLength(3);
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5_000);
    const labels = world.created.map(({ metadata }) => metadata.labels?.['sequentialjob.batch.lockstep.dev/index']);
    expect(labels).toEqual(['0', '1', '2']);
    for (const name of NAMES) expect(podsOf(world, name)).toHaveLength(1);
  });
});

describe('a SequentialJob whose second container fails', () => {
  it('F75: is as row 8F of the trace says, with a completion time, and the third is never started', async () => {
    world = await EmbeddedWorld.start({
      script: (name) => ({ end: { exitCode: name === 'second-job' ? 1 : 0, afterMs: 1_000 } }),
    });
    const run = await world.createRun(sequence(NAMES), { of: SEQUENTIAL_JOB });
    await world.runToEnd(run);
    const seen = rows(world, run);
    expect(seen.map(row)).toEqual([
      '0/0/0 at 0 of []',
      '1/0/0 at 0 of []',
      '0/1/0 at 1 of [0]',
      '1/1/0 at 1 of [0]',
      '0/1/1 at 1 of [0]',
    ]);
    const last = seen.at(-1);
    expect(last?.progress).toMatchObject({ failedIndex: 1, failureReason: 'Container exited with error code 1' });
    expect(last === undefined ? [] : said(last)).toEqual([
      'JobsFailed=True JobFailed: Job at index 1 failed: Container exited with error code 1',
      'JobsRunning=False NoJobsRunning: No jobs are currently running due to failure',
    ]);
    expect(last).toMatchObject({ phase: 'Failed', reason: 'TaskFailed' });
    expect(Date.parse(last?.completionTime ?? '')).toBeGreaterThan(0);
    expect(world.created).toHaveLength(2);
  });
});
