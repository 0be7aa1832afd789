import type { FieldProblem } from '../api/field-problem.js';
import type { Instant } from '../api/instant.js';
import type { JsonObject } from '../api/json.js';
import type { RunRef } from '../api/run-ref.js';
import type { AttemptObject } from '../plan/run-state.js';
import type { Observation } from './observation.js';

/** One try of one task: everything that an executor needs to start, observe, stop or release it. */
export interface Attempt {
  readonly run: RunRef;
  readonly task: string;
  readonly number: number;
  /** The input with parameters and outputs in their places. */
  readonly input: JsonObject;
  readonly serviceAccountName: string | null;
  /** Whether the last lines of a failed container may become evidence. */
  readonly quoteLogs: boolean;
  /** Null where the executor creates none. Its uid is null until it was seen. */
  readonly object: AttemptObject | null;
  readonly intentAt: Instant;
  /** Instant of our committed intent to stop it, or null. */
  readonly stopAt: Instant | null;
}

/**
 * - Created: it is there, made now or adopted with proof.
 * - Refused: for good (403, 422, a stranger has the name); an attempt of its own.
 * - Unavailable: not now (5xx, 429, no answer); to be repeated.
 */
export type StartResult =
  | { readonly kind: 'Created'; readonly observation: Observation }
  | { readonly kind: 'Refused'; readonly observation: Observation }
  | { readonly kind: 'Unavailable'; readonly observation: Observation };

interface ExecutorCommon {
  /** Key of the registry and of the step's field, e.g. `pod`. */
  readonly name: string;
  /** Faults of an input that the CRD's schema cannot say; paths are relative to the input. Pure. */
  validate(input: JsonObject): readonly FieldProblem[];
}

/** A task that is over at an instant and creates no object: decide runs it by itself. Pure. */
export interface InstantExecutor extends ExecutorCommon {
  readonly kind: 'instant';
  endsAt(input: JsonObject, startedAt: Instant): Instant;
}

/** The decision-relevant, pure face of an executor whose attempts are objects in the cluster. */
export interface ObjectExecutorType extends ExecutorCommon {
  readonly kind: 'object';
  readonly apiVersion: string;
  readonly objectKind: string;
  /** Containers of the template and those whose end decides; null: not known from the input. Pure. */
  containers(input: JsonObject): { readonly template: readonly string[]; readonly main: readonly string[] } | null;
}

/** An object that the label says is tracked: its outcome is not committed, or its finalizer not taken off yet. */
export interface TrackedObject {
  readonly task: string;
  readonly number: number;
  readonly name: string;
  readonly uid: string;
  /** It carries our proof; labels alone can be a stranger's. */
  readonly proven: boolean;
}

/** A tracked object that was read directly, and the run that it says it belongs to; null where it says none. */
export interface FoundObject extends TrackedObject {
  readonly run: RunRef | null;
}

/** An executor with its effects. Every method may be repeated at any time. */
export interface ObjectExecutor extends ObjectExecutorType {
  /** Reads caches; reads live where "it is gone" must be believed, and for the evidence of a failure. */
  observe(attempt: Attempt): Promise<Observation>;
  start(attempt: Attempt): Promise<StartResult>;
  /** Asks for deletion with a UID precondition; where nothing was seen, makes sure that nothing can appear any more. */
  stop(attempt: Attempt): Promise<void>;
  /** Takes the tracking finalizer off; the outcome is committed. */
  release(run: RunRef, object: TrackedObject): Promise<void>;
  /** What is still tracked of a run, by the cache. */
  tracked(runUid: string): readonly TrackedObject[];
  /** What has this name, read directly; null where nothing has it, or it is not tracked. */
  find(namespace: string, name: string): Promise<FoundObject | null>;
}

export type Executor = InstantExecutor | ObjectExecutor;
/** What decide may know of an executor. */
export type ExecutorType = InstantExecutor | ObjectExecutorType;
