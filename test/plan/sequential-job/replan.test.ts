import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/api/json.js';
import { EmbeddedWorld, type Run, eventTypes, podsOf, statesOf } from '../../support/embedded-world.js';
import { SEQUENTIAL_JOB, entry, nested, rows, sequence, sequentialStatus } from '../../support/sequential-jobs.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const CHANGED: JsonObject = { env: [{ name: 'LEVEL', value: '2' }] };

/** A run of a, b and c, each of which takes 30 s, as it is once one of them runs. */
async function running(name: string): Promise<Run> {
  world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 30_000 } }) });
  const run = await world.createRun(sequence(['a', 'b', 'c']), { of: SEQUENTIAL_JOB });
  return world.until(run, (version) => statesOf(version)[name] === 'Running');
}

async function replanned(run: Run): Promise<readonly unknown[]> {
  const { events } = await world.trail(run.metadata.uid);
  return events.filter(({ type }) => type === 'run.replanned').map(({ data }) => data);
}

const specApplied = (run: Run) =>
  sequentialStatus(world.latest(run)).conditions?.find(({ type }) => type === 'SpecApplied');

const envOf = (name: string): readonly unknown[] =>
  podsOf(world, name).map(({ spec }) => spec?.containers[0]?.env?.find((variable) => variable.name === 'LEVEL')?.value);

describe('a SequentialJob whose spec changes while it runs', () => {
  it('stops a changed entry that runs, and tries it anew once that is confirmed, without charging a retry', async () => {
    const run = await running('b');
    await world.changeSpec(run, { containers: [entry('a'), entry('b', CHANGED), entry('c')] });
    const end = await world.runToEnd(run);
    expect(statesOf(end)).toEqual({ a: 'Succeeded', b: 'Succeeded', c: 'Succeeded' });
    expect(envOf('b')).toEqual([undefined, '2']);
    expect(end.status?.engine?.tasks[1]).toMatchObject({
      retriesUsed: { preExecution: 0, infrastructure: 0, execution: 0 },
      attempts: [
        { number: 1, outcome: 'Cancelled', stop: { why: 'SpecChanged', confirmed: true } },
        { number: 2, outcome: 'Succeeded' },
      ],
    });
    expect(await replanned(run)).toMatchObject([{ restarted: ['b'] }]);
    const starts = world.cluster.runtime.started.map(({ argv }) => argv[0]);
    expect(starts).toEqual(['a', 'b', 'b', 'c']);
  });

  it('never has two pods of an entry at work: the new one comes after the old one ended', async () => {
    world = await EmbeddedWorld.start({
      script: (_, attempt) =>
        attempt === 1 ? { onTerm: { exitCode: 0, afterMs: 20_000 } } : { end: { exitCode: 0, afterMs: 1_000 } },
    });
    const run = await world.createRun(sequence(['a']), { of: SEQUENTIAL_JOB });
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    const asked = world.clock.now();
    await world.changeSpec(run, { containers: [entry('a', CHANGED)] });
    await world.until(run, () => world.created.length === 2);
    expect(world.clock.now() - asked).toBeGreaterThanOrEqual(20_000);
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
  });

  it('runs later entries as the new spec has them: changed, added, left out', async () => {
    const run = await running('a');
    await world.changeSpec(run, { containers: [entry('a'), entry('b', CHANGED), entry('d')] });
    const end = await world.runToEnd(run);
    expect(statesOf(end)).toEqual({ a: 'Succeeded', b: 'Succeeded', d: 'Succeeded' });
    expect([podsOf(world, 'a').length, envOf('b'), podsOf(world, 'c').length]).toEqual([1, ['2'], 0]);
    expect(await replanned(run)).toMatchObject([{ restarted: [] }]);
    expect(sequentialStatus(end)).toMatchObject({
      observedGeneration: 2,
      state: { succeeded: 3 },
      progress: { currentIndex: 3, completedIndices: [0, 1, 2] },
    });
  });

  it('leaves finished entries alone, and says so with a condition', async () => {
    const run = await running('b');
    expect(specApplied(run)).toBeUndefined();
    await world.changeSpec(run, { containers: [entry('a', CHANGED), entry('b'), entry('c')] });
    expect(specApplied(run)).toMatchObject({
      status: 'False',
      reason: 'CompletedBeforeChange',
      message: 'The job at index 0 had completed before the spec changed, and will not run again',
      observedGeneration: 2,
    });
    await world.changeSpec(run, { containers: [entry('a'), entry('b'), entry('c')] });
    expect(specApplied(run)).toMatchObject({ status: 'True', reason: 'Applied', observedGeneration: 3 });
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(world.cluster.runtime.started.map(({ argv }) => argv[0])).toEqual(['a', 'b', 'c']);
    expect(await replanned(run)).toMatchObject([{ restarted: [] }, { restarted: [] }]);
  });

  it('refuses a spec that cannot be planned before it is stored, so that what runs is not left alone', async () => {
    const run = await running('a');
    const refused = (patch: JsonObject): Promise<string> => world.changeSpec(run, patch).then(String, String);
    expect(await refused({ template: { metadata: { labels: { 'lockstep.dev/task': 'x' } } } })).toMatch(
      /set by Lockstep/,
    );
    expect(await refused({ template: { spec: { schedulingGates: [{ name: 'x' }] } } })).toMatch(/may not be set/);
    expect(await refused({ retry: { execution: { limit: 1 } } })).toMatch(/need idempotent: true/);
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(await replanned(run)).toEqual([]);
  });

  it('goes on with what runs where only bounds change, and keeps the new ones', async () => {
    const run = await running('a');
    await world.changeSpec(run, { timeouts: { run: '10s' } });
    const status = sequentialStatus(await world.runToEnd(run));
    expect(status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', progress: { failedIndex: 0 } });
    expect(podsOf(world, 'a')).toHaveLength(1);
  });

  it('refuses that what has begun loses its place or name, and any change once it is over', async () => {
    const run = await running('b');
    const refused = async (containers: readonly JsonObject[]): Promise<string> =>
      world.changeSpec(run, { containers: [...containers] }).then(
        () => 'accepted',
        (error: unknown) => String(error),
      );
    expect(await refused([entry('b'), entry('a'), entry('c')])).toMatch(/keep their places and names/);
    expect(await refused([entry('a'), entry('x'), entry('b'), entry('c')])).toMatch(/keeps its place and name/);
    expect(await refused([entry('a')])).toMatch(/keeps its place and name/);
    await world.runToEnd(run);
    expect(await refused([entry('a'), entry('b'), entry('c'), entry('d')])).toMatch(/it is over/);
    expect(await replanned(run)).toEqual([]);
  });

  it('stops at an invalid change without harm to what runs, and goes on once it is repaired', async () => {
    const run = await running('a');
    // What the schema lets pass and the plan refuses.
    await world.changeSpec(run, { template: { spec: { affinity: nested(101) } } });
    const before = sequentialStatus(world.latest(run));
    expect(before).toMatchObject({ phase: 'Blocked', reason: 'PlanChanged' });
    await world.changeSpec(run, { template: null });
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(podsOf(world, 'a')).toHaveLength(1);
    expect(await eventTypes(world, run)).toEqual(expect.arrayContaining(['run.blocked', 'run.unblocked']));
  });

  it('a change that comes while no controller lives is followed by the next one, once', async () => {
    const run = await running('b');
    world.controller.kill();
    await world.changeSpec(run, { containers: [entry('a', CHANGED), entry('b', CHANGED), entry('c', CHANGED)] });
    await world.restartController();
    const end = await world.runToEnd(run);
    expect(statesOf(end)).toEqual({ a: 'Succeeded', b: 'Succeeded', c: 'Succeeded' });
    expect([envOf('a'), envOf('b'), envOf('c')]).toEqual([[undefined], [undefined, '2'], ['2']]);
    expect(await replanned(run)).toMatchObject([{ restarted: ['b'] }]);
    expect((await world.trail(run.metadata.uid)).problems).toEqual([]);
    expect(Math.max(...rows(world, run).map(({ state }) => state?.active ?? 0))).toBe(1);
  });
});
