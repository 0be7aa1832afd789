import { afterEach, describe, expect, it } from 'vitest';
import type { Condition } from '../../src/api/types.js';
import { JOBS, PODS, type Stored } from '../../src/cluster/resource.js';
import type { ContainerScript } from '../../src/cluster/kubelet/index.js';
import type { KubeObject } from '../../src/api/kube.js';
import { type ApiCall, isWrite, kindOf } from '../support/embedded/api-call.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import type { Fault } from '../support/embedded/faults.js';
import { EmbeddedWorld, RUNS_ON, type Run, eventTypes, objectNames, statesOf } from '../support/embedded-world.js';
import { KINDS, type KindCase } from './kinds.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const LONG: ContainerScript = { end: { exitCode: 0, afterMs: 60_000 } };
const FAILS: ContainerScript = { end: { exitCode: 3, afterMs: 1_000 } };
const CONFLICT: Fault = { kind: 'answer', code: 409, reason: 'Conflict', message: 'the object has been modified' };

async function start({ kinds }: KindCase, script: (name: string) => ContainerScript = () => LONG): Promise<void> {
  world = await EmbeddedWorld.start({ script, kinds });
}

function create(kind: KindCase, names: readonly string[] = ['a']): Promise<Run> {
  return world.createRun(kind.spec(names), { of: kind.of });
}

/** The run as soon as a step of this name is in this state. */
function reached(run: Run, name: string, state: string): Promise<Run> {
  return world.until(run, (version) => statesOf(version)[name] === state);
}

function conditionOf(run: Run, type: string): Condition | undefined {
  return run.status?.conditions?.find((condition) => condition.type === type);
}

const creates =
  ({ resource }: KindCase) =>
  (call: ApiCall): boolean =>
    kindOf(call) === `create ${resource}`;

const statusPatches =
  ({ of }: KindCase) =>
  (call: ApiCall): boolean =>
    kindOf(call) === `patch ${of.plural}/status`;

/** How often the container of each step was started. */
function starts(): readonly string[] {
  return world.cluster.runtime.started.map(({ argv }) => argv[0] ?? '').sort();
}

const count = (types: readonly string[], type: string): number => types.filter((each) => each === type).length;

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', (_name, kind) => {
  it('succeeds, tells so to kstatus, kubectl wait and the audit trail, and is released', async () => {
    await start(kind);
    const run = await create(kind, ['a', 'b']);
    const end = await world.runToEnd(run);
    expect(statesOf(end)).toMatchObject({ a: 'Succeeded', b: 'Succeeded' });
    const said = ['Ready', 'Reconciling', 'Stalled', 'Finished'].map((type) => conditionOf(end, type)?.status);
    expect(said).toEqual(['True', 'False', 'False', 'True']);
    expect(end.status).toMatchObject({ phase: 'Succeeded', observedGeneration: 1 });
    expect(end.metadata.finalizers ?? []).toEqual([]);
    expect(starts()).toEqual(['a', 'b']);
    const { events, problems } = await world.trail(run.metadata.uid);
    expect(problems).toEqual([]);
    expect([events.at(0)?.type, events.at(-1)?.type]).toEqual(['run.accepted', 'run.succeeded']);
    expect(new Set(events.map(({ subject }) => subject.kind))).toEqual(new Set([kind.of.kind]));
    expect(world.warnings()).toBe('');
  });

  it('F32: is no work any more once it is over', async () => {
    await start(kind);
    await world.runToEnd(await create(kind));
    await world.clock.advance(60_000);
    const before = world.calls.length;
    await world.clock.advance(3_600_000);
    expect(world.calls.slice(before).filter(isWrite)).toEqual([]);
  });

  it('F42: a spec of which no plan can be made is Failed at once, with the path, and nothing was started', async () => {
    await start(kind);
    const run = await world.createRun(kind.unplannable.spec, { of: kind.of });
    const end = await world.runToEnd(run);
    expect(end.status).toMatchObject({ phase: 'Failed', reason: 'ConfigurationError' });
    expect(end.status?.summary).toContain(kind.unplannable.path);
    expect(world.created).toEqual([]);
  });

  it('F40: a step that fails while nobody looks is Failed with its place and detail, and not started again', async () => {
    await start(kind, () => FAILS);
    const run = await create(kind);
    world.controller.kill();
    await world.clock.advance(60_000);
    await world.restartController();
    const end = await world.runToEnd(run);
    expect(end.status).toMatchObject({ phase: 'Failed', reason: 'TaskFailed' });
    expect(end.status?.engine?.failure).toEqual({ task: 'a', attempt: 1 });
    expect(end.status?.engine?.tasks.find(({ name }) => name === 'a')?.attempts).toMatchObject([
      { number: 1, verdict: { reason: 'TaskFailed', exitCode: 3, effects: 'Possible' } },
    ]);
    expect(starts()).toEqual(['a']);
  });

  it('F43: the end of the last step, the completion and the phase are one version of the object', async () => {
    await start(kind);
    const run = await create(kind);
    await world.runToEnd(run);
    const versions = world.versions.filter(({ metadata }) => metadata.uid === run.metadata.uid);
    const phase = versions.findIndex(({ status }) => status?.phase === 'Succeeded');
    expect(versions.findIndex(({ status }) => status?.completionTime !== undefined)).toBe(phase);
    expect(versions.findIndex(({ status }) => status?.engine?.finishedAt !== undefined)).toBe(phase);
    // A stepwise plan tells the end of its last step first.
    const ended = versions.findIndex((version) => statesOf(version)['a'] === 'Succeeded');
    expect(phase - ended).toBe(kind.name === 'SequentialJob' ? 1 : 0);
  });

  it('F46: of two controllers that both see no plan one writes it, the other meets a conflict', async () => {
    world = await EmbeddedWorld.withoutController({ script: () => LONG, kinds: kind.kinds });
    await world.startController();
    await world.startController();
    const run = await create(kind);
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Succeeded');
    expect(starts()).toEqual(['a']);
    expect(count(await eventTypes(world, run), 'run.accepted')).toBe(1);
    expect(world.calls.filter((call) => statusPatches(kind)(call) && call.code === 409).length).toBeGreaterThan(0);
  });

  it('F47: a restart keeps the names of attempts, and a run of the same name has others', async () => {
    await start(kind);
    world.inject(creates(kind), { kind: 'crash-before' });
    const first = await create(kind);
    const intended = objectNames(world.latest(first));
    await world.restartController();
    await world.runToEnd(first);
    expect(objectNames(world.latest(first))).toEqual(intended);
    await world.deleteRun(first);
    await world.clock.advance(10_000);
    const second = await create(kind);
    await world.runToEnd(second);
    expect(objectNames(world.latest(second))).not.toEqual(intended);
  });

  it('F48: suspended, nothing new starts and what runs goes on; resumed, it goes on where it was', async () => {
    await start(kind);
    const run = await create(kind);
    await reached(run, 'a', 'Running');
    await world.act(run, 'Suspend');
    await world.clock.advance(30_000);
    expect(conditionOf(world.latest(run), 'Suspended')).toMatchObject({ status: 'True' });
    await world.act(run, 'Resume');
    const end = await world.runToEnd(run);
    expect([end.status?.phase, starts()]).toEqual(['Succeeded', ['a']]);
    expect(await eventTypes(world, run)).toEqual(expect.arrayContaining(['run.suspended', 'run.resumed']));
  });

  it('F51: a condition that turns off says False with a reason, is never removed, and says of which generation', async () => {
    await start(kind);
    const run = await create(kind);
    await reached(run, 'a', 'Running');
    await world.act(run, 'Suspend');
    await world.clock.advance(5_000);
    await world.act(run, 'Resume');
    const end = await world.runToEnd(run);
    expect(conditionOf(end, 'Suspended')).toMatchObject({ status: 'False', observedGeneration: 1 });
    const versions = world.versions.filter(({ metadata }) => metadata.uid === run.metadata.uid);
    let known: readonly string[] = [];
    for (const { status } of versions) {
      const conditions = status?.conditions ?? [];
      const types = conditions.map(({ type }) => type);
      expect(types).toEqual(expect.arrayContaining([...known]));
      expect(conditions.filter(({ reason }) => reason === '')).toEqual([]);
      known = types;
    }
  });

  it('F68: a cancelled run has one terminal event, with who and why; what the object said stands with its attempt', async () => {
    await start(kind, () => ({ onTerm: { exitCode: 143, afterMs: 500, message: 'saved half' } }));
    const run = await create(kind);
    await reached(run, 'a', 'Running');
    await world.act(run, 'Cancel');
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Cancelled');
    const { events } = await world.trail(run.metadata.uid);
    const terminal = events.filter(({ type }) => /^run\.(succeeded|failed|cancelled)$/.test(type));
    expect(terminal).toMatchObject([
      {
        type: 'run.cancelled',
        actor: { name: 'dana@example.com' },
        data: { why: 'Cancel', reason: 'because of the test' },
      },
    ]);
    expect(end.status?.engine?.tasks.find(({ name }) => name === 'a')?.attempts).toMatchObject([
      { outcome: 'Cancelled', verdict: { reason: 'Cancelled' } },
    ]);
  });

  it('F69: what ends after a run is over moves nothing: the first end stands, with its times', async () => {
    await start(kind);
    const run = await create(kind);
    const before = (await world.runToEnd(run)).status;
    await world.restartController();
    await world.act(run, 'Cancel');
    await world.clock.advance(600_000);
    const after = world.latest(run).status;
    expect(after?.phase).toBe('Succeeded');
    expect(after?.completionTime).toBe(before?.completionTime);
    expect(after?.engine?.tasks).toEqual(before?.engine?.tasks);
    expect(count(await eventTypes(world, run), 'run.succeeded')).toBe(1);
  });

  it('F70: a controller that dies between the verdict and its telling: it is told once, by the next', async () => {
    await start(kind, () => FAILS);
    const run = await create(kind);
    world.inject((call) => statusPatches(kind)(call) && JSON.stringify(call.body).includes('attempt.failed'), {
      kind: 'crash-after',
    });
    await world.clock.advance(60_000);
    expect(world.controller.alive).toBe(false);
    await world.restartController();
    await world.runToEnd(run);
    const types = await eventTypes(world, run);
    expect(['attempt.failed', 'task.failed', 'run.failed'].map((type) => count(types, type))).toEqual([1, 1, 1]);
    expect((await world.trail(run.metadata.uid)).problems).toEqual([]);
  });

  it('kubernaut 20, C6: an object of somebody else under the name of an attempt is a ResourceConflict, and untouched', async () => {
    await start(kind);
    world.inject(creates(kind), { kind: 'crash-before' });
    const run = await create(kind);
    const [name = ''] = objectNames(world.latest(run));
    const stranger = await createStranger(kind, name);
    await world.restartController();
    const end = await world.runToEnd(run);
    expect(end.status).toMatchObject({ phase: 'Failed', reason: 'ResourceConflict' });
    const left = await getObject(kind, name);
    expect(left.metadata).toMatchObject({ uid: stranger.metadata.uid });
    expect([left.metadata.deletionTimestamp, left.metadata.finalizers]).toEqual([undefined, undefined]);
  });

  it('kubernaut 21: a crash after the create, before the status write, leaves one execution', async () => {
    await start(kind);
    world.inject(creates(kind), { kind: 'crash-after' });
    const run = await create(kind);
    await world.clock.advance(20_000);
    await world.restartController();
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(starts()).toEqual(['a']);
  });

  it('kubernaut 30: deleted while it runs, what runs is stopped first, then told, then the object goes', async () => {
    await start(kind, () => ({ onTerm: { exitCode: 143, afterMs: 5_000 } }));
    const run = await create(kind);
    await reached(run, 'a', 'Running');
    await world.deleteRun(run);
    await world.clock.advance(2_000);
    expect(world.isGone(run)).toBe(false);
    await world.clock.advance(60_000);
    expect(world.isGone(run)).toBe(true);
    expect([await world.pods(), await world.jobs()]).toEqual([[], []]);
    expect(await eventTypes(world, run)).toEqual(
      expect.arrayContaining(['attempt.stopping', 'attempt.cancelled', 'run.cancelled']),
    );
  });

  it('kubernaut 31: a run that somebody wants ended is stopped, confirmed, told and released', async () => {
    await start(kind, () => RUNS_ON);
    const run = await create(kind);
    await reached(run, 'a', 'Running');
    await world.act(run, 'Terminate');
    const end = await world.runToEnd(run);
    expect(end.status).toMatchObject({ phase: 'Cancelled', reason: 'Terminate' });
    expect(end.metadata.finalizers ?? []).toEqual([]);
    expect([await world.pods(), await world.jobs()]).toEqual([[], []]);
  });

  it('kubernaut 32: an object that somebody else deletes is an unknown outcome, told with its effects, not retried', async () => {
    await start(kind);
    const run = await create(kind);
    await reached(run, 'a', 'Running');
    const [name = ''] = objectNames(world.latest(run));
    await deleteObject(kind, name);
    const end = await world.runToEnd(run);
    const task = end.status?.engine?.tasks.find((each) => each.name === 'a');
    expect(task).toMatchObject({ state: 'Failed', retriesUsed: { preExecution: 0, infrastructure: 0, execution: 0 } });
    expect(task?.attempts).toMatchObject([{ verdict: { reason: 'Cancelled', effects: 'Possible', retryable: false } }]);
    expect(starts()).toEqual(['a']);
  });

  it('kubernaut 61: conflicts on the last status write are met by deciding again; its event is told once', async () => {
    await start(kind);
    const run = await create(kind);
    const last = (call: ApiCall): boolean =>
      statusPatches(kind)(call) && JSON.stringify(call.body).includes('"phase":"Succeeded"');
    world.inject(last, CONFLICT, 4);
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(world.calls.filter((call) => last(call) && call.code === 409)).toHaveLength(4);
    expect(count(await eventTypes(world, run), 'run.succeeded')).toBe(1);
  });

  it('kubernaut 62: a conflict on the write that begins the run starts nothing, and is met by deciding again', async () => {
    await start(kind);
    const begins = (call: ApiCall): boolean =>
      statusPatches(kind)(call) && JSON.stringify(call.body).includes('attempt.starting');
    world.inject(begins, CONFLICT, 2);
    const run = await create(kind);
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(world.calls.filter((call) => begins(call) && call.code === 409)).toHaveLength(2);
    expect(starts()).toEqual(['a']);
    expect(count(await eventTypes(world, run), 'run.started')).toBe(1);
  });

  it(`answers a change of its spec while it runs as the kind says (${kind.change.becomes})`, async () => {
    await start(kind);
    const run = await create(kind);
    await reached(run, 'a', 'Running');
    const answer = await world.changeSpec(run, kind.change.patch).then(
      () => null,
      (error: unknown) => String(error),
    );
    expect(answer !== null).toBe(kind.change.becomes === 'refused');
    await world.clock.advance(5_000);
    expect(world.latest(run).status?.phase).toBe(kind.change.becomes === 'held' ? 'Blocked' : 'Running');
    if (kind.change.becomes === 'held') await world.changeSpec(run, kind.spec(['a']));
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(starts()).toEqual(kind.change.becomes === 'replanned' ? ['a', 'a'] : ['a']);
    const types = await eventTypes(world, run);
    expect(count(types, 'run.replanned')).toBe(kind.change.becomes === 'replanned' ? 1 : 0);
  });
});

describe('runs of all kinds, of one name, side by side', () => {
  it('none is taken for another', async () => {
    world = await EmbeddedWorld.start({ script: () => LONG, kinds: KINDS.flatMap(({ kinds }) => kinds) });
    const runs: Run[] = [];
    for (const kind of KINDS) runs.push(await create(kind, ['a', 'b']));
    for (const run of runs) {
      const end = await world.runToEnd(run);
      expect([end.status?.phase, (await world.trail(run.metadata.uid)).problems]).toEqual(['Succeeded', []]);
    }
    expect(starts()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
    const names = runs.flatMap((run) => objectNames(world.latest(run)));
    expect(new Set(names).size).toBe(names.length);
  });
});

async function createStranger(kind: KindCase, name: string): Promise<Stored<KubeObject>> {
  const spec = { containers: [{ name: 'main', image: 'registry.example.com/tool:1' }], restartPolicy: 'Never' };
  const metadata = { name, namespace: NAMESPACE };
  const { client } = world.cluster;
  return kind.resource === 'pods'
    ? client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec })
    : client.create(JOBS, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata,
        spec: { suspend: true, template: { spec } },
      });
}

function getObject(kind: KindCase, name: string): Promise<Stored<KubeObject>> {
  const { client } = world.cluster;
  const key = { namespace: NAMESPACE, name };
  return kind.resource === 'pods' ? client.get(PODS, key) : client.get(JOBS, key);
}

async function deleteObject(kind: KindCase, name: string): Promise<void> {
  const { client } = world.cluster;
  const key = { namespace: NAMESPACE, name };
  if (kind.resource === 'pods') await client.delete(PODS, key);
  else await client.delete(JOBS, key);
}
