import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.js';
import type { RunState, TaskState } from '../../src/plan/run-state.js';
import type { ActionVerb } from '../../src/api/types.js';
import { verifyChain } from '../../src/audit/chain.js';
import { isTerminalPhase, isTerminalState } from '../../src/reconciler/decide/phases.js';
import { arbitraryPlan } from '../support/plans.js';
import { type Fate, PULL_FAILS, RUNS_ON, World, runs } from '../support/world.js';

const FATES: readonly Fate[] = [
  runs(0),
  runs(0, { forMs: 40_000 }),
  runs(1),
  PULL_FAILS,
  RUNS_ON,
  {
    kind: 'refused',
    message: 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
  },
];

interface History {
  readonly plan: Plan;
  readonly fates: readonly number[];
  /** After which passes somebody acts, and how. */
  readonly acts: readonly { readonly pass: number; readonly verb: ActionVerb | 'Delete' }[];
  /** After which passes the controller is replaced: all that it had in memory is gone. */
  readonly crashes: readonly number[];
}

const history: fc.Arbitrary<History> = fc.record({
  plan: arbitraryPlan,
  fates: fc.array(fc.nat(FATES.length - 1), { minLength: 1, maxLength: 12 }),
  acts: fc.array(
    fc.record({ pass: fc.nat(12), verb: fc.constantFrom('Cancel', 'Terminate', 'Suspend', 'Resume', 'Delete') }),
    { maxLength: 3 },
  ),
  crashes: fc.array(fc.nat(20), { maxLength: 3 }),
});

function worldOf({ plan, fates }: History): World {
  return new World(
    plan,
    (task, attempt) => FATES[fates[(task.charCodeAt(1) + attempt * 3) % fates.length] ?? 0] ?? runs(0),
  );
}

/** Runs a history to its end, or as far as it goes while it is suspended. */
function play(given: History, afterPass: (world: World, count: number) => void = () => undefined): World {
  const world = worldOf(given);
  for (let count = 0; count < 3_000; count += 1) {
    for (const act of given.acts.filter((one) => one.pass === count)) {
      if (act.verb === 'Delete') world.deleting = true;
      else world.act(act.verb);
    }
    const state = world.pass();
    afterPass(world, count);
    if (isTerminalPhase(state.phase) && count > 12) return world;
    if (!world.advance()) {
      if (isTerminalPhase(state.phase) || state.phase === 'Suspended') return world;
      if (given.acts.some((act) => act.pass > count)) continue;
      throw new Error(
        `stuck in ${state.phase}: ${JSON.stringify(state.tasks.map((task) => [task.name, task.position.state]))}`,
      );
    }
  }
  throw new Error('the run did not end');
}

const stateOf = (state: RunState, name: string): TaskState | undefined =>
  state.tasks.find((task) => task.name === name);
const began = (task: TaskState): boolean => task.ended.length > 0 || 'attempt' in task.position;

describe('decide, whatever happens', () => {
  it('ends every run that is not held by a person', () => {
    fc.assert(
      fc.property(history, (given) => {
        const end = play(given).state;
        expect(end !== null && (isTerminalPhase(end.phase) || end.phase === 'Suspended')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('starts no task before its dependencies have ended well', () => {
    fc.assert(
      fc.property(history, (given) => {
        for (const state of play(given).states) {
          for (const planned of given.plan.tasks.filter((task) => task.group === 'main')) {
            const task = stateOf(state, planned.name);
            if (task === undefined || !began(task)) continue;
            for (const name of planned.dependsOn) expect(stateOf(state, name)?.position.state).toBe('Succeeded');
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('starts finally only when every step is over', () => {
    fc.assert(
      fc.property(history, (given) => {
        for (const state of play(given).states) {
          if (!state.tasks.some((task) => task.group === 'finally' && began(task))) continue;
          expect(
            state.tasks.filter((task) => task.group === 'main').every((task) => isTerminalState(task.position.state)),
          ).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never changes a terminal phase, nor a task that has ended', () => {
    fc.assert(
      fc.property(history, (given) => {
        const { states } = play(given);
        states.forEach((state, index) => {
          const next = states[index + 1];
          if (next === undefined) return;
          if (isTerminalPhase(state.phase)) expect(next.phase).toBe(state.phase);
          for (const task of state.tasks.filter((one) => isTerminalState(one.position.state))) {
            expect(stateOf(next, task.name)?.position).toEqual(task.position);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('never has two attempts of one task at once, nor more than its parallelism', () => {
    fc.assert(
      fc.property(history, (given) => {
        play(given, (world) => {
          const live = [...world.pods.entries()].filter(([name]) =>
            ['Pending', 'Running'].includes(world.observe(name).kind),
          );
          expect(new Set(live.map(([, pod]) => pod.task)).size).toBe(live.length);
          expect(live.length).toBeLessThanOrEqual(given.plan.parallelism);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('has a wake-up or an object to wait for in every state that is not terminal, unless a person holds it', () => {
    fc.assert(
      fc.property(history, (given) => {
        play(given, (world) => {
          const state = world.state;
          if (state === null || isTerminalPhase(state.phase) || state.suspendedSince !== null) return;
          const waits = state.tasks.some((task) => 'attempt' in task.position && task.position.attempt.object !== null);
          expect(waits || world.wakeAt !== null).toBe(true);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('decides the same again from the same observations, and nothing more when nothing happened', () => {
    fc.assert(
      fc.property(history, (given) => {
        play(given, (world) => {
          const observations = new Map(
            (world.state?.tasks ?? []).flatMap((task) =>
              'attempt' in task.position && task.position.attempt.object !== null
                ? [[task.name, world.observe(task.position.attempt.object.name)] as const]
                : [],
            ),
          );
          const once = world.decide(observations);
          expect(world.decide(observations)).toEqual(once);
          if (!given.plan.stepwise) expect(once.state).toBe(world.state);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('ends the same when the controller is replaced at any moment', () => {
    fc.assert(
      fc.property(history, (given) => {
        const names = (world: World) => [
          world.state?.phase,
          world.creates,
          world.state?.tasks.map((task) => task.position.state),
        ];
        const disturbed = play(given, (world, count) => {
          // A new controller knows what is committed and nothing else: the state travels as JSON.
          if (given.crashes.includes(count)) world.state = JSON.parse(JSON.stringify(world.state)) as RunState;
        });
        expect(names(disturbed)).toEqual(names(play(given)));
      }),
      { numRuns: 100 },
    );
  });

  it('tells everything in one chain without a gap, with exactly one end', () => {
    fc.assert(
      fc.property(history, (given) => {
        const events = new Map(
          play(given).states.flatMap((state) => state.audit.outbox.map((event) => [event.seq, event] as const)),
        );
        const trail = [...events.values()].sort((a, b) => a.seq - b.seq);
        expect(verifyChain(trail)).toEqual([]);
        expect(
          trail.filter((event) => ['run.succeeded', 'run.failed', 'run.cancelled'].includes(event.type)).length,
        ).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
