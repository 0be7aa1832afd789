import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { PODS, RESOURCE_QUOTAS } from '../../src/cluster/resource.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { podStep, workflow } from '../support/embedded/steps.js';
import { EmbeddedWorld, RUNS_ON, type Run } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

/** A quota of one pod, which somebody else has used up: every attempt is refused before it could run. */
async function startWithoutRoom(): Promise<void> {
  world = await EmbeddedWorld.start({ script: () => RUNS_ON });
  const { client } = world.cluster;
  const metadata = { name: 'one-pod', namespace: NAMESPACE };
  await client.create(RESOURCE_QUOTAS, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata,
    spec: { hard: { pods: '1' } },
  });
  await world.clock.advance(1_000);
  await client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{ name: 'main', image: 'registry.example.com/tool:1' }] },
  });
}

const retrying = (preExecution: JsonObject) => workflow([podStep('a', { retry: { preExecution } })]);

/** How long each retry was put off, in ms, from the versions of the run's status. */
function waits(run: Run): readonly number[] {
  const seen = new Map<string, number>();
  for (const version of world.versions.filter(({ metadata }) => metadata.uid === run.metadata.uid)) {
    const [task] = version.status?.engine?.tasks ?? [];
    const failedAt = task?.attempts.at(-1)?.finishedAt;
    if (task?.nextAttemptAt === undefined || failedAt === undefined) continue;
    seen.set(task.nextAttemptAt, Date.parse(task.nextAttemptAt) - Date.parse(failedAt));
  }
  return [...seen.values()];
}

describe('backoff of what never ran', () => {
  // The table counts from 0, where 0 and 1 are the same; here n counts failures, from 1.
  it('kubernaut 48: with 30 s, factor 2, cap 5 min and no jitter it is 30 s, 1, 2, 4, 5 and 5 minutes', async () => {
    await startWithoutRoom();
    const run = await world.createRun(retrying({ limit: 6, base: '30s', factor: 2, cap: '5m', jitterPercent: 0 }));
    const end = await world.runToEnd(run, 7_200_000);
    expect(end.status).toMatchObject({ phase: 'Failed', reason: 'QuotaExceeded' });
    expect(waits(run)).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    const creates = world.calls.filter((call) => call.verb === 'create' && call.resource === 'pods');
    expect(creates).toHaveLength(7);
  });

  // The table takes 0 for a default or for no bound; here a base below 1 s, a factor below 1, and a cap below the base
  // are refused.
  it.each([
    ['base 0', { base: '0s' }, /base/],
    ['base below 1 s', { base: '500ms' }, /base must be at least 1s/],
    ['factor 0', { factor: 0 }, /factor/],
    ['factor below 1', { factor: 0.5 }, /factor/],
    ['cap 0', { cap: '0s' }, /cap must be at least base/],
    ['cap below base', { base: '20s', cap: '10s' }, /cap must be at least base/],
  ])('kubernaut 49: %s is refused', async (_, change, message) => {
    world = await EmbeddedWorld.withoutController();
    await expect(world.createRun(retrying({ limit: 5, ...change }))).rejects.toThrow(message);
  });

  // The table clamps to base and cap; here the interval is [(1−j)d, (1+j)d], also at the cap, so that not all wake at once.
  it('kubernaut 50: with 10 % jitter every wait is within [0.9 d, 1.1 d], and those at the cap differ', async () => {
    await startWithoutRoom();
    const policy = retrying({ limit: 4, base: '10s', factor: 2, cap: '20s', jitterPercent: 10 });
    const runs: Run[] = [];
    for (let count = 0; count < 12; count += 1) runs.push(await world.createRun(policy, { name: `run-${count}` }));
    for (const run of runs) await world.runToEnd(run);
    const all = runs.map(waits);
    for (const [first = 0, ...capped] of all) {
      expect(first).toBeGreaterThanOrEqual(9_000);
      expect(first).toBeLessThanOrEqual(11_000);
      for (const wait of capped) expect(Math.abs(wait - 20_000)).toBeLessThanOrEqual(2_000);
      expect(capped).toHaveLength(3);
    }
    const capped = all.flatMap(([, ...rest]) => rest);
    expect(new Set(capped).size).toBeGreaterThan(30);
    expect(capped.some((wait) => wait < 19_500)).toBe(true);
    expect(capped.some((wait) => wait > 20_500)).toBe(true);
  });
});
