import type { Instant } from '../src/api/instant.js';
import type { Observation } from '../src/executors/observation.js';
import type { RunState } from '../src/plan/run-state.js';
import { inSequence, makePlan, podTask } from '../test/support/plans.js';
import { World, runs } from '../test/support/world.js';
import type { Figure } from './figure.js';
import { perSecond } from './measure.js';

const STEPS = 10;
const WANTED_PER_SECOND = 20_000;

/** decide, for each input that the whole run of a 10-step plan gives it, those without news among them. */
export function decisionFigures(seconds: number): readonly Figure[] {
  const plan = makePlan(inSequence(Array.from({ length: STEPS }, (_, index) => podTask(`step-${index}`))));
  const inputs: {
    readonly state: RunState | null;
    readonly now: Instant;
    readonly seen: ReadonlyMap<string, Observation>;
  }[] = [];
  const world = new (class extends World {
    override decide(seen: ReadonlyMap<string, Observation>): ReturnType<World['decide']> {
      inputs.push({ state: this.state, now: this.now, seen });
      return super.decide(seen);
    }
  })(plan, () => runs(0));
  world.runToEnd();
  const again = new World(plan, () => runs(0));
  const wholeRuns = perSecond(() => {
    for (const { state, now, seen } of inputs) {
      again.state = state;
      again.now = now;
      again.decide(seen);
    }
  }, seconds);
  const measured = wholeRuns * inputs.length;
  return [{ what: `decisions, ${STEPS} steps`, measured, unit: '/s', wanted: { atLeast: WANTED_PER_SECOND } }];
}
