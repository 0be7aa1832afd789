import { afterEach, describe, expect, it } from 'vitest';
import { JOBS, PODS } from '../../src/cluster/resource.js';
import { type ApiCall, kindOf } from '../support/embedded/api-call.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { jobStep, podStep, workflow } from '../support/embedded/steps.js';
import { EmbeddedWorld, RUNS_ON, objectNames, statesOf } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const createsJob = (call: ApiCall): boolean => kindOf(call) === 'create jobs';

describe('a Job of ours that is there already', () => {
  it('kubernaut 18: that runs is adopted, not taken for a duplicate', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 120_000 } }) });
    world.inject(createsJob, { kind: 'crash-after' });
    const run = await world.createRun(workflow([jobStep('a')]));
    await world.clock.advance(30_000);
    await world.restartController();
    await world.clock.advance(5_000);
    expect(statesOf(world.latest(run))).toEqual({ a: 'Running' });
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(world.cluster.runtime.started).toHaveLength(1);
  });

  it('kubernaut 19: that has ended gives its result, and is not run again', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 3, afterMs: 1_000 } }) });
    world.inject(createsJob, { kind: 'crash-after' });
    const run = await world.createRun(workflow([jobStep('a')]));
    await world.clock.advance(120_000);
    await world.restartController();
    const { status } = await world.runToEnd(run);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'TaskFailed' });
    expect(status?.engine?.tasks[0]?.attempts).toMatchObject([{ number: 1, verdict: { exitCode: 3 } }]);
    expect(world.cluster.runtime.started).toHaveLength(1);
  });

  it('kubernaut 33, C2: that ended and was deleted while no controller lived gives its result nevertheless', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 30_000 } }) });
    const run = await world.createRun(workflow([jobStep('a')]));
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    world.controller.kill();
    await world.clock.advance(60_000);
    const [name = ''] = objectNames(world.latest(run));
    // As the TTL controller does, or a person who tidies up: the tracking finalizer keeps what is not recorded yet.
    await world.cluster.client.delete(JOBS, { namespace: NAMESPACE, name });
    await world.clock.advance(60_000);
    await world.restartController();
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(world.cluster.runtime.started).toHaveLength(1);
    expect(await world.jobs()).toEqual([]);
  });
});

describe('an object that is gone without a trace', () => {
  // The table waits five minutes; the design reads once, directly, by name and UID.
  it.each([
    ['pod', podStep('a')],
    ['job', jobStep('a')],
  ])('F71, C2: a %s is Unknown, with effects Unknown, after one direct read', async (_, step) => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(workflow([step]));
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    world.controller.kill();
    const [name = ''] = objectNames(world.latest(run));
    await vanish(name);
    const { length } = world.calls;
    await world.restartController();
    const { status } = await world.runToEnd(run);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'Unknown' });
    expect(status?.engine?.tasks[0]?.attempts).toMatchObject([
      { verdict: { reason: 'Unknown', subreason: 'PodsGone', effects: 'Unknown', retryable: false } },
    ]);
    const reads = world.calls.slice(length).filter((call) => call.verb === 'get' && call.name === name);
    expect(reads).toHaveLength(1);
  });
});

/** Everything of an attempt is gone, finalizers or not, as after a restored etcd or a person with `--force`. */
async function vanish(name: string): Promise<void> {
  const { client } = world.cluster;
  const patch = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
  for (const { metadata } of await world.pods()) {
    const key = { namespace: NAMESPACE, name: metadata.name };
    await client.patch(PODS, key, patch);
    await client.delete(PODS, key, { gracePeriodSeconds: 0 });
  }
  for (const { metadata } of (await world.jobs()).filter((job) => job.metadata.name === name)) {
    const key = { namespace: NAMESPACE, name: metadata.name };
    await client.patch(JOBS, key, patch);
    await client.delete(JOBS, key);
  }
  for (const { metadata } of await world.pods()) {
    const key = { namespace: NAMESPACE, name: metadata.name };
    await client.patch(PODS, key, patch);
    await client.delete(PODS, key, { gracePeriodSeconds: 0 });
  }
  await world.clock.advance(5_000);
}
