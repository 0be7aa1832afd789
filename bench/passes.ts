import type { JsonObject } from '../src/api/json.js';
import { isJsonObject } from '../src/api/json.js';
import type { Observation } from '../src/executors/observation.js';
import type { Plan } from '../src/plan/plan.js';
import { projectStatus } from '../src/plan/workflow-execution/project-status.js';
import { draftStatus } from '../src/status/draft.js';
import { makePlan, podTask } from '../test/support/plans.js';
import { World, runs } from '../test/support/world.js';
import type { Figure } from './figure.js';
import { perSecond } from './measure.js';

const SIZES = [8, 16, 32, 64];
/** As many as may be live at once. */
const LIVE = 12;
const ENDS_AFTER_MS = 5_000;
const LONG_MS = 600_000;

/** A pass that has news of one step may cost so much more in a graph of 64 steps than in one of 8. */
const SIZE_FACTOR = 4;
/** What one more changed step may cost in a graph of 64 steps, compared with one of 8: the list of tasks is written whole. */
const CHANGE_FACTOR = 4;
/** A pass without news, compared with one that has news of one step. */
const IDLE_FACTOR = 0.33;

/**
 * Passes without the network: decide, and the status patch where something was decided. What it costs follows what
 * changed: k steps of n that end at once.
 */
export function passFigures(seconds: number): readonly Figure[] {
  const micros = (n: number, k: number): number => 1_000_000 / perSecond(passOf(n, k), seconds);
  const bySize = new Map(SIZES.map((n) => [n, micros(n, 1)]));
  const [small, large] = [SIZES[0] ?? 0, SIZES.at(-1) ?? 0];
  const byChange = new Map([0, 4, LIVE].map((k) => [k, micros(large, k)]));
  const one = bySize.get(large) ?? 0;
  const perChange = ((byChange.get(LIVE) ?? 0) - one) / (LIVE - 1);
  const smallPerChange = (micros(small, small) - (bySize.get(small) ?? 0)) / (small - 1);
  return [
    ...[...bySize].map(([n, measured]) => ({ what: `pass, 1 of ${n} steps changed`, measured, unit: 'µs' })),
    ...[...byChange].map(([k, measured]) => ({ what: `pass, ${k} of ${large} steps changed`, measured, unit: 'µs' })),
    ratio(`1 of ${large} changed : 1 of ${small} changed`, one / (bySize.get(small) ?? 0), SIZE_FACTOR),
    ratio(`one more change in ${large} : in ${small}`, perChange / smallPerChange, CHANGE_FACTOR),
    ratio(`nothing changed : 1 of ${large} changed`, (byChange.get(0) ?? 0) / one, IDLE_FACTOR),
  ];
}

function ratio(what: string, measured: number, atMost: number): Figure {
  return { what, measured, unit: '×', wanted: { atMost } };
}

/** The pass in which `changed` steps of a graph end, ready to be repeated. */
function passOf(steps: number, changed: number): () => void {
  const plan = makePlan(
    Array.from({ length: steps }, (_, index) => podTask(`step-${index}`)),
    { parallelism: LIVE },
  );
  const world = new World(plan, (task) =>
    runs(0, { forMs: Number(task.slice(5)) < changed ? ENDS_AFTER_MS : LONG_MS }),
  );
  const end = world.now + ENDS_AFTER_MS + 1_000;
  while (world.pass().finishedAt === null && world.advance() && world.now < end - 1_500);
  world.now = end;
  const { state } = world;
  const seen = new Map<string, Observation>();
  for (const task of state?.tasks ?? []) {
    if ('attempt' in task.position && task.position.attempt.object !== null)
      seen.set(task.name, world.observe(task.position.attempt.object.name));
  }
  const status = statusOf(world, plan, {});
  return () => {
    const decision = world.decide(seen);
    if (decision.state === state) return;
    world.state = decision.state;
    statusOf(world, plan, status);
    world.state = state;
  };
}

function statusOf({ state, now }: World, plan: Plan, status: JsonObject): JsonObject {
  if (state === null) return {};
  const seen = { uid: 'uid-1', resourceVersion: '1', generation: 1, status };
  const patch = draftStatus(seen, { state, own: projectStatus(plan, state), backlog: null, now });
  return isJsonObject(patch?.['status']) ? patch['status'] : {};
}
