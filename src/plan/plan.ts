import type { Json, JsonObject } from '../api/json.js';
import type { Reason } from '../api/types.js';
import type { RetryBudget, RetryPolicy } from '../failure/policy.js';
import type { OnCall } from '../failure/summary/summary.js';

export type { RetryBudget, RetryPolicy };

export type OutputType = 'string' | 'integer' | 'number' | 'boolean';

export interface OutputDeclaration {
  readonly name: string;
  readonly type: OutputType;
  /** Only a salted hash of it is kept, and no other step can use it. */
  readonly sensitive?: true;
}

/** One unit of work. `executor` is a key of the registry, `input` what that executor understands (checked by it). */
/** Bounds of each attempt, in ms. */
export interface Timeouts {
  readonly startMs: number;
  readonly runMs: number;
  readonly stopMs: number;
  /** By reason, how long an attempt may wait before that is a failure; what is absent has its default (graceOf). */
  readonly waitingMs?: Readonly<Partial<Record<Reason, number>>>;
}

export interface PlannedTask {
  readonly name: string;
  /** Where it stands in what the user wrote, e.g. `spec.steps[2]`; for messages. */
  readonly path: string;
  readonly group: 'main' | 'finally';
  /** Tasks that must be over, and not have failed, before this one; all are earlier in `Plan.tasks`. */
  readonly dependsOn: readonly string[];
  readonly executor: string;
  /** May hold ${params.x} and ${steps.x.outputs.y}; see renderInput. */
  readonly input: JsonObject;
  /** CEL, or null: always. */
  readonly when: string | null;
  readonly idempotent: boolean;
  readonly timeouts: Timeouts;
  readonly retry: RetryPolicy;
  readonly outputs: readonly OutputDeclaration[];
  /** Whether the tail of a failed container may be quoted. */
  readonly quoteLogs: boolean;
  /** The author's words for the person on call. */
  readonly onCall?: OnCall;
}

export type ParameterValue =
  | {
      readonly kind: 'value';
      readonly value: string | number | boolean;
      /** Nothing that is recorded or shown may hold it; only env values may use it. */
      readonly sensitive?: true;
    }
  | { readonly kind: 'secret'; readonly name: string; readonly key: string };

/**
 * What is to be done, whatever kind it was translated from: a DAG whose tasks stand in an order in which each comes
 * after what it depends on. `finally` tasks depend on one another in sequence, and on the end of all main tasks.
 */
export interface Plan {
  readonly version: 1;
  /** `sha256:` and the hex SHA-256 of everything else here but sensitive values, in the canonical form of RFC 8785. */
  readonly digest: string;
  readonly targetPhase: 'Succeeded';
  readonly failedPhase: 'Failed';
  /** True: decide stops at each task boundary, so that a watcher sees every state (SequentialJob). */
  readonly stepwise: boolean;
  readonly onFailure: 'FailFast' | 'CancelRunning' | 'Continue';
  readonly parallelism: number;
  /** Bound of the run in ms, or null. */
  readonly timeoutMs: number | null;
  /** ms after the end at which the object is deleted, or null: never. */
  readonly ttlMs: number | null;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly serviceAccountName: string | null;
  /** The author's words for the person on call. */
  readonly onCall?: OnCall;
  readonly tasks: readonly PlannedTask[];
}

/** Outputs of a task by name; values have their declared types. */
export type Outputs = Readonly<Record<string, Json>>;
