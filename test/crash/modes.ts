import { kindOf } from '../support/embedded/api-call.js';
import type { EmbeddedWorld } from '../support/embedded-world.js';
import type { WatchShape } from '../support/embedded/recording-transport.js';
import type { Disturbance } from './play.js';
import type { Calls, Point } from './points.js';
import { deafUntilRelist, delayedBy } from './watch-shapes.js';

/** What a controller watches. */
const WATCHED = ['workflowexecutions', 'workflowactions', 'pods', 'jobs', 'events'];
/** How late a late event comes. */
const DELAYS_MS = [300, 3_000];
/** How much later than the others the events of one kind come: their order across kinds is another then. */
const REORDERED_MS = 4_000;
/** How long nothing is heard before the cache is filled anew. */
const DEAF_MS = 8_000;

/** Caches that are behind: events late, events of one kind later than the others', events lost until a relist. */
export function stalePoints(): readonly Point[] {
  return [
    ...DELAYS_MS.map((ms) => stale(`all watches ${ms} ms late`, (world) => delayedBy(world.clock, ms))),
    ...WATCHED.map((resource) =>
      stale(`the watch of ${resource} later than the others`, (world) =>
        delayedBy(world.clock, REORDERED_MS, (call) => call.resource === resource),
      ),
    ),
    ...['workflowexecutions', 'pods', 'jobs'].flatMap((resource) =>
      [0, 1, 2, 4].map((after) => ({
        ...stale(`the watch of ${resource} deaf after ${after} events, until a relist`, (world) =>
          deafUntilRelist(world.clock, { resource, after, ms: DEAF_MS }),
        ),
        mayMissDeletion: true,
      })),
    ),
  ];
}

function stale(label: string, shapeOf: (world: EmbeddedWorld) => WatchShape): Point {
  return {
    label,
    disturbance: () => ({
      start: async (world) => {
        await world.startController({ shape: shapeOf(world) });
      },
    }),
    mayMissEvidence: true,
  };
}

/** Two controllers that are active all the time: alike, and one of them always behind. */
export function twoActive(): readonly Point[] {
  const together = (label: string, delayMs: number | null): Point => ({
    label,
    disturbance: () => ({
      start: async (world) => {
        await world.startController();
        await world.startController(delayMs === null ? {} : { shape: delayedBy(world.clock, delayMs) });
      },
    }),
    mayRepeatNotes: delayMs !== null,
  });
  return [
    together('two controllers', null),
    ...DELAYS_MS.map((ms) => together(`two controllers, one ${ms} ms behind`, ms)),
  ];
}

/** When a frozen controller wakes up: while its last decision is still fresh, when it no longer is, and at the very end. */
export const AWAKE_AFTER_MS = [1_000, 30_000, 150_000] as const;
/** What is in hand for longer than this may be decided on by somebody else meanwhile. */
const STILL_FRESH_MS = 10_000;

/**
 * A controller freezes at each of its calls, as a machine that is suspended: before it is sent or with its answer on the
 * way. Another one takes over at once. Later the first one goes on with what it had in hand.
 */
export function lateWakers({ api, store }: Calls): readonly Point[] {
  const calls = [
    ...api
      .filter(({ verb }) => verb !== 'watch' && verb !== 'list')
      .map((call) => ({ at: `call ${call.ofProcess} (${kindOf(call)})`, number: call.ofProcess, store: false })),
    ...store.map((call) => ({ at: `store call ${call.ofProcess}`, number: call.ofProcess, store: true })),
  ];
  return calls.flatMap((call) =>
    (['frozen-before', 'frozen-after'] as const).flatMap((kind) =>
      AWAKE_AFTER_MS.map((ms): Point => ({
        label: `${kind} at ${call.at} for ${ms / 1_000} s`,
        disturbance: () => sleeper({ ...call, kind, ms }),
        mayCreateLate: kind === 'frozen-before' && ms > STILL_FRESH_MS,
      })),
    ),
  );
}

interface Sleep {
  readonly number: number;
  readonly store: boolean;
  readonly kind: 'frozen-before' | 'frozen-after';
  readonly ms: number;
}

function sleeper({ number, store, kind, ms }: Sleep): Disturbance {
  let frozen = false;
  let replaced = false;
  const fault = {
    kind,
    onFreeze: () => {
      frozen = true;
    },
  };
  const isIt = (call: { readonly process: number; readonly ofProcess: number }): boolean =>
    call.process === 1 && call.ofProcess === number;
  return {
    arrange: (world) => {
      if (store) world.injectAtStore(isIt, fault);
      else world.inject(isIt, fault);
    },
    tend: async (world) => {
      if (!frozen || replaced) return;
      replaced = true;
      const [sleeping] = world.processes;
      world.clock.after(ms, () => sleeping?.thaw());
      await world.startController();
    },
  };
}
