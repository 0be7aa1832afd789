import { afterEach, describe, expect, it } from 'vitest';
import { EmbeddedWorld, RUNS_ON, eventTypes, podsOf, statesOf } from '../../support/embedded-world.js';
import { SEQUENTIAL_JOB, entry, sequence, sequentialStatus } from '../../support/sequential-jobs.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const conditionOf = (status: ReturnType<typeof sequentialStatus>, type: string) =>
  status.conditions?.find((condition) => condition.type === type);

describe('bounds of a SequentialJob', () => {
  it('stops a container that exceeds its run bound, and fails with DeadlineExceeded once that is confirmed', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const spec = sequence(['slow', 'never'], { timeouts: { run: '5s' } });
    const run = await world.createRun(spec, { of: SEQUENTIAL_JOB });
    const status = sequentialStatus(await world.runToEnd(run));
    expect(status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(status.progress).toMatchObject({ currentIndex: 0, failedIndex: 0 });
    expect(conditionOf(status, 'JobsFailed')?.message).toBe(`Job at index 0 failed: ${status.progress?.failureReason}`);
    expect(podsOf(world, 'never')).toEqual([]);
    expect(await world.pods()).toEqual([]);
  });

  it('keeps the bound of the whole run, without the time suspended', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(sequence(['slow'], { timeout: '30s' }), { of: SEQUENTIAL_JOB });
    const began = world.clock.now();
    const status = sequentialStatus(await world.runToEnd(run));
    expect(status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(world.clock.now() - began).toBeLessThan(120_000);
  });

  it('tries again what never began, within the budget, and is Failed with the cause', async () => {
    world = await EmbeddedWorld.start();
    const spec = {
      containers: [entry('pull', { image: 'registry.example.invalid/tool:1' })],
      timeouts: { start: '20s' },
      retry: { preExecution: { limit: 1, base: '1s' } },
    };
    const run = await world.createRun(spec, { of: SEQUENTIAL_JOB });
    const status = sequentialStatus(await world.runToEnd(run));
    expect(status).toMatchObject({ phase: 'Failed', reason: 'ImagePull' });
    expect(podsOf(world, 'pull')).toHaveLength(2);
    expect(status.progress?.failureReason).toMatch(/registry\.example\.invalid/);
  });
});

describe('a person and a SequentialJob', () => {
  it('suspends it at the boundary between two entries, and goes on at the same entry', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 30_000 } }) });
    const run = await world.createRun(sequence(['a', 'b']), { of: SEQUENTIAL_JOB });
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    await world.act(run, 'Suspend');
    await world.clock.advance(600_000);
    const held = sequentialStatus(world.latest(run));
    expect(held).toMatchObject({
      phase: 'Suspended',
      state: { active: 0, succeeded: 1 },
      progress: { currentIndex: 1 },
    });
    expect(conditionOf(held, 'Suspended')).toMatchObject({ status: 'True' });
    expect(conditionOf(held, 'JobsRunning')).toMatchObject({ status: 'True', message: 'Job at index 0 started' });
    expect(podsOf(world, 'b')).toEqual([]);
    await world.act(run, 'Resume');
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect([podsOf(world, 'a').length, podsOf(world, 'b').length]).toEqual([1, 1]);
  });

  it.each(['Cancel', 'Terminate'] as const)('%s stops the container that runs, and starts no other', async (verb) => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(sequence(['a', 'b']), { of: SEQUENTIAL_JOB });
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    await world.act(run, verb);
    const status = sequentialStatus(await world.runToEnd(run));
    expect(status).toMatchObject({ phase: 'Cancelled', reason: verb, state: { active: 0, succeeded: 0, failed: 0 } });
    expect(status.completionTime).toBeDefined();
    expect(conditionOf(status, 'JobsRunning')).toMatchObject({
      status: 'False',
      message: 'No jobs are currently running: the run was cancelled',
    });
    expect(conditionOf(status, 'JobsFailed')).toBeUndefined();
    expect(podsOf(world, 'b')).toEqual([]);
    expect(await world.pods()).toEqual([]);
  });

  it('deletes it while it runs: the container is stopped first, and the trail tells of it', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(sequence(['a']), { of: SEQUENTIAL_JOB });
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    await world.deleteRun(run);
    await world.clock.advance(120_000);
    expect(world.isGone(run)).toBe(true);
    expect(await world.pods()).toEqual([]);
    expect(await eventTypes(world, run)).toEqual(
      expect.arrayContaining(['attempt.stopping', 'attempt.cancelled', 'run.cancelled']),
    );
  });
});

describe('the failure of a SequentialJob', () => {
  it('has a verdict with its evidence, and a summary in one line', async () => {
    world = await EmbeddedWorld.start({
      script: (name) => ({
        end: { exitCode: name === 'migrate' ? 3 : 0, afterMs: 1_000 },
        log: 'no such table: users\n',
      }),
    });
    const run = await world.createRun(sequence(['backup', 'migrate', 'verify']), { of: SEQUENTIAL_JOB });
    const end = await world.runToEnd(run);
    const status = sequentialStatus(end);
    const task = end.status?.engine?.tasks[1];
    expect(task?.attempts[0]?.verdict).toMatchObject({
      reason: 'TaskFailed',
      stage: 'Execution',
      effects: 'Possible',
      exitCode: 3,
      container: 'migrate',
    });
    expect(status.progress?.failureReason).toBe('Container exited with error code 3');
    expect(status.summary).toMatch(/^step 2\/3 migrate failed: /);
    expect(status.summary?.length).toBeLessThanOrEqual(256);
    expect(statesOf(end)).toEqual({ backup: 'Succeeded', migrate: 'Failed', verify: 'Skipped' });
  });
});

describe('a crash of the controller of a SequentialJob', () => {
  it('F76: after the create of a pod and before the next status write makes no second pod', async () => {
    world = await EmbeddedWorld.start();
    world.inject(({ verb, resource }) => verb === 'create' && resource === 'pods', { kind: 'crash-after' });
    const run = await world.createRun(sequence(['a', 'b']), { of: SEQUENTIAL_JOB });
    expect(world.controller.alive).toBe(false);
    await world.restartController();
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Succeeded');
    expect([podsOf(world, 'a').length, podsOf(world, 'b').length]).toEqual([1, 1]);
    expect(world.cluster.runtime.started.map(({ argv }) => argv[0])).toEqual(['a', 'b']);
  });
});
