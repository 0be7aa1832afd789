import type { Checked } from '../../api/field-problem.js';
import type { Instant } from '../../api/instant.js';
import type { RunRef } from '../../api/run-ref.js';
import type { ActionVerb } from '../../api/types.js';
import type { ExecutorType } from '../../executors/executor.js';
import type { Observation } from '../../executors/observation.js';
import type { Plan } from '../../plan/plan.js';
import type { RunState } from '../../plan/run-state.js';
import type { Translator } from '../../plan/translator.js';

/** The resource as decide sees it: no spec (that is the plan), no wire status (that is the state). */
export interface RunFacts {
  readonly ref: RunRef;
  readonly generation: number;
  /** Digest of the spec, for the audit trail. */
  readonly specDigest: string;
  readonly requestedBy: string | null;
  readonly deleting: boolean;
  /** UID in the annotation `ran-as`, or null; another one than ours means a restored copy. */
  readonly ranAs: string | null;
}

/** A WorkflowAction that this run has not answered yet. */
export interface RequestedAction {
  readonly uid: string;
  readonly name: string;
  readonly verb: ActionVerb;
  readonly by: string;
  readonly reason: string;
  readonly step: string | null;
}

export interface DecideInput {
  readonly run: RunFacts;
  /** Or everything that is wrong with the spec. */
  readonly plan: Checked<Plan>;
  /** Null: never decided before. */
  readonly state: RunState | null;
  /** Of each live attempt that has an object, by task. A task without an entry is left as it is. */
  readonly observations: ReadonlyMap<string, Observation>;
  /** Oldest first. */
  readonly actions: readonly RequestedAction[];
  /** Last audit event known to be stored. */
  readonly acked: number;
  /** Why the audit store takes nothing at present, or null. */
  readonly backlog: string | null;
  /** The status says that the store takes nothing. */
  readonly backlogShown: boolean;
  readonly executors: ReadonlyMap<string, ExecutorType>;
  /** What the kind does where its spec changes; null: it never does. */
  readonly onSpecChange: Translator['onSpecChange'];
  /** Never before the last instant that was committed (design review C16); see lastInstant. */
  readonly now: Instant;
  /** What this controller's own clock shows: before `now` where that of the last one was ahead. */
  readonly clock: Instant;
}

export interface Decision {
  /** The same object as the input's state where nothing changed: then nothing is written. */
  readonly state: RunState;
  /** When to decide again although nothing happens; null: something will happen first, or nothing is to come. */
  readonly wakeAt: Instant | null;
}
