import { afterEach, describe, expect, it } from 'vitest';
import { container, delayStep, podStep, workflow } from '../support/embedded/steps.js';
import { EmbeddedWorld, RUNS_ON, eventTypes, podsOf, statesOf } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const at = (text: string | undefined): number => Date.parse(text ?? '');

describe('bounds', () => {
  // The table fails the step at 5 s; the design says Stopping at 5 s, and ended once it is confirmed stopped.
  it('F16: a step with a run bound of 5 s is Stopping after 5 s without any other event, and ends when it is confirmed', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ onTerm: { exitCode: 143, afterMs: 7_000 } }) });
    const run = await world.createRun(workflow([podStep('a', { timeouts: { run: '5s' } }), podStep('b')]));
    const running = await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    const startedAt = at(running.status?.engine?.tasks[0]?.attempts[0]?.startedAt);
    const stopping = await world.until(run, (version) => statesOf(version)['a'] === 'Stopping');
    expect(world.clock.now() - startedAt).toBe(5_000);
    expect(stopping.status?.engine?.tasks[0]?.attempts[0]?.stop).toMatchObject({ why: 'RunBound' });
    expect(stopping.status?.completionTime).toBeUndefined();
    const end = await world.runToEnd(run);
    expect(world.clock.now() - startedAt).toBeGreaterThanOrEqual(12_000);
    expect(end.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(await world.pods()).toEqual([]);
  });

  // The table's reason ActiveDeadlineExceeded is DeadlineExceeded here.
  it('F17: when the bound of the run passes what runs is stopped, and the run is Failed with one condition of each type', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(
      workflow([podStep('a'), podStep('b'), podStep('c', { dependsOn: ['a'] })], { order: 'Graph', timeout: '10s' }),
    );
    const { status } = await world.runToEnd(run);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(statesOf(world.latest(run))).toEqual({ a: 'Failed', b: 'Failed', c: 'Skipped' });
    expect(at(status?.engine?.finishedAt) - at(status?.engine?.startedAt)).toBeGreaterThanOrEqual(10_000);
    expect(await world.pods()).toEqual([]);
    const types = status?.conditions?.map(({ type }) => type) ?? [];
    expect(types).toEqual([...new Set(types)]);
    expect(status?.conditions?.filter(({ type }) => type === 'Finished')).toMatchObject([
      { status: 'True', reason: 'Failed' },
    ]);
    expect((await eventTypes(world, run)).filter((type) => type === 'run.failed')).toHaveLength(1);
  });

  // The table's reason Timeout is DeadlineExceeded, or what caused the delay where that is known.
  it('F49: a step that exceeds its bound fails the run as DeadlineExceeded, one that waits for its image as ImagePull', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const slow = await world.createRun(workflow([podStep('a', { timeouts: { run: '5s' } })]), { name: 'slow' });
    expect((await world.runToEnd(slow)).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    const image = container('a', { image: 'registry.example.invalid/tool:1' });
    const step = {
      name: 'a',
      pod: { spec: { containers: [image] } },
      timeouts: { start: '20s' },
      retry: { preExecution: { limit: 0 } },
    };
    const pulling = await world.createRun(workflow([step]), { name: 'pulling' });
    expect((await world.runToEnd(pulling)).status).toMatchObject({ phase: 'Failed', reason: 'ImagePull' });
    expect(podsOf(world, 'a')).toHaveLength(2);
  });

  it('F49: time for which the run was suspended is not charged to its bound', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([delayStep('a', '5s'), delayStep('b', '5s')], { timeout: '20s' }));
    await world.act(run, 'Suspend');
    await world.clock.advance(600_000);
    expect(world.latest(run).status?.phase).toBe('Suspended');
    await world.act(run, 'Resume');
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
  });
});
