import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { INPUT_CHECKS } from '../../src/executors/input-checks.js';
import type { Plan } from '../../src/plan/plan.js';
import type { RunState } from '../../src/plan/run-state.js';
import { createSequentialJobTranslator } from '../../src/plan/sequential-job/translator.js';
import { World, runs } from '../support/world.js';

const translator = createSequentialJobTranslator(INPUT_CHECKS);

/** A list of containers as a plan: `a2` is container a in its second form. */
function planOf(entries: readonly string[], more: JsonObject = {}): Plan {
  const containers = entries.map((entry) => ({ name: entry.slice(0, 1), image: `busybox:${entry.slice(1)}` }));
  const plan = translator.toPlan({ containers, ...more });
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  return plan.value;
}

function world(entries: readonly string[]): World {
  const made = new World(planOf(entries), () => runs(0));
  made.onSpecChange = translator.onSpecChange;
  return made;
}

/** Passes until the run is as the condition says. */
function until(of: World, condition: (state: RunState) => boolean): RunState {
  for (let count = 0; count < 200; count += 1) {
    const state = of.pass();
    if (condition(state)) return state;
    of.advance();
  }
  throw new Error('it never became so');
}

const stateOf = (state: RunState, name: string): string | undefined =>
  state.tasks.find((task) => task.name === name)?.position.state;
const isLive = (name: string) => (state: RunState) => ['Starting', 'Running'].includes(stateOf(state, name) ?? '');
const replans = ({ audit }: RunState) => audit.outbox.filter(({ type }) => type === 'run.replanned');

describe('a plan that changes while the run goes on', () => {
  it('is held where what has begun is not in it any more, and goes on once it is put back', () => {
    const run = world(['a1', 'b1', 'c1']);
    until(run, isLive('b'));
    run.plan = planOf(['a1', 'c1']);
    expect(run.pass()).toMatchObject({ phase: 'Blocked', reason: 'PlanChanged' });
    expect(run.state?.message).toMatch(/^b began at index 1 of the list, and is not there any more/);
    run.plan = planOf(['a1', 'b1', 'c1']);
    expect(run.runToEnd().phase).toBe('Succeeded');
    expect(run.creates).toHaveLength(3);
  });

  it('is held where what has begun has another place', () => {
    const run = world(['a1', 'b1']);
    until(run, isLive('a'));
    run.plan = planOf(['b1', 'a1']);
    expect(run.pass()).toMatchObject({ phase: 'Blocked', reason: 'PlanChanged' });
  });

  it('changes nothing of a run that is over', () => {
    const run = world(['a1']);
    const end = run.runToEnd();
    run.plan = planOf(['a2', 'b1']);
    expect(run.pass()).toEqual(end);
  });

  it('stops nothing more of a run that is being cancelled', () => {
    const run = world(['a1', 'b1']);
    until(run, isLive('a'));
    run.act('Cancel');
    run.pass();
    run.plan = planOf(['a2', 'b1']);
    const end = run.runToEnd();
    expect(end.phase).toBe('Cancelled');
    expect(run.creates).toHaveLength(1);
  });

  it('replans at any time, in any way that keeps what has begun: nothing runs twice at once, and what ended stands', () => {
    const later = fc.uniqueArray(fc.constantFrom('d', 'e', 'f', 'g'), { maxLength: 3 });
    const change = fc.record({ afterPasses: fc.nat(12), form: fc.integer({ min: 1, max: 3 }), later });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        const run = world(['a1', 'b1', 'c1']);
        for (const { afterPasses, form, later: names } of changes) {
          for (let count = 0; count < afterPasses; count += 1) {
            run.pass();
            run.advance();
          }
          // What is over takes no other plan.
          if (run.state?.finishedAt !== null && run.state !== null) break;
          const begun = (run.state?.tasks ?? [])
            .filter(({ position, ended }) => 'attempt' in position || ended.length > 0)
            .map(({ name }) => name);
          const others = [...names, 'h'].filter((name) => !begun.includes(name));
          run.plan = planOf([...begun, ...others].map((name) => `${name}${form}`));
        }
        const end = run.runToEnd();
        expect(end.phase).toBe('Succeeded');
        expect(end.tasks.map(({ name }) => name)).toEqual(run.plan.tasks.map(({ name }) => name));
        expectInOrder(run);
      }),
      { numRuns: 150 },
    );
  });
});

function expectInOrder(run: World): void {
  const over = new Set<string>();
  for (const { tasks } of run.states) {
    expect(tasks.filter(({ position }) => 'attempt' in position).length).toBeLessThanOrEqual(1);
    for (const { name, position } of tasks) {
      if (over.has(name)) expect(position.state).toBe('Succeeded');
      if (position.state === 'Succeeded') over.add(name);
    }
  }
  for (const { ended } of run.state?.tasks ?? []) {
    ended.slice(1).forEach((attempt, index) => {
      const before = ended[index];
      expect(before?.stop).toMatchObject({ why: 'SpecChanged', confirmed: true });
      expect(attempt.intentAt).toBeGreaterThanOrEqual(before?.finishedAt ?? Infinity);
    });
  }
  expect(new Set(run.creates).size).toBe(run.creates.length);
}

describe('the event of a change', () => {
  it('names the plans before and after, and what is tried anew', () => {
    const run = world(['a1', 'b1']);
    const { plan: before } = run;
    until(run, isLive('a'));
    run.plan = planOf(['a2', 'b1']);
    const state = run.pass();
    expect(stateOf(state, 'a')).toBe('Stopping');
    expect(replans(state)).toMatchObject([
      { data: { previousDigest: before.digest, planDigest: run.plan.digest, restarted: ['a'] } },
    ]);
  });
});
