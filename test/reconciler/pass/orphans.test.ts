import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/api/json.js';
import type { Job, Pod } from '../../../src/api/kube.js';
import { ANNOTATION, TRACKING_FINALIZER } from '../../../src/api/names.js';
import { attemptObjectName } from '../../../src/api/object-name.js';
import { JOBS, PODS, type Resource, type Stored } from '../../../src/cluster/resource.js';
import { createAttemptIdentity } from '../../../src/executors/attempt-identity.js';
import type { Attempt } from '../../../src/executors/executor.js';
import { renderJob } from '../../../src/executors/job/render-job.js';
import { renderPod } from '../../../src/executors/pod/render-pod.js';
import { kindOf } from '../../support/embedded/api-call.js';
import { ATTEMPT_KEY } from '../../support/embedded/controller-process.js';
import { NAMESPACE } from '../../support/embedded/embedded-cluster.js';
import { container, jobStep, podStep, workflow } from '../../support/embedded/steps.js';
import { EmbeddedWorld, RUNS, RUNS_ON, type Run, podsOf, statesOf } from '../../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const identity = createAttemptIdentity(ATTEMPT_KEY);

/** What a controller would have created for an attempt of step `a`. */
function created(run: Run, resource: Resource<Pod> | Resource<Job>, number = 1): JsonObject {
  const { name, uid } = run.metadata;
  const ref = { apiVersion: run.apiVersion ?? '', kind: run.kind ?? '', namespace: NAMESPACE, name, uid };
  const spec = { containers: [container('a')] };
  const attempt: Attempt = {
    run: ref,
    task: 'a',
    number,
    input: resource.kind === 'Pod' ? { spec } : { spec: { template: { spec } } },
    serviceAccountName: null,
    quoteLogs: false,
    object: {
      apiVersion: resource.kind === 'Pod' ? 'v1' : 'batch/v1',
      kind: resource.kind,
      name: attemptObjectName(ref, 'a', number),
      uid: null,
    },
    intentAt: 0,
    stopAt: null,
  };
  return resource.kind === 'Pod' ? renderPod(attempt, identity) : renderJob(attempt, identity);
}

async function put(object: JsonObject): Promise<Stored<Pod> | Stored<Job>> {
  return object['kind'] === 'Pod'
    ? world.cluster.client.create(PODS, object)
    : world.cluster.client.create(JOBS, object);
}

async function left(): Promise<readonly string[]> {
  return [...(await world.pods()), ...(await world.jobs())].map(({ metadata }) => metadata.name);
}

async function runThatIsGone(step: JsonObject): Promise<Run> {
  const run = await world.createRun(workflow([step]));
  await world.runToEnd(run);
  await world.deleteRun(run);
  await world.clock.advance(60_000);
  expect(world.isGone(run)).toBe(true);
  expect(await left()).toEqual([]);
  return run;
}

describe('an object of ours whose run is gone', () => {
  it.each<[string, JsonObject, Resource<Pod> | Resource<Job>]>([
    ['pod', podStep('a'), PODS],
    ['Job', jobStep('a'), JOBS],
  ])('C7: a %s that comes into being late is stopped and let go of', async (_, step, resource) => {
    world = await EmbeddedWorld.start({ script: (_step, attempt) => (attempt === 1 ? { end: { exitCode: 0 } } : {}) });
    const run = await runThatIsGone(step);
    await put(created(run, resource, 2));
    await world.clock.advance(120_000);
    expect(await left()).toEqual([]);
  });

  it.each<[string, JsonObject, Resource<Pod> | Resource<Job>]>([
    ['pod', podStep('a'), PODS],
    ['Job', jobStep('a'), JOBS],
  ])('C7: a %s that came while no controller lived is let go of by the next one', async (_, step, resource) => {
    world = await EmbeddedWorld.start();
    const run = await runThatIsGone(step);
    world.controller.kill();
    await put(created(run, resource));
    await world.clock.advance(600_000);
    expect(await left()).not.toEqual([]);
    await world.restartController();
    await world.clock.advance(120_000);
    expect(await left()).toEqual([]);
  });

  it('C7: a create that a frozen controller sends when the run is gone leaves nothing behind', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const [sleeper] = world.processes;
    world.inject((call) => call.process === 1 && kindOf(call) === 'create pods', { kind: 'frozen-before' });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.startController();
    await world.clock.advance(5_000);
    await world.deleteRun(run);
    await world.clock.advance(120_000);
    expect(world.isGone(run)).toBe(true);
    const before = podsOf(world, 'a').length;
    sleeper?.thaw();
    await world.clock.advance(120_000);
    expect(podsOf(world, 'a')).toHaveLength(before + 1);
    expect(await left()).toEqual([]);
  });

  it('C7: what lacks our proof is left alone, whatever its labels and its finalizer say', async () => {
    world = await EmbeddedWorld.start();
    const run = await runThatIsGone(podStep('a'));
    const object = created(run, PODS);
    const metadata = object['metadata'] as JsonObject & { annotations: JsonObject };
    // An owner that is gone would have the garbage collector delete it.
    const { ownerReferences: _owner, ...others } = metadata;
    const forged = { ...metadata.annotations, [ANNOTATION.attemptProof]: 'f'.repeat(64) };
    await put({ ...object, metadata: { ...others, annotations: forged } });
    await world.clock.advance(120_000);
    const [pod] = await world.pods();
    expect(pod?.metadata.finalizers).toEqual([TRACKING_FINALIZER]);
    expect(pod?.metadata.deletionTimestamp).toBeUndefined();
  });
});

describe('an object of ours that its run does not name', () => {
  it('C7: is deleted by its UID, and the run goes on and owes nothing at its end', async () => {
    world = await EmbeddedWorld.start({
      script: (_, attempt) => (attempt === 1 ? { end: { exitCode: 0, afterMs: 60_000 } } : RUNS_ON),
    });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(3_000);
    const orphan = await put(created(run, PODS, 7));
    await world.clock.advance(30_000);
    expect(statesOf(world.latest(run))).toEqual({ a: 'Running' });
    const deletes = world.calls.filter((call) => kindOf(call) === 'delete pods');
    expect(deletes.map(({ name, body }) => [name, body])).toEqual([
      [orphan.metadata.name, expect.objectContaining({ preconditions: { uid: orphan.metadata.uid } })],
    ]);
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect((await left()).filter((name) => name === orphan.metadata.name)).toEqual([]);
  });

  it('C7: is not touched while the status cannot be read', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(3_000);
    await world.cluster.client.patchStatus(
      RUNS,
      { namespace: NAMESPACE, name: 'web' },
      { body: { status: { engine: { planVersion: 99 } } } },
    );
    await put(created(run, PODS, 7));
    await world.clock.advance(120_000);
    expect(world.calls.map(kindOf)).not.toContain('delete pods');
  });
});

describe('an object of ours whose run is over', () => {
  it.each<[string, string, JsonObject, Resource<Pod> | Resource<Job>]>([
    ['pod', 'after', podStep('a'), PODS],
    ['pod', 'before', podStep('a'), PODS],
    ['Job', 'before', jobStep('a'), JOBS],
  ])('C7: a %s that came while no controller lived is let go of by the next one, listed %s its run', async (...row) => {
    const [, order, step, resource] = row;
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([step]));
    await world.runToEnd(run);
    await world.clock.advance(60_000);
    world.controller.kill();
    const { metadata: late } = await put(created(run, resource, 2));
    expect(late.finalizers).toContain(TRACKING_FINALIZER);
    await world.clock.advance(600_000);
    if (order === 'before')
      world.inject((call) => kindOf(call) === 'list workflowexecutions', {
        kind: 'answer',
        code: 503,
        reason: 'ServiceUnavailable',
        message: 'the server is starting',
      });
    await world.restartController();
    await world.clock.advance(120_000);
    const tracked = [...(await world.pods()), ...(await world.jobs())].filter(
      ({ metadata }) => metadata.name === late.name && (metadata.finalizers ?? []).includes(TRACKING_FINALIZER),
    );
    expect(tracked).toEqual([]);
  });
});
