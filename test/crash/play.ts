import type { IdSource } from '../../src/cluster/index.js';
import { type VirtualClock, settle } from '../support/virtual-clock.js';
import { EmbeddedWorld, type Run, isDone } from '../support/embedded-world.js';
import type { Happening, Scenario } from './scenario.js';

/** How long a scenario may take, by its own clock. */
const LIMIT_MS = 3_600_000;
/** Steps of its clock: a scenario has some hundreds of them, a controller that goes round without end any number. */
const LIMIT_STEPS = 2_000;
/** What might still happen after the end, though it must not. */
const AFTERWARDS_MS = 40_000;

/** What disturbs a scenario. */
export interface Disturbance {
  /** Before any controller lives. */
  readonly arrange?: (world: EmbeddedWorld) => void;
  /** Starts the first controller, or controllers; default: one. */
  readonly start?: (world: EmbeddedWorld) => Promise<void>;
  /** Looked at after each step of time. */
  readonly tend?: (world: EmbeddedWorld) => Promise<void>;
}

/** How a scenario went: nothing in it has been judged yet. */
export interface Play {
  readonly world: EmbeddedWorld;
  readonly run: Run;
  /** Calls to the API server before the run was there: the controller's start. */
  readonly startUp: number;
  /** Why it did not come to its end, or null. */
  readonly stuck: string | null;
}

/** Plays a scenario to its end, and a little longer; whenever no controller lives, a new one is started. */
export async function play(scenario: Scenario, disturbance: Disturbance = {}): Promise<Play> {
  const world = await EmbeddedWorld.withoutController({ script: scenario.script, ids: countingIds() });
  const restore = useVirtualTimers(world.clock);
  try {
    disturbance.arrange?.(world);
    await scenario.prepare?.(world);
    if (disturbance.start === undefined) await world.startController();
    else await disturbance.start(world);
    const startUp = world.calls.length;
    const run = await world.createRun(scenario.spec, scenario.of === undefined ? {} : { of: scenario.of });
    const stuck = await bringToEnd(world, run, { scenario, disturbance });
    return { world, run, startUp, stuck: stuck ?? (await letPass(world, AFTERWARDS_MS)) };
  } finally {
    await world.stop();
    restore();
  }
}

interface Course {
  readonly scenario: Scenario;
  readonly disturbance: Disturbance;
}

async function bringToEnd(world: EmbeddedWorld, run: Run, { scenario, disturbance }: Course): Promise<string | null> {
  const happenings = startHappenings(world, run, scenario.happenings ?? []);
  const end = world.clock.monotonic() + LIMIT_MS;
  const isOver = (): boolean => world.isGone(run) || isDone(world.latest(run));
  for (let steps = 0; !(isOver() && happenings.over); steps += 1) {
    await happenings.look();
    // At once, at the same instant: nothing passes unseen.
    if (!world.processes.some((process) => process.alive)) await world.startController();
    await disturbance.tend?.(world);
    if (steps > LIMIT_STEPS || world.clock.monotonic() > end || !(await world.clock.advanceToNext()))
      return stuckBecause(world, run);
  }
  return null;
}

/** Lets time pass; why it does not, or null. */
async function letPass({ clock }: EmbeddedWorld, ms: number): Promise<string | null> {
  const end = clock.monotonic() + ms;
  for (let steps = 0; (clock.untilNext ?? ms) <= end - clock.monotonic(); steps += 1) {
    if (steps > LIMIT_STEPS) return 'after its end it goes round without end';
    await clock.advanceToNext();
  }
  await clock.advance(end - clock.monotonic());
  return null;
}

function stuckBecause(world: EmbeddedWorld, run: Run): string {
  const failures = world.processes.flatMap(({ failure }) => failure ?? []);
  const { status } = world.latest(run);
  const tasks = (status?.engine?.tasks ?? []).map(({ name, state }) => `${name}=${state}`).join(' ');
  return ['it never ends', `phase ${status?.phase ?? 'none'}`, tasks, ...failures].join('; ');
}

interface Happenings {
  readonly over: boolean;
  look(): Promise<void>;
}

function startHappenings(world: EmbeddedWorld, run: Run, happenings: readonly Happening[]): Happenings {
  let next = 0;
  let counting = false;
  let due = false;
  return {
    get over() {
      return next === happenings.length;
    },
    async look() {
      const happening = happenings[next];
      if (happening === undefined) return;
      if (!counting && happening.when(world.latest(run))) {
        counting = true;
        world.clock.after(happening.afterMs, () => {
          due = true;
        });
      }
      if (!due) return;
      next += 1;
      counting = due = false;
      await happening.act(world, run);
      await settle();
    },
  };
}

/** The same UIDs in every play: the names of the objects and the jitter of backoffs follow from the run's. */
function countingIds(): IdSource {
  let count = 0;
  const next = (): number => {
    count += 1;
    return count;
  };
  return {
    uid: () => `00000000-0000-4000-8000-${String(next()).padStart(12, '0')}`,
    suffix: () =>
      next()
        .toString(26)
        .padStart(5, '0')
        .replace(/./g, (digit) => 'bcdfghjklmnpqrstvwxz245678'[parseInt(digit, 26)] ?? 'b'),
  };
}

/**
 * The pauses of p-retry are real ones, the only ones in the product: here they too pass by the clock of the test. And the
 * jitter of reconnections, which is taken from Math.random, is the same in every play.
 */
function useVirtualTimers(clock: VirtualClock): () => void {
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
  const { random } = Math;
  const cancels = new WeakMap<object, () => void>();
  const virtualSet = (fire: (...values: unknown[]) => void, ms?: number, ...values: unknown[]): unknown => {
    const cancel = clock.after(ms ?? 0, () => {
      fire(...values);
    });
    const timer = { unref: () => undefined };
    cancels.set(timer, cancel);
    return timer;
  };
  const virtualClear = (timer: unknown): void => {
    if (typeof timer === 'object' && timer !== null) cancels.get(timer)?.();
  };
  Object.assign(globalThis, { setTimeout: virtualSet, clearTimeout: virtualClear });
  Math.random = () => 0.5;
  return () => {
    Object.assign(globalThis, { setTimeout: realSet, clearTimeout: realClear });
    Math.random = random;
  };
}
