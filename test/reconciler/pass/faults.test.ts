import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/api/json.js';
import { RUNS, EmbeddedWorld, ENDS_WELL, RUNS_ON, eventTypes, podsOf, statesOf } from '../../support/embedded-world.js';
import { type ApiCall, kindOf } from '../../support/embedded/api-call.js';
import { NAMESPACE } from '../../support/embedded/embedded-cluster.js';
import { CONFLICT, type Fault, SERVER_ERROR } from '../../support/embedded/faults.js';
import { container, jobStep, podStep, workflow } from '../../support/embedded/steps.js';
import { PODS } from '../../../src/cluster/resource.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const of =
  (kind: string) =>
  (call: ApiCall): boolean =>
    kindOf(call) === kind;

describe('a pass whose calls fail', () => {
  it.each<[string, Fault]>([
    ['a conflict', CONFLICT],
    ['500', SERVER_ERROR],
    ['a lost answer', { kind: 'lost' }],
    ['no connection', { kind: 'unsent' }],
  ])('is made again, and nothing runs or is told twice: %s on every kind of write', async (_, fault) => {
    for (const kind of ['patch workflowexecutions', 'patch workflowexecutions/status', 'create pods', 'patch pods']) {
      // A conflict on a create is another thing: somebody has the name.
      if (kind === 'create pods' && fault === CONFLICT) continue;
      const one = (world = await EmbeddedWorld.start());
      one.inject(of(kind), fault, 2);
      const run = await one.createRun(workflow([podStep('a'), podStep('b')]));
      expect((await one.runToEnd(run)).status?.phase, kind).toBe('Succeeded');
      expect(one.cluster.runtime.started, kind).toHaveLength(2);
      expect((await one.trail(run.metadata.uid)).problems, kind).toEqual([]);
      expect(
        (await eventTypes(one, run)).filter((type) => type === 'attempt.succeeded'),
        kind,
      ).toHaveLength(2);
      if (kind !== 'patch pods') await one.stop();
    }
  });

  it('that cannot create for a while says why, and creates when it can', async () => {
    world = await EmbeddedWorld.start();
    world.inject(of('create pods'), SERVER_ERROR, 20);
    const run = await world.createRun(workflow([podStep('a')]));
    const waiting = await world.until(run, (version) => version.status?.engine?.tasks[0]?.waitingBecause !== undefined);
    expect(waiting.status?.engine?.tasks[0]?.waitingBecause).toMatchObject({ reason: 'ApiServerError' });
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(podsOf(world, 'a')).toHaveLength(1);
  });

  it('that can never create ends the attempt at its start bound, with that reason', async () => {
    world = await EmbeddedWorld.start();
    world.inject(of('create pods'), SERVER_ERROR, 10_000);
    const step = podStep('a', { timeouts: { start: '1m' }, retry: { preExecution: { limit: 0 } } });
    const end = await world.runToEnd(await world.createRun(workflow([step])));
    expect(end.status).toMatchObject({ phase: 'Failed', reason: 'ApiServerError' });
    expect(end.status?.engine?.tasks[0]?.attempts).toHaveLength(1);
    expect(world.created).toEqual([]);
  });

  it('that can never create, cancelled: Cancelled by the person, not failed by the API server', async () => {
    world = await EmbeddedWorld.start();
    world.inject(of('create pods'), SERVER_ERROR, 10_000);
    const run = await world.createRun(workflow([podStep('a')]));
    await world.until(run, (version) => version.status?.engine?.tasks[0]?.waitingBecause !== undefined);
    await world.act(run, 'Cancel');
    const end = await world.runToEnd(run);
    expect(end.status).toMatchObject({ phase: 'Cancelled', reason: 'Cancel' });
    const verdict = end.status?.engine?.tasks[0]?.attempts[0]?.verdict;
    expect(verdict).toMatchObject({ reason: 'Cancelled', subreason: 'UserCancelled', effects: 'None' });
  });
});

describe('what people and the platform do to a run', () => {
  it('a run that is deleted stops what runs, records it, and goes only then', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ onTerm: { exitCode: 143, afterMs: 5_000 } }) });
    const run = await world.createRun(workflow([podStep('a'), podStep('b')], { finally: [podStep('tidy')] }));
    await world.clock.advance(3_000);
    await world.cluster.client.delete(RUNS, { namespace: NAMESPACE, name: 'web' });
    await world.until(run, (version) => version.status?.phase === 'Cancelling');
    await world.clock.advance(60_000);
    expect(statesOf(world.latest(run))).toEqual({ a: 'Cancelled', b: 'Skipped', tidy: 'Skipped' });
    await expect(world.run(run)).rejects.toThrow(/not found/);
    expect(await eventTypes(world, run)).toContain('run.cancelled');
    expect((await world.trail(run.metadata.uid)).problems).toEqual([]);
    expect(await world.pods()).toEqual([]);
  });

  it('a pod that somebody deletes fails its step as Cancelled/PodDeleted, and is not tried again', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(3_000);
    const [pod] = podsOf(world, 'a');
    await world.cluster.client.delete(PODS, { namespace: NAMESPACE, name: pod?.metadata.name ?? '' });
    const end = await world.runToEnd(run);
    expect(statesOf(end)).toEqual({ a: 'Failed' });
    const verdict = end.status?.engine?.tasks[0]?.attempts[0]?.verdict;
    expect(verdict).toMatchObject({
      reason: 'Cancelled',
      subreason: 'PodDeleted',
      effects: 'Possible',
      retryable: false,
    });
  });

  it.each<[string, JsonObject]>([
    ['pod', podStep('a')],
    ['job', jobStep('a')],
  ])('C4: a Cancel stops a %s, waits until it is stopped, and runs finally', async (_, step) => {
    const script = (name: string) => (name === 'a' ? { onTerm: { exitCode: 143, afterMs: 8_000 } } : ENDS_WELL);
    world = await EmbeddedWorld.start({ script });
    const run = await world.createRun(workflow([step], { finally: [podStep('tidy')] }));
    await world.clock.advance(3_000);
    await world.act(run, 'Cancel');
    await world.clock.advance(5_000);
    expect(world.latest(run).status?.phase).toBe('Cancelling');
    expect(podsOf(world, 'tidy')).toEqual([]);
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Cancelled');
    expect(statesOf(end)).toEqual({ a: 'Cancelled', tidy: 'Succeeded' });
  });

  it('an image that cannot be pulled is tried again under another name, after the backoff', async () => {
    world = await EmbeddedWorld.start();
    const broken = container('a', { image: 'registry.example.invalid/tool:1' });
    const retry = { preExecution: { limit: 1, base: '30s', jitterPercent: 0 } };
    const step = { name: 'a', pod: { spec: { containers: [broken] } }, timeouts: { start: '20s' }, retry };
    const end = await world.runToEnd(await world.createRun(workflow([step])));
    expect(end.status).toMatchObject({ phase: 'Failed', reason: 'ImagePull' });
    const attempts = end.status?.engine?.tasks[0]?.attempts ?? [];
    expect(attempts.map(({ object }) => object?.name.slice(-3))).toEqual(['-a1', '-a2']);
    expect(Date.parse(attempts[1]?.intentAt ?? '') - Date.parse(attempts[0]?.finishedAt ?? '')).toBe(30_000);
    expect(await world.pods()).toEqual([]);
  });
});

describe('a clock that is put back', () => {
  it('C16: never puts back the time of a run: neither its events nor its instants', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 20_000 } }) });
    const run = await world.createRun(workflow([podStep('a'), podStep('b')]));
    await world.clock.advance(5_000);
    world.clock.jump(-3_600_000);
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Succeeded');
    const times = (await world.trail(run.metadata.uid)).events.map(({ time }) => time);
    expect(times).toEqual([...times].sort());
    const [a, b] = end.status?.engine?.tasks ?? [];
    expect((a?.endedAt ?? '') >= (a?.attempts[0]?.intentAt ?? '?')).toBe(true);
    expect((b?.attempts[0]?.intentAt ?? '') >= (a?.endedAt ?? '?')).toBe(true);
  });
});
