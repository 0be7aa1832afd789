import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { readRun } from '../../src/cli/read-run.js';
import { summaryInput } from '../../src/cli/summary-input.js';
import { RESOURCE_QUOTAS } from '../../src/cluster/resource.js';
import { summarize, textOf } from '../../src/failure/index.js';
import { EmbeddedWorld, RUNS_ON, type Run } from '../support/embedded-world.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { container, jobStep, podStep, workflow } from '../support/embedded/steps.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const NO_RETRY = { retry: { preExecution: { limit: 0 } } };

/** A run of one step, whose container differs so from one that gets on. */
async function runWith(more: JsonObject, step: JsonObject = {}): Promise<Run> {
  const pod = { spec: { containers: [container('a', more)] } };
  return world.createRun(workflow([{ name: 'a', pod, ...NO_RETRY, ...step }]));
}

const waitingOf = (run: Run) => run.status?.engine?.tasks[0]?.waitingBecause;

/** What `lockstep why` prints, which knows a run as the API server sends it. */
function whyOf(run: Run, now: number): string {
  const sent = JSON.parse(JSON.stringify(run)) as Parameters<typeof readRun>[0];
  return textOf(summarize(summaryInput(readRun(sent), now)));
}

/** The first waiting that a run shows, and how its one attempt ended. */
async function story(run: Run) {
  const shown = await world.until(run, (version) => waitingOf(version) !== undefined, 60_000);
  const since = world.clock.now();
  const end = await world.runToEnd(run);
  return {
    waiting: waitingOf(shown),
    line: shown.status?.summary ?? '',
    why: whyOf(shown, since),
    lastedMs: world.clock.now() - since,
    status: end.status,
    verdict: end.status?.engine?.tasks[0]?.attempts[0]?.verdict,
  };
}

describe('an attempt that cannot get on', () => {
  it('for a missing Secret says so at once, and fails with that cause after five minutes', async () => {
    world = await EmbeddedWorld.start();
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'db', key: 'token' } } }];
    const { waiting, line, why, lastedMs, status, verdict } = await story(await runWith({ env }));
    expect(waiting?.reason).toBe('ConfigurationError');
    expect(waiting?.message).toContain('"db" not found');
    expect(line).toContain('ConfigurationError: Secret db not found');
    expect(why).toMatch(/^WAITING \S+ step 1\/1 a: Secret db not found/);
    expect(why).toContain('It counts as failed at');
    expect(lastedMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(lastedMs).toBeLessThan(5.5 * 60_000);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'ConfigurationError' });
    expect(verdict).toMatchObject({
      subreason: 'SecretNotFound',
      stage: 'PreExecution',
      effects: 'None',
      retryable: false,
    });
  });

  it('for want of room fails with the shortage as its cause when the time that the step gives it is over', async () => {
    world = await EmbeddedWorld.start();
    const resources = { requests: { cpu: '64' } };
    const { waiting, lastedMs, verdict } = await story(
      await runWith({ resources }, { timeouts: { start: '30m', waiting: { Unschedulable: '20m' } } }),
    );
    expect(waiting?.reason).toBe('Unschedulable');
    expect(waiting?.message).toContain('Insufficient cpu');
    expect(lastedMs).toBeGreaterThanOrEqual(20 * 60_000);
    expect(lastedMs).toBeLessThan(21 * 60_000);
    expect(verdict).toMatchObject({
      reason: 'Unschedulable',
      subreason: 'InsufficientCPU',
      effects: 'None',
      retryable: true,
    });
    expect(verdict?.message).toContain('Insufficient cpu');
  });

  it('for an image that cannot be had shows the back-off while it lasts', async () => {
    world = await EmbeddedWorld.start();
    const { waiting, verdict } = await story(await runWith({ image: 'registry.example.invalid/tool:1' }));
    expect(waiting?.reason).toBe('ImagePull');
    expect(verdict).toMatchObject({ reason: 'ImagePull', container: 'main', effects: 'None' });
    expect(verdict?.evidence.some((one) => one.path.includes('containers[main].image'))).toBe(true);
  });

  it('for an invalid image name fails at once', async () => {
    world = await EmbeddedWorld.start();
    const run = await runWith({ image: 'Registry.Example.com/Tool:1' });
    const before = world.clock.now();
    expect((await world.runToEnd(run)).status).toMatchObject({ phase: 'Failed', reason: 'ImagePull' });
    expect(world.clock.now() - before).toBeLessThan(60_000);
  });

  it('for a quota that its Job runs into shows the quota', async () => {
    world = await EmbeddedWorld.start();
    await world.cluster.client.create(RESOURCE_QUOTAS, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'team', namespace: NAMESPACE },
      spec: { hard: { pods: '0' } },
    });
    await world.clock.advance(1_000);
    const { waiting, verdict } = await story(await world.createRun(workflow([jobStep('a', NO_RETRY)])));
    expect(waiting?.reason).toBe('QuotaExceeded');
    expect(waiting?.message).toContain('exceeded quota: team');
    expect(verdict).toMatchObject({ reason: 'QuotaExceeded', effects: 'None' });
  });

  it('and then does, shows no waiting any more', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const resources = { requests: { cpu: '3' } };
    const first = await runWith({ resources });
    await world.until(first, (version) => version.status?.engine?.tasks[0]?.state === 'Running');
    const second = await world.createRun(
      workflow([{ name: 'b', pod: { spec: { containers: [container('b', { resources })] } } }]),
      { name: 'second' },
    );
    await world.until(second, (version) => waitingOf(version)?.reason === 'Unschedulable', 60_000);
    await world.act(first, 'Cancel');
    const going = await world.until(
      second,
      (version) => version.status?.engine?.tasks[0]?.state === 'Running',
      600_000,
    );
    expect(waitingOf(going)).toBeUndefined();
  });
});

describe('what a step printed', () => {
  const SAID = 'violet-heron-4417';
  const script = () => ({ end: { exitCode: 3, afterMs: 1_000, message: `cannot open ${SAID}` }, log: SAID });

  /** All that is kept or told of a run: status, Kubernetes Events, the trail. */
  async function kept(run: Run): Promise<string> {
    await world.runToEnd(run);
    const told = (await world.events()).filter((event) => event.involvedObject.kind === 'WorkflowExecution');
    return JSON.stringify([world.versions, told, await world.trail(run.metadata.uid)]);
  }

  it('is quoted in the verdict, as its last words', async () => {
    world = await EmbeddedWorld.start({ script });
    expect(await kept(await world.createRun(workflow([podStep('a')])))).toContain(SAID);
  });

  it('is nowhere with `evidence.logs: None`, of a pod and of a Job', async () => {
    world = await EmbeddedWorld.start({ script });
    const off = { evidence: { logs: 'None' } };
    for (const step of [podStep('a', off), jobStep('a', off)]) {
      const text = await kept(
        await world.createRun(workflow([step]), { name: step['job'] === undefined ? 'pod' : 'job' }),
      );
      expect(text).toContain('TaskFailed');
      expect(text).not.toContain(SAID);
    }
  });
});
