import { describe, expect, it } from 'vitest';
import type { RunState } from '../../src/plan/run-state.js';
import { RETRY, delayTask, inSequence, makePlan, podTask } from '../support/plans.js';
import { type Fate, PULL_FAILS, RUNS_ON, World, runs } from '../support/world.js';

const states = (state: RunState | null): Record<string, string> =>
  Object.fromEntries((state?.tasks ?? []).map((task) => [task.name, task.position.state]));
const always = (fate: Fate) => (): Fate => fate;

describe('decide', () => {
  it('F1: starts two steps without dependencies in one pass', () => {
    const world = new World(makePlan([podTask('a'), podTask('b')]), always(runs(0)));
    world.pass();
    expect(world.creates).toHaveLength(2);
  });

  it('F2: starts a step only after both of its dependencies succeeded', () => {
    const plan = makePlan([podTask('a'), podTask('b'), podTask('c', { dependsOn: ['a', 'b'] })]);
    const world = new World(plan, (task) => runs(0, { forMs: task === 'a' ? 1_000 : 9_000 }));
    world.pass();
    for (let count = 0; count < 3; count += 1) {
      world.advance();
      world.pass();
      if (states(world.state)['b'] !== 'Succeeded') expect(states(world.state)['c']).toBe('Waiting');
    }
    expect(world.runToEnd().phase).toBe('Succeeded');
  });

  it('F6: a failed step skips its dependents, and the run ends Failed with a completion time', () => {
    const world = new World(makePlan(inSequence([podTask('a'), podTask('b'), podTask('c')])), (task) =>
      runs(task === 'a' ? 3 : 0),
    );
    const end = world.runToEnd();
    expect(end.phase).toBe('Failed');
    expect(end.finishedAt).not.toBeNull();
    expect(states(end)).toEqual({ a: 'Failed', b: 'Skipped', c: 'Skipped' });
  });

  it('F8: a condition that is false skips the step, and the run can succeed', () => {
    const world = new World(
      makePlan(inSequence([podTask('a'), podTask('b', { when: "steps.a.state == 'Failed'" }), podTask('c')])),
      always(runs(0)),
    );
    const end = world.runToEnd();
    expect(end.phase).toBe('Succeeded');
    expect(states(end)).toEqual({ a: 'Succeeded', b: 'Skipped', c: 'Succeeded' });
  });

  it('F9: a condition in error fails the step and never runs it anyway', () => {
    const world = new World(makePlan([podTask('a', { when: 'steps.ghost.state == "Failed"' })]), always(runs(0)));
    const end = world.runToEnd();
    expect(end).toMatchObject({ phase: 'Failed', reason: 'ConfigurationError' });
    expect(end.tasks[0]?.position).toMatchObject({
      verdict: { subreason: 'ConditionInvalid', stage: 'PreExecution', effects: 'None' },
    });
    expect(world.creates).toEqual([]);
  });

  it('F16, C4: at its run bound a step is Stopping, and it ends when it is confirmed stopped', () => {
    const plan = makePlan([podTask('a', { timeouts: { startMs: 60_000, runMs: 5_000, stopMs: 60_000 } })]);
    const world = new World(plan, always(RUNS_ON));
    let stopping: RunState | null = null;
    for (let count = 0; count < 20 && world.pass().finishedAt === null; count += 1) {
      if (states(world.state)['a'] === 'Stopping') stopping ??= world.state;
      world.advance();
    }
    expect(stopping?.tasks[0]?.position).toMatchObject({ state: 'Stopping', stop: { why: 'RunBound' } });
    expect(world.state).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  it('F17: at the bound of the run what runs is stopped, and the run fails once', () => {
    const world = new World(makePlan([podTask('a'), podTask('b')], { timeoutMs: 10_000 }), always(RUNS_ON));
    const end = world.runToEnd();
    expect(end).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(end.audit.seq).toBeGreaterThan(0);
    expect(states(end)).toEqual({ a: 'Failed', b: 'Failed' });
  });

  it('F18: nothing changes once the run is over', () => {
    const world = new World(makePlan([podTask('a')], { timeoutMs: 60_000 }), always(runs(0)));
    const end = world.runToEnd();
    world.now += 3_600_000;
    expect(world.pass()).toBe(end);
  });

  it('F36, C1: commits the plan and the intent to start in one write, before anything is created', () => {
    const world = new World(makePlan([podTask('a')]), always(runs(0)));
    const { state } = world.decide(new Map());
    expect(world.creates).toEqual([]);
    expect(state.plan?.digest).toBe('sha256:test');
    expect(states(state)).toEqual({ a: 'Starting' });
  });

  it('F37: three delays of 0s end in one pass', () => {
    const world = new World(
      makePlan(inSequence([delayTask('a', '0s'), delayTask('b', '0s'), delayTask('c', '0s')])),
      always(runs(0)),
    );
    world.pass();
    expect(world.states).toHaveLength(1);
    expect(world.state?.phase).toBe('Succeeded');
  });

  it('F38: while a task runs no later one is touched, and a wake-up is set', () => {
    const world = new World(makePlan(inSequence([podTask('a'), podTask('b')])), always(RUNS_ON));
    world.pass();
    world.now += 2_500;
    world.pass();
    expect(states(world.state)).toEqual({ a: 'Running', b: 'Waiting' });
    expect(world.wakeAt).toBe(world.now + 3_600_000);
  });

  it('a run that is over wakes up when its time to live has passed, and from then on only when something happens', () => {
    const world = new World({ ...makePlan([podTask('a')]), ttlMs: 1_000 }, always(runs(0)));
    const end = world.runToEnd();
    world.pass();
    expect(world.wakeAt).toBe((end.finishedAt ?? 0) + 1_000);
    world.now += 1_000;
    world.pass();
    expect(world.wakeAt).toBeNull();
  });

  it('F39: an attempt is submitted exactly once and then observed', () => {
    const world = new World(makePlan([podTask('a')]), always(runs(0, { forMs: 20_000 })));
    world.runToEnd();
    expect(world.creates).toHaveLength(1);
  });

  it('F43: the end of the last task and the phase of the run are one write', () => {
    const world = new World(makePlan([podTask('a')]), always(runs(0)));
    world.runToEnd();
    const last = world.states.at(-1);
    const before = world.states.at(-2);
    expect(states(before ?? null)).not.toEqual({ a: 'Succeeded' });
    expect(last).toMatchObject({ phase: 'Succeeded' });
  });

  it('retries what never ran, later and later, under a new name, and gives up at the limit', () => {
    const world = new World(
      makePlan([podTask('a', { timeouts: { startMs: 5_000, runMs: 5_000, stopMs: 5_000 } })]),
      always(PULL_FAILS),
    );
    const end = world.runToEnd();
    expect(world.creates).toHaveLength(6);
    expect(new Set(world.creates).size).toBe(6);
    expect(end).toMatchObject({ phase: 'Failed', reason: 'ImagePull' });
  });

  it('C3: what starts while its stop is under way has run, whatever the verdict on the live pod was', () => {
    const retry = { ...RETRY, preExecution: { ...RETRY.preExecution, limit: 1 } };
    const timeouts = { startMs: 30_000, runMs: 60_000, stopMs: 60_000 };
    for (const startsMeanwhile of [false, true]) {
      const world = new World(makePlan([podTask('a', { timeouts, retry })]), always(PULL_FAILS));
      while (states(world.pass())['a'] !== 'Stopping') world.advance();
      const [name = '', pod] = [...world.pods][0] ?? [];
      const fate = { kind: 'pod', scenes: [{ afterMs: 29_999, script: { kind: 'running' } }] } as const;
      if (startsMeanwhile && pod !== undefined) world.pods.set(name, { ...pod, fate });
      const end = world.runToEnd();
      expect(world.creates).toHaveLength(startsMeanwhile ? 1 : 2);
      const result = end.tasks[0]?.ended[0]?.result;
      expect(result).toMatchObject({ verdict: { effects: startsMeanwhile ? 'Possible' : 'None' } });
    }
  });

  it('does not retry what ran', () => {
    const world = new World(makePlan([podTask('a')]), always(runs(1)));
    world.runToEnd();
    expect(world.creates).toHaveLength(1);
  });

  it('retries a refused create: each refusal is an attempt of its own', () => {
    const refused = {
      kind: 'refused',
      message: 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    } as const;
    const world = new World(makePlan([podTask('a')]), (_task, attempt) => (attempt < 3 ? refused : runs(0)));
    const end = world.runToEnd();
    expect(end.phase).toBe('Succeeded');
    expect(end.tasks[0]?.ended.map((attempt) => attempt.result.outcome)).toEqual(['Failed', 'Failed', 'Succeeded']);
  });

  it('runs finally after a failure and after a Cancel, not after a Terminate', () => {
    const plan = makePlan([podTask('a'), podTask('tidy', { group: 'finally' })]);
    const failed = new World(plan, (task) => runs(task === 'a' ? 1 : 0));
    expect(states(failed.runToEnd())).toEqual({ a: 'Failed', tidy: 'Succeeded' });
    for (const [verb, tidy] of [
      ['Cancel', 'Succeeded'],
      ['Terminate', 'Skipped'],
    ] as const) {
      const world = new World(plan, (task) => (task === 'a' ? RUNS_ON : runs(0)));
      world.pass();
      world.act(verb);
      const end = world.runToEnd();
      expect(end.phase).toBe('Cancelled');
      expect(states(end)).toEqual({ a: 'Cancelled', tidy });
    }
  });

  it('a failed finally turns Succeeded into Failed', () => {
    const world = new World(makePlan([podTask('a'), podTask('tidy', { group: 'finally' })]), (task) =>
      runs(task === 'a' ? 0 : 1),
    );
    expect(world.runToEnd()).toMatchObject({ phase: 'Failed', reason: 'TaskFailed' });
  });

  it('CancelRunning stops what runs beside a failure, FailFast lets it end, Continue goes on without the failed branch', () => {
    const tasks = [podTask('bad'), podTask('long'), podTask('after', { dependsOn: ['long'] })];
    const fate = (task: string): Fate => (task === 'bad' ? runs(1, { forMs: 1_000 }) : runs(0, { forMs: 30_000 }));
    const end = (onFailure: 'FailFast' | 'CancelRunning' | 'Continue') =>
      states(new World(makePlan(tasks, { onFailure }), fate).runToEnd());
    expect(end('FailFast')).toEqual({ bad: 'Failed', long: 'Succeeded', after: 'Skipped' });
    expect(end('CancelRunning')).toEqual({ bad: 'Failed', long: 'Cancelled', after: 'Skipped' });
    expect(end('Continue')).toEqual({ bad: 'Failed', long: 'Succeeded', after: 'Succeeded' });
  });

  it('holds new starts while suspended, lets what runs end, and goes on after Resume', () => {
    const world = new World(makePlan(inSequence([podTask('a'), podTask('b')])), always(runs(0)));
    world.pass();
    world.act('Suspend');
    for (let count = 0; count < 5; count += 1) {
      world.pass();
      if (!world.advance()) break;
    }
    expect(world.state?.phase).toBe('Suspended');
    expect(states(world.state)).toEqual({ a: 'Succeeded', b: 'Ready' });
    world.act('Resume');
    expect(world.runToEnd().phase).toBe('Succeeded');
  });

  it('C4: a stop that is not confirmed in time needs a person, whose assertion ends it', () => {
    const world = new World(
      makePlan([podTask('a', { timeouts: { startMs: 60_000, runMs: 5_000, stopMs: 7_000 } })]),
      always(RUNS_ON),
    );
    const deaf = world.observe.bind(world);
    world.observe = (name) => {
      const seen = deaf(name);
      return seen.kind === 'Ended' && seen.object !== null ? { ...seen, object: seen.object, kind: 'Running' } : seen;
    };
    for (let count = 0; count < 10; count += 1) {
      world.pass();
      if (!world.advance()) break;
    }
    expect(world.state).toMatchObject({ phase: 'Running', reason: 'NotConfirmedStopped' });
    world.act('AssertStopped', 'a');
    const end = world.runToEnd();
    expect(end.phase).toBe('Failed');
    expect(end.tasks[0]?.ended[0]?.stop).toMatchObject({ confirmed: false, assertedBy: 'dana' });
  });

  it('refuses an action that means nothing now, and records both answers', () => {
    const world = new World(makePlan([podTask('a')]), always(runs(0)));
    world.act('Resume');
    world.pass();
    expect(world.state?.actions[0]).toMatchObject({
      verb: 'Resume',
      result: 'Refused',
      message: 'the run is not suspended',
    });
    world.runToEnd();
    world.act('Cancel');
    expect(world.pass().actions[1]).toMatchObject({ verb: 'Cancel', result: 'Refused' });
  });

  it('a deletion stops what runs, skips finally and ends Cancelled', () => {
    const world = new World(makePlan([podTask('a'), podTask('tidy', { group: 'finally' })]), always(RUNS_ON));
    world.pass();
    world.deleting = true;
    const end = world.runToEnd();
    expect(end).toMatchObject({ phase: 'Cancelled', reason: 'Delete' });
    expect(states(end)).toEqual({ a: 'Cancelled', tidy: 'Skipped' });
  });

  it('F42: a step whose executor is not known fails at once and is not retried', () => {
    const world = new World(makePlan([podTask('a', { executor: 'tekton' })]), always(runs(0)));
    expect(world.runToEnd()).toMatchObject({ phase: 'Failed', reason: 'ConfigurationError' });
    expect(world.creates).toEqual([]);
  });

  it('F47: the same plan has the same object names after a restart, another run others', () => {
    const first = new World(makePlan([podTask('a')]), always(runs(0)));
    const again = new World(makePlan([podTask('a')]), always(runs(0)));
    first.pass();
    again.pass();
    expect(again.creates).toEqual(first.creates);
    const other = new World(makePlan([podTask('a')]), always(runs(0)));
    Object.assign(other, { run: { ...other.run, uid: 'uid-2' } });
    other.pass();
    expect(other.creates).not.toEqual(first.creates);
  });
});
