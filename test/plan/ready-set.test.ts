import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexPlan } from '../../src/plan/plan-index.js';
import type { Plan } from '../../src/plan/plan.js';
import { isOver, nextSteps } from '../../src/plan/ready-set.js';
import type { TaskPosition, TaskState } from '../../src/plan/run-state.js';
import { arbitraryPlan, delayTask, makePlan } from '../support/plans.js';

const SUCCEEDED: TaskPosition = { state: 'Succeeded', endedAt: 0, outputs: {} };
const FAILED: TaskPosition = { state: 'Failed', endedAt: 0, verdict: null };
const CANCELLED: TaskPosition = { state: 'Cancelled', endedAt: 0 };
const BACKING_OFF: TaskPosition = { state: 'BackingOff', nextAttemptAt: 1 };
const UNMET: TaskPosition = { state: 'Skipped', endedAt: 0, reason: 'Condition', message: 'when is false' };
const RUNNING: TaskPosition = {
  state: 'Running',
  attempt: {
    number: 1,
    executor: 'delay',
    object: null,
    intentAt: 0,
    startedAt: 0,
    endsAt: 1,
    seen: { started: [], verdict: null },
  },
};

type Positions = Readonly<Record<string, TaskPosition>>;

function tasksOf(plan: Plan, positions: Positions): TaskState[] {
  return plan.tasks.map(({ name, group }) => ({
    name,
    group,
    position: positions[name] ?? { state: 'Waiting' },
    waiting: null,
    retriesUsed: { preExecution: 0, infrastructure: 0, execution: 0 },
    ended: [],
    omitted: 0,
  }));
}

const task = (name: string, ...dependsOn: string[]) => delayTask(name, '1s', { dependsOn });
const last = (name: string, ...dependsOn: string[]) => delayTask(name, '1s', { dependsOn, group: 'finally' });
const steps = (plan: Plan, positions: Positions = {}) => nextSteps(plan, tasksOf(plan, positions));

describe('nextSteps', () => {
  const diamond = makePlan([task('a'), task('b', 'a'), task('c', 'a'), task('d', 'b', 'c'), last('y'), last('z', 'y')]);
  const goesOn: Plan = { ...diamond, onFailure: 'Continue' };

  it('F2: makes a task ready when all of its dependencies are satisfied', () => {
    expect(steps(diamond).ready).toEqual(['a']);
    expect(steps(diamond, { a: RUNNING }).ready).toEqual([]);
    expect(steps(diamond, { a: SUCCEEDED }).ready).toEqual(['b', 'c']);
    expect(steps(diamond, { a: SUCCEEDED, b: SUCCEEDED, c: RUNNING }).ready).toEqual([]);
    expect(steps(diamond, { a: SUCCEEDED, b: SUCCEEDED, c: SUCCEEDED }).ready).toEqual(['d']);
  });

  it('F8: what its own condition skipped satisfies its dependents', () => {
    expect(steps(diamond, { a: UNMET })).toMatchObject({ ready: ['b', 'c'], skip: [] });
  });

  it('C12: failed and cancelled tasks skip all that depend on them, each once, with the first cause', () => {
    expect(steps(goesOn, { a: FAILED }).skip).toEqual([
      { task: 'b', reason: 'UpstreamFailed', message: 'step a failed' },
      { task: 'c', reason: 'UpstreamFailed', message: 'step a failed' },
      { task: 'd', reason: 'UpstreamFailed', message: 'step b was skipped: step a failed' },
    ]);
    expect(steps(goesOn, { a: SUCCEEDED, b: CANCELLED, c: RUNNING }).skip).toEqual([
      { task: 'd', reason: 'UpstreamFailed', message: 'step b was cancelled' },
    ]);
  });

  it('C12: a skip in a run that is written down already goes on downstream', () => {
    const skipped: TaskPosition = { state: 'Skipped', endedAt: 0, reason: 'UpstreamFailed', message: 'step a failed' };
    expect(steps(goesOn, { a: FAILED, b: skipped, c: skipped }).skip).toEqual([
      { task: 'd', reason: 'UpstreamFailed', message: 'step b was skipped: step a failed' },
    ]);
  });

  it('FailFast and CancelRunning start nothing after a failure; Continue goes on with what does not depend on it', () => {
    const pair = [task('a'), task('b'), task('c')];
    expect(steps(makePlan(pair), { a: FAILED, b: RUNNING })).toMatchObject({
      ready: [],
      skip: [{ task: 'c', reason: 'RunEnding', message: 'step a failed' }],
    });
    expect(steps(makePlan(pair, { onFailure: 'CancelRunning' }), { a: FAILED, b: RUNNING }).ready).toEqual([]);
    expect(steps(makePlan(pair, { onFailure: 'Continue' }), { a: FAILED, b: RUNNING })).toMatchObject({
      ready: ['c'],
      skip: [],
    });
  });

  it('tells how many may start: parallelism less what is live', () => {
    const wide = makePlan([task('a'), task('b'), task('c')], { parallelism: 2 });
    expect(steps(wide)).toMatchObject({ ready: ['a', 'b', 'c'], slots: 2 });
    expect(steps(wide, { a: RUNNING })).toMatchObject({ ready: ['b', 'c'], slots: 1 });
    expect(steps(wide, { a: RUNNING, b: RUNNING })).toMatchObject({ ready: ['c'], slots: 0 });
    expect(steps(wide, { a: BACKING_OFF }).slots).toBe(2);
  });

  it('C14: finally comes after all main tasks, one after the other, whatever the outcome of any', () => {
    const over = { a: SUCCEEDED, b: SUCCEEDED, c: SUCCEEDED };
    expect(steps(diamond, { ...over, d: BACKING_OFF })).toMatchObject({ ready: [], mainEnded: false });
    expect(steps(diamond, { ...over, d: SUCCEEDED })).toMatchObject({ ready: ['y'], mainEnded: true, ended: false });
    expect(steps(diamond, { ...over, d: FAILED })).toMatchObject({ ready: ['y'], mainEnded: true });
    expect(steps(diamond, { a: FAILED })).toMatchObject({ ready: ['y'], mainEnded: true, ended: false });
    expect(steps(diamond, { ...over, d: SUCCEEDED, y: RUNNING }).ready).toEqual([]);
    expect(steps(diamond, { ...over, d: SUCCEEDED, y: FAILED })).toMatchObject({ ready: ['z'], skip: [] });
    expect(steps(diamond, { ...over, d: SUCCEEDED, y: FAILED, z: SUCCEEDED })).toMatchObject({
      ready: [],
      ended: true,
    });
  });

  it('starts nothing before its dependencies, and comes to an end, whatever the outcomes and their order', () => {
    const outcomes = fc.array(fc.constantFrom(SUCCEEDED, FAILED, CANCELLED, UNMET), { minLength: 9, maxLength: 9 });
    const choices = fc.array(fc.nat(20), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(arbitraryPlan, outcomes, choices, (plan, ends, picks) => {
        const { byName } = indexPlan(plan);
        const order = plan.tasks.map((each) => each.name);
        let positions: Positions = {};
        for (const pick of picks) {
          const next = nextSteps(plan, tasksOf(plan, positions));
          if (next.ended) break;
          for (const skip of next.skip)
            positions = {
              ...positions,
              [skip.task]: { state: 'Skipped', endedAt: 0, reason: skip.reason, message: skip.message },
            };
          const running = order.filter((name) => positions[name] === RUNNING);
          const startable = next.ready.slice(0, next.slots);
          expect(
            running.length + startable.length,
            'something can happen in every state before the end',
          ).toBeGreaterThan(0);
          const starts = startable.filter((_, index) => index <= pick);
          for (const name of starts) {
            for (const before of byName.get(name)?.dependsOn ?? [])
              expect(positions[before] !== undefined && isOver(positions[before])).toBe(true);
            positions = { ...positions, [name]: RUNNING };
          }
          expect(Object.values(positions).filter((position) => position === RUNNING).length).toBeLessThanOrEqual(
            plan.parallelism,
          );
          const ending = running[pick % Math.max(1, running.length)];
          if (ending !== undefined) positions = { ...positions, [ending]: ends[order.indexOf(ending)] ?? SUCCEEDED };
        }
        const end = nextSteps(plan, tasksOf(plan, positions));
        expect(end).toMatchObject({ ended: true, mainEnded: true, ready: [] });
      }),
    );
  });

  it('skips exactly what depends on a failure, where the others go on', () => {
    fc.assert(
      fc.property(arbitraryPlan, fc.nat(6), (anyPlan, which) => {
        const plan: Plan = { ...anyPlan, onFailure: 'Continue' };
        const { main, dependents } = indexPlan(plan);
        const failed = main[which % main.length]?.name ?? '';
        const downstream = new Set<string>();
        const visit = (name: string): void => {
          for (const dependent of dependents.get(name) ?? []) {
            downstream.add(dependent);
            visit(dependent);
          }
        };
        visit(failed);
        const skipped = nextSteps(plan, tasksOf(plan, { [failed]: FAILED })).skip.map((skip) => skip.task);
        expect(new Set(skipped)).toEqual(downstream);
      }),
    );
  });
});

describe('indexPlan', () => {
  it('is made once for a plan', () => {
    const plan = makePlan([task('a'), task('b', 'a'), last('z')]);
    expect(indexPlan(plan)).toBe(indexPlan(plan));
    expect([...indexPlan(plan).dependents]).toEqual([
      ['a', ['b']],
      ['b', []],
      ['z', []],
    ]);
  });
});
