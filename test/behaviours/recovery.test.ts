import { afterEach, describe, expect, it } from 'vitest';
import { ANNOTATION } from '../../src/api/names.js';
import { PODS } from '../../src/cluster/resource.js';
import { type ApiCall, isWrite, kindOf } from '../support/embedded/api-call.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { jobStep, podStep, workflow } from '../support/embedded/steps.js';
import { EmbeddedWorld, RUNS, RUNS_ON, eventTypes, objectNames, podsOf, statesOf } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const creates =
  (resource: string) =>
  (call: ApiCall): boolean =>
    call.verb === 'create' && call.resource === resource;
const statusPatch = (call: ApiCall): boolean => kindOf(call) === 'patch workflowexecutions/status';

describe('what survives a controller', () => {
  it.each([
    ['pod', 'pods', podStep('a')],
    ['job', 'jobs', jobStep('a')],
  ])(
    'F31: a controller that dies after it created a %s finds it again by name and proof',
    async (_, resource, step) => {
      world = await EmbeddedWorld.start();
      world.inject(creates(resource), { kind: 'crash-after' });
      const run = await world.createRun(workflow([step]));
      expect(world.controller.alive).toBe(false);
      const [created] = world.created;
      await world.restartController();
      const end = await world.runToEnd(run);
      expect(end.status?.phase).toBe('Succeeded');
      expect(end.status?.engine?.tasks[0]?.attempts).toMatchObject([
        { number: 1, object: { uid: created?.metadata.uid } },
      ]);
      expect(podsOf(world, 'a')).toHaveLength(1);
    },
  );

  it.each([
    ['pod', 'pods', podStep('a')],
    ['job', 'jobs', jobStep('a')],
  ])(
    'kubernaut 21: a crash after the create of a %s, before any status write, leaves exactly one execution',
    async (_, resource, step) => {
      world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 30_000 } }) });
      world.inject(creates(resource), { kind: 'crash-after' });
      const run = await world.createRun(workflow([step]));
      await world.clock.advance(60_000);
      await world.restartController();
      expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
      expect(world.cluster.runtime.started).toHaveLength(1);
      expect((await world.trail(run.metadata.uid)).problems).toEqual([]);
    },
  );

  it('F32: what does not change costs no API write, and a finished run no work at all', async () => {
    world = await EmbeddedWorld.start({
      script: (step) => ({ end: { exitCode: 0, afterMs: step === 'a' ? 1_800_000 : 1_000 } }),
    });
    const run = await world.createRun(workflow([podStep('a'), podStep('b')]));
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    const running = world.writes().length;
    await world.clock.advance(1_700_000);
    expect(world.writes()).toHaveLength(running);
    await world.runToEnd(run);
    const { length } = world.calls;
    await world.clock.advance(3_600_000);
    // Watches end after five to ten minutes and are opened again.
    expect(world.calls.slice(length).filter(({ verb }) => verb !== 'watch')).toEqual([]);
  });

  it('F32: a controller that starts and finds only finished runs writes nothing', async () => {
    world = await EmbeddedWorld.start();
    await world.runToEnd(await world.createRun(workflow([podStep('a')])));
    const { length } = world.writes();
    await world.restartController();
    await world.clock.advance(60_000);
    expect(world.writes()).toHaveLength(length);
  });

  // The table wants the plan stored in a write of its own; the design puts it into the write that holds the first intent:
  // what counts is that no side effect comes before it.
  it('F36: the plan is in status before the first side effect: in the same write as the intent, before the create', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([podStep('a')]));
    expect(
      world
        .writes()
        .map(kindOf)
        .filter((kind) => kind !== 'create events'),
    ).toEqual(['patch workflowexecutions', 'patch workflowexecutions/status', 'create pods']);
    const first = world.writes().find(statusPatch);
    expect(first?.body).toMatchObject({
      status: {
        engine: {
          plan: { digest: expect.stringMatching(/^sha256:/) as unknown },
          tasks: [{ name: 'a', state: 'Starting' }],
        },
      },
    });
    world.faults.clear();
    await world.runToEnd(run);
  });

  it('F36, C1: without that write nothing is created', async () => {
    world = await EmbeddedWorld.start();
    world.inject(statusPatch, { kind: 'crash-before' });
    await world.createRun(workflow([podStep('a')]));
    expect(world.created).toEqual([]);
    await world.restartController();
    expect(podsOf(world, 'a')).toHaveLength(1);
  });

  // The table polls after the submission; the design watches.
  it('F39: an attempt is submitted exactly once, and then observed without a request', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 600_000 } }) });
    const run = await world.createRun(workflow([podStep('a')]));
    const { length } = world.calls;
    await world.runToEnd(run);
    expect(world.calls.filter(creates('pods'))).toHaveLength(1);
    expect(world.calls.slice(length).filter((call) => !isWrite(call) && call.verb !== 'watch')).toEqual([]);
  });

  it('F46, C8: of two controllers that both see no plan one gets a conflict, and one plan survives', async () => {
    world = await EmbeddedWorld.start();
    await world.startController();
    const run = await world.createRun(workflow([podStep('a'), podStep('b')]));
    const conflicts = world.calls.filter(({ code, verb }) => code === 409 && verb === 'patch');
    expect(conflicts.length).toBeGreaterThan(0);
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    const digests = new Set(world.versions.flatMap((version) => version.status?.engine?.plan?.digest ?? []));
    expect(digests.size).toBe(1);
    expect(world.cluster.runtime.started).toHaveLength(2);
    const types = await eventTypes(world, run);
    expect(types.filter((type) => type === 'run.accepted')).toHaveLength(1);
    expect((await world.trail(run.metadata.uid)).problems).toEqual([]);
    expect(await world.store.forks()).toEqual([]);
  });

  // The table stores random ids with the plan; here they follow from UID, task and attempt.
  it('F47: a restart keeps the names of attempts; another run, another step and another attempt have others', async () => {
    const spec = workflow([podStep('a'), podStep('b')]);
    world = await EmbeddedWorld.start();
    world.inject(creates('pods'), { kind: 'crash-before' });
    const first = await world.createRun(spec);
    const intended = objectNames(world.latest(first));
    await world.restartController();
    await world.runToEnd(first);
    const names = objectNames(world.latest(first));
    expect(intended).toEqual([names[0]]);
    await world.cluster.client.delete(RUNS, { namespace: NAMESPACE, name: first.metadata.name });
    const second = await world.createRun(spec);
    await world.runToEnd(second);
    const all = [...names, ...objectNames(world.latest(second))];
    expect(all).toHaveLength(4);
    expect(new Set(all).size).toBe(4);
  });

  // The table adopts by labels; the design by proof: a stranger's labels are worth nothing.
  it('kubernaut 15, C6: a pod with our labels and name, but without our proof, is not adopted and not touched', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    world.inject(creates('pods'), { kind: 'crash-before' });
    const run = await world.createRun(workflow([podStep('a')]));
    const [name = ''] = objectNames(world.latest(run));
    const labels = {
      'lockstep.dev/execution-uid': run.metadata.uid,
      'lockstep.dev/task': 'a',
      'lockstep.dev/attempt': '1',
      'lockstep.dev/tracked': 'true',
    };
    const spec = { containers: [{ name: 'main', image: 'registry.example.com/tool:1' }] };
    const annotations = { [ANNOTATION.specHash]: 'abc', [ANNOTATION.attemptProof]: 'abc' };
    const stranger = await world.cluster.client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NAMESPACE, labels, annotations },
      spec,
    });
    await world.restartController();
    const { status } = await world.runToEnd(run);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'ResourceConflict' });
    const left = await world.cluster.client.get(PODS, { namespace: NAMESPACE, name });
    expect(left.metadata).toMatchObject({ uid: stranger.metadata.uid, labels, annotations });
    expect(left.metadata.deletionTimestamp).toBeUndefined();
  });

  it('kubernaut 15, C6: a pod that carries our proof is adopted and runs on', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 60_000 } }) });
    world.inject(creates('pods'), { kind: 'crash-after' });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(10_000);
    await world.restartController();
    await world.clock.advance(3_000);
    expect(statesOf(world.latest(run))).toEqual({ a: 'Running' });
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(podsOf(world, 'a')).toHaveLength(1);
  });
});
