import { afterEach, describe, expect, it } from 'vitest';
import { kindOf } from '../support/embedded/api-call.js';
import type { StepScript } from '../support/embedded/embedded-cluster.js';
import { delayStep, podStep, workflow } from '../support/embedded/steps.js';
import { ENDS_WELL, EmbeddedWorld, podsOf, statesOf } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const GRAPH = { order: 'Graph' };
const fails =
  (...steps: readonly string[]): StepScript =>
  (step) =>
    steps.includes(step) ? { end: { exitCode: 3, afterMs: 1_000 } } : ENDS_WELL;

describe('steps as a graph', () => {
  it('F1: two steps without dependencies both have a pod after the first pass', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([podStep('a'), podStep('b')], GRAPH));
    expect(world.clock.monotonic()).toBe(0);
    expect(podsOf(world, 'a')).toHaveLength(1);
    expect(podsOf(world, 'b')).toHaveLength(1);
    expect(world.writes().filter((call) => call.resource === 'workflowexecutions/status')).toHaveLength(1);
    expect(statesOf(world.latest(run))).toEqual({ a: 'Starting', b: 'Starting' });
  });

  it('F2: a step that depends on two others gets its pod only after both succeeded', async () => {
    const script: StepScript = (step) => ({ end: { exitCode: 0, afterMs: step === 'a' ? 1_000 : 9_000 } });
    world = await EmbeddedWorld.start({ script });
    const run = await world.createRun(
      workflow([podStep('a'), podStep('b'), podStep('c', { dependsOn: ['a', 'b'] })], GRAPH),
    );
    await world.until(run, (version) => statesOf(version)['a'] === 'Succeeded');
    expect(podsOf(world, 'c')).toHaveLength(0);
    await world.runToEnd(run);
    expect(podsOf(world, 'c')).toHaveLength(1);
    const before = world.versions.filter((version) => ['Waiting', 'Ready'].includes(statesOf(version)['c'] ?? ''));
    const after = world.versions.filter((version) =>
      ['Starting', 'Running', 'Succeeded'].includes(statesOf(version)['c'] ?? ''),
    );
    expect(before.length).toBeGreaterThan(0);
    expect(
      after.every((version) => statesOf(version)['a'] === 'Succeeded' && statesOf(version)['b'] === 'Succeeded'),
    ).toBe(true);
  });

  it('F6: a failed step skips its dependents, and the run is Failed with a completion time', async () => {
    world = await EmbeddedWorld.start({ script: fails('a') });
    const run = await world.createRun(workflow([podStep('a'), podStep('b'), podStep('c')]));
    const { status } = await world.runToEnd(run);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'TaskFailed' });
    expect(status?.completionTime).toBeDefined();
    expect(status?.engine?.tasks.slice(1)).toMatchObject([
      { name: 'b', state: 'Skipped', skipReason: 'UpstreamFailed' },
      { name: 'c', state: 'Skipped', skipReason: 'UpstreamFailed' },
    ]);
    expect(world.created).toHaveLength(1);
  });

  it('F8: a condition that is false skips the step, which counts as finished', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(
      workflow([podStep('a'), podStep('b', { when: "steps.a.state == 'Failed'" }), podStep('c')]),
    );
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Succeeded');
    expect(end.status?.engine?.tasks[1]).toMatchObject({ state: 'Skipped', skipReason: 'Condition' });
    expect(podsOf(world, 'b')).toHaveLength(0);
    expect(podsOf(world, 'c')).toHaveLength(1);
  });

  it.each([
    ['cannot be parsed', 'steps.a.state =='],
    ['names an unknown step', "steps.ghost.state == 'Succeeded'"],
  ])('F9: a condition that %s ends the run as ConfigurationError before anything runs', async (_, when) => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([podStep('a'), podStep('b', { when })]));
    const { status } = await world.runToEnd(run);
    expect(status).toMatchObject({ phase: 'Failed', reason: 'ConfigurationError' });
    expect(status?.engine?.message).toContain('spec.steps[1].when');
    expect(world.created).toEqual([]);
  });

  it('F10: conditions over the states of earlier steps are exact, with and, or and not', async () => {
    world = await EmbeddedWorld.start({ script: fails('bad') });
    const decide = (name: string, when: string) => delayStep(name, '0s', { when, dependsOn: ['good', 'skipped'] });
    const steps = [
      podStep('good'),
      delayStep('skipped', '0s', { when: 'false' }),
      decide('equal', "steps.good.state == 'Succeeded'"),
      decide('unequal', "steps.good.state == 'Failed'"),
      decide('and', "steps.good.state == 'Succeeded' && steps.skipped.state == 'Skipped'"),
      decide('and-not', "steps.good.state == 'Succeeded' && !(steps.skipped.state == 'Skipped')"),
      decide('or', "steps.good.state == 'Failed' || steps.skipped.state == 'Skipped'"),
      decide('not', "!(steps.good.state == 'Failed')"),
    ];
    const end = await world.runToEnd(await world.createRun(workflow(steps, GRAPH)));
    expect(statesOf(end)).toEqual({
      good: 'Succeeded',
      skipped: 'Skipped',
      equal: 'Succeeded',
      unequal: 'Skipped',
      and: 'Succeeded',
      'and-not': 'Skipped',
      or: 'Succeeded',
      not: 'Succeeded',
    });
  });

  it('F37: three delays of 0s in a row end in one pass with one status patch', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([delayStep('a', '0s'), delayStep('b', '0s'), delayStep('c', '0s')]));
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Succeeded');
    const patches = world.writes().filter(({ resource }) => resource.startsWith('workflowexecutions'));
    expect(patches.map(kindOf)).toEqual([
      'patch workflowexecutions',
      'patch workflowexecutions/status',
      'patch workflowexecutions',
    ]);
  });

  // The table asks for a requeue within 5 s; the design polls nothing: an object to wait for, and a wake-up at the bound.
  it('F38: while a step runs no later one is touched, and nothing is polled: the pass comes again at its bound', async () => {
    world = await EmbeddedWorld.start({ script: () => ({}) });
    const run = await world.createRun(workflow([podStep('a', { timeouts: { run: '30m' } }), podStep('b')]));
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    const { length } = world.writes();
    await world.clock.advance(29 * 60_000);
    expect(world.writes()).toHaveLength(length);
    expect(statesOf(world.latest(run))).toEqual({ a: 'Running', b: 'Waiting' });
    expect(podsOf(world, 'b')).toHaveLength(0);
    await world.clock.advance(60_000);
    expect(statesOf(world.latest(run))['a']).not.toBe('Running');
  });

  it('F43: the end of the last step, the completion and the phase are one write', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([podStep('a'), podStep('b')]));
    await world.runToEnd(run);
    const index = world.versions.findIndex((version) => version.status?.phase === 'Succeeded');
    expect(statesOf(world.versions[index - 1] ?? run)['b']).not.toBe('Succeeded');
    expect(world.versions[index]?.status).toMatchObject({ phase: 'Succeeded', engine: { phase: 'Succeeded' } });
    expect(statesOf(world.versions[index] ?? run)['b']).toBe('Succeeded');
    expect(world.versions[index]?.status?.completionTime).toBeDefined();
  });
});
