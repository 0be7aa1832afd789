import { type ApiCall, kindOf } from '../support/embedded/api-call.js';
import type { Answer, Fault } from '../support/embedded/faults.js';
import type { StoreCall, StoreFault } from '../support/embedded/recording-store.js';
import type { EmbeddedWorld } from '../support/embedded-world.js';
import type { Disturbance } from './play.js';

/** A way to disturb a scenario: one row of the enumeration. */
export interface Point {
  /** `crash-after 12 create pods`. */
  readonly label: string;
  readonly disturbance: () => Disturbance;
  /** The fault can make evidence unreadable, which the verdict then says (`missing`): that is no change of the end. */
  readonly mayMissEvidence?: boolean;
  /**
   * A create is in hand for longer than anybody can wait: no client can keep it from being carried out, however late.
   * What then comes into being is stopped and let go of, and changes nothing that was said.
   */
  readonly mayCreateLate?: boolean;
  /** Of a pod that somebody deletes only the end is seen, not that it was being stopped. The verdict is the same. */
  readonly mayMissDeletion?: boolean;
  /** Two controllers see things at different times, and tell anew what an attempt waits for. */
  readonly mayRepeatNotes?: boolean;
  /** It is met before the run is there, where all scenarios are alike. */
  readonly atStartUp?: boolean;
}

/** What becomes of an API call. An answer that says that nothing was done is only given where nothing was done. */
const API_FAULTS: Readonly<Record<string, (call: ApiCall) => Fault>> = {
  'crash-before': () => ({ kind: 'crash-before' }),
  'crash-after': () => ({ kind: 'crash-after' }),
  timeout: () => ({ kind: 'silent' }),
  reset: () => ({ kind: 'lost' }),
  '409': (call) => ({ kind: 'answer', ...conflict(call) }),
  '429': () => ({ kind: 'answer', code: 429, reason: 'TooManyRequests', message: 'come later', retryAfterSeconds: 1 }),
  // etcd may have taken what this answer says has failed.
  '500': () => ({ kind: 'turned', code: 500, reason: 'InternalError', message: 'etcdserver: request timed out' }),
  '503': () => ({ kind: 'answer', code: 503, reason: 'ServiceUnavailable', message: 'the server is starting' }),
};

/** How many faults there are for each call to the API server. */
export const FAULTS = Object.keys(API_FAULTS).length;

/** The two answers that a real API server gives: a create meets an object of this name, a write another version. */
function conflict({ verb, name }: ApiCall): Answer {
  return verb === 'create'
    ? { code: 409, reason: 'AlreadyExists', message: `"${name ?? ''}" already exists` }
    : { code: 409, reason: 'Conflict', message: 'the object has been modified; please apply your changes to it' };
}

const STORE_FAULTS: readonly StoreFault['kind'][] = ['crash-before', 'crash-after', 'unsent', 'lost'];
const CRASHES: readonly ('crash-before' | 'crash-after')[] = ['crash-before', 'crash-after'];

/** The calls of an undisturbed run. */
export interface Calls {
  /** How many of the first calls to the API server were made before the run was there. */
  readonly startUp: number;
  readonly api: readonly ApiCall[];
  readonly store: readonly StoreCall[];
}

/** Each fault at each call of the first controller. */
export function singlePoints({ startUp, api, store }: Calls): readonly Point[] {
  return [
    ...api.flatMap((call, index) =>
      Object.entries(API_FAULTS).map(([name, faultOf]): Point => ({
        label: `${name} at call ${call.ofProcess} (${kindOf(call)})`,
        disturbance: () => ({
          arrange: (world) => {
            injectAt(world, call, faultOf(call));
          },
        }),
        mayMissEvidence: isEvidence(call),
        atStartUp: index < startUp,
      })),
    ),
    ...store.flatMap((call) =>
      STORE_FAULTS.map((kind): Point => ({
        label: `${kind} at store call ${call.ofProcess} (${call.operation})`,
        disturbance: () => ({
          arrange: (world) => {
            injectAtStore(world, call, { kind });
          },
        }),
      })),
    ),
  ];
}

/** A crash at this call of the first controller: what pairs begin with. */
export function crashPoints({ api, store }: Omit<Calls, 'startUp'>): readonly Point[] {
  return CRASHES.flatMap((kind) => [
    ...api.map((call): Point => ({
      label: `${kind} at call ${call.ofProcess} (${kindOf(call)})`,
      disturbance: () => ({
        arrange: (world) => {
          injectAt(world, call, { kind });
        },
      }),
    })),
    ...store.map((call): Point => ({
      label: `${kind} at store call ${call.ofProcess}`,
      disturbance: () => ({
        arrange: (world) => {
          injectAtStore(world, call, { kind });
        },
      }),
    })),
  ]);
}

/** A second crash, at a call of the second controller, after the first one's. */
export function secondCrashes(first: Point, { api, store }: Omit<Calls, 'startUp'>): readonly Point[] {
  return crashPoints({ api, store }).map(({ label, disturbance }) => ({
    label: `${first.label}, then ${label} of the next controller`,
    disturbance: () => ({
      arrange: (world) => {
        first.disturbance().arrange?.(world);
        disturbance().arrange?.(world);
      },
    }),
  }));
}

function injectAt(world: EmbeddedWorld, { process, ofProcess }: ApiCall, fault: Fault): void {
  world.inject((call) => call.process === process && call.ofProcess === ofProcess, fault);
}

function injectAtStore(world: EmbeddedWorld, { process, ofProcess }: StoreCall, fault: StoreFault): void {
  world.injectAtStore((call) => call.process === process && call.ofProcess === ofProcess, fault);
}

/** Reads of the evidence of a failure. */
function isEvidence({ verb, resource }: ApiCall): boolean {
  return (verb === 'list' && resource === 'events') || ['pods/log', 'nodes'].includes(resource);
}
