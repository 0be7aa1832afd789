import { afterEach, describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/api/json.js';
import { PODS } from '../../src/cluster/resource.js';
import { type ApiCall, isWrite, kindOf } from '../support/embedded/api-call.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { QUOTA_EXCEEDED, SERVER_ERROR } from '../support/embedded/faults.js';
import { podStep, jobStep, workflow } from '../support/embedded/steps.js';
import { ENDS_WELL, EmbeddedWorld, RUNS_ON, podsOf, statesOf } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const of =
  (kind: string) =>
  (call: ApiCall): boolean =>
    kindOf(call) === kind;
const STATUS = 'patch workflowexecutions/status';

describe('an intent', () => {
  it('C1: to stop is committed before it is carried out; without that write nothing is deleted', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    world.inject(of(STATUS), { kind: 'crash-before' });
    await world.act(run, 'Cancel');
    expect(world.controller.alive).toBe(false);
    expect(world.writes().filter(of('delete pods'))).toEqual([]);
    await world.restartController();
    const kinds = world.writes().map(kindOf);
    expect(kinds.lastIndexOf(STATUS)).toBeLessThan(kinds.indexOf('delete pods'));
    expect(world.latest(run).status?.engine?.tasks[0]?.state).toBe('Stopping');
  });

  it('C5: whose commit was more than 10 s ago is decided on anew before it is acted on', async () => {
    world = await EmbeddedWorld.start();
    world.inject(of(STATUS), { kind: 'frozen-after' });
    await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(11_000);
    const { length } = world.calls;
    world.controller.thaw();
    await world.clock.advance(1_000);
    const after = world.calls.slice(length).map(kindOf);
    expect(after).toContain('get workflowexecutions');
    expect(after.indexOf('get workflowexecutions')).toBeLessThan(after.indexOf('create pods'));
    expect(podsOf(world, 'a')).toHaveLength(1);
  });

  it('C5: to stop what was perhaps never created ends no sooner than a late create can come', async () => {
    world = await EmbeddedWorld.start();
    world.inject(of('create pods'), SERVER_ERROR, 100_000);
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(5_000);
    // Now not even its name can be taken: only time tells that it will not come.
    world.faults.clear();
    world.inject(of('create pods'), QUOTA_EXCEEDED, 100_000);
    await world.act(run, 'Cancel');
    const end = await world.runToEnd(run);
    const [attempt] = end.status?.engine?.tasks[0]?.attempts ?? [];
    expect(Date.parse(attempt?.finishedAt ?? '') - Date.parse(attempt?.stop?.at ?? '')).toBeGreaterThanOrEqual(30_000);
  });
});

describe('the tracking finalizer', () => {
  it('C2: keeps the end of a pod that somebody deletes while no controller lives', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 3, afterMs: 30_000 } }) });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(3_000);
    world.controller.kill();
    await world.clock.advance(60_000);
    const [pod] = await world.pods();
    await world.cluster.client.delete(PODS, { namespace: NAMESPACE, name: pod?.metadata.name ?? '' });
    await world.clock.advance(600_000);
    await world.restartController();
    const end = await world.runToEnd(run);
    const verdict = end.status?.engine?.tasks[0]?.attempts[0]?.verdict;
    expect(verdict).toMatchObject({ reason: 'TaskFailed', exitCode: 3, effects: 'Possible' });
    expect(await world.pods()).toEqual([]);
  });

  it('C2: is taken off only after the outcome is committed', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([podStep('a')]));
    world.inject((call) => kindOf(call) === STATUS && statesOf(world.latest(run))['a'] !== undefined, {
      kind: 'crash-before',
    });
    await world.until(run, () => !world.controller.alive);
    await world.clock.advance(60_000);
    expect(world.writes().map(kindOf)).not.toContain('patch pods');
    await world.restartController();
    await world.runToEnd(run);
    const kinds = world.writes().map(kindOf);
    expect(kinds.indexOf('patch pods')).toBeGreaterThan(kinds.indexOf(STATUS, kinds.indexOf('create pods')));
  });
});

describe('every write of a controller', () => {
  // The answer in an action's own status is the same whoever gives it, and Kubernetes Events are only told.
  const unconditional = new Set(['patch workflowactions/status', 'create events', 'patch events']);

  it('C8: has a resourceVersion, a name that follows from the attempt, or a UID', async () => {
    world = await EmbeddedWorld.start({ script: (step) => (step === 'a' ? RUNS_ON : ENDS_WELL) });
    const steps = [podStep('a'), jobStep('b')];
    const run = await world.createRun(workflow(steps, { order: 'Graph', finally: [podStep('tidy')] }));
    await world.clock.advance(5_000);
    await world.act(run, 'Cancel');
    await world.runToEnd(run);
    const writes = world.calls.filter((call) => isWrite(call) && !unconditional.has(kindOf(call)));
    expect(new Set(writes.map(({ verb }) => verb))).toEqual(new Set(['patch', 'create', 'delete']));
    expect(writes.filter((call) => !isConditional(call)).map(kindOf)).toEqual([]);
  });
});

function isConditional({ verb, body }: ApiCall): boolean {
  const { metadata, preconditions } = body;
  const textOf = (value: unknown, name: string): string =>
    isJsonObject(value) && typeof value[name] === 'string' ? value[name] : '';
  if (verb === 'patch') return textOf(metadata, 'resourceVersion') !== '';
  if (verb === 'create') return /-a\d+$/.test(textOf(metadata, 'name'));
  return verb === 'delete' && textOf(preconditions, 'uid') !== '';
}
