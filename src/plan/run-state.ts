import type { Instant } from '../api/instant.js';
import type {
  Actor,
  AppliedAction,
  AuditEvent,
  EndingWhy,
  RunPhase,
  SkipReason,
  StopWhy,
  Verdict,
} from '../api/types.js';
import type { RetriesUsed } from '../failure/policy.js';
import type { Outputs } from './plan.js';

/** The object that an attempt created. The UID is null until it was seen. */
export interface AttemptObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string | null;
}

/** What was seen of a live attempt and its final status may no longer tell (design review C3). */
export interface Seen {
  /** Containers that are known to have started, sorted. */
  readonly started: readonly string[];
  /** The diagnosis that stood when the stop was decided; provisional. */
  readonly verdict: Verdict | null;
}

/** A try that is not over. */
export interface LiveAttempt {
  readonly number: number;
  readonly executor: string;
  /** Null for a task without an object (delay), until it is created by deterministic name otherwise: never null then. */
  readonly object: AttemptObject | null;
  readonly intentAt: Instant;
  /** First sight of a running main container. */
  readonly startedAt: Instant | null;
  /** Of a task without an object: the instant at which it ends. */
  readonly endsAt: Instant | null;
  readonly seen: Seen;
  /** Digest of what it was started from (see definitionOf); absent where the kind's spec never changes. */
  readonly definition?: string;
}

export interface StopIntent {
  readonly why: StopWhy;
  readonly at: Instant;
  /** Who asserted that it is stopped, where nobody could confirm it. */
  readonly assertedBy: string | null;
}

/** A try that is over: confirmed stopped, or asserted to be. */
export interface EndedAttempt extends LiveAttempt {
  readonly finishedAt: Instant;
  readonly stop: (StopIntent & { readonly confirmed: boolean }) | null;
  readonly result:
    { readonly outcome: 'Succeeded' } | { readonly outcome: 'Failed' | 'Cancelled'; readonly verdict: Verdict };
}

export interface Waiting {
  readonly reason: string;
  readonly subreason: string | null;
  /** The cause in a few words, for a line; absent in what older versions wrote. */
  readonly brief?: string;
  readonly message: string;
  readonly since: Instant;
  /** When this waiting becomes a failure; null: at the start bound. */
  readonly failAt: Instant | null;
}

/** Where a task stands. What is not possible in a state cannot be said of it. */
export type TaskPosition =
  | { readonly state: 'Waiting' }
  | { readonly state: 'Ready' }
  | { readonly state: 'Starting'; readonly attempt: LiveAttempt }
  | { readonly state: 'Running'; readonly attempt: LiveAttempt }
  | { readonly state: 'Stopping'; readonly attempt: LiveAttempt; readonly stop: StopIntent }
  | { readonly state: 'BackingOff'; readonly nextAttemptAt: Instant }
  | { readonly state: 'Succeeded'; readonly endedAt: Instant; readonly outputs: Outputs }
  /** `verdict` is null where the last ended attempt holds it; set where the task failed without an attempt. */
  | { readonly state: 'Failed'; readonly endedAt: Instant; readonly verdict: Verdict | null }
  | { readonly state: 'Skipped'; readonly endedAt: Instant; readonly reason: SkipReason; readonly message: string }
  | { readonly state: 'Cancelled'; readonly endedAt: Instant };

export type LivePosition = Extract<TaskPosition, { readonly attempt: LiveAttempt }>;

export type { RetriesUsed };

export interface TaskState {
  readonly name: string;
  readonly group: 'main' | 'finally';
  readonly position: TaskPosition;
  readonly waiting: Waiting | null;
  readonly retriesUsed: RetriesUsed;
  /** Ended attempts, oldest first; the first and the last five once there are more (design review C10). */
  readonly ended: readonly EndedAttempt[];
  /** Ended attempts that are no longer listed. */
  readonly omitted: number;
}

/** Why the run is brought to an end before its steps are over. */
export interface Ending {
  readonly why: EndingWhy;
  readonly at: Instant;
  readonly actor: Actor;
  readonly reason: string;
}

export interface AuditState {
  readonly seq: number;
  readonly head: string;
  /** Time of the last event, as it has it; absent before the first, and where an older version wrote the status. */
  readonly toldAt?: string;
  readonly acked: number;
  readonly outbox: readonly AuditEvent[];
}

/** All that is remembered of a run. decide is the only place where it changes. */
export interface RunState {
  readonly planVersion: number;
  /** Null where the spec could not be planned. */
  readonly plan: { readonly digest: string; readonly targetPhase: string; readonly failedPhase: string } | null;
  readonly phase: RunPhase;
  readonly reason: string | null;
  readonly message: string | null;
  readonly acceptedAt: Instant;
  readonly startedAt: Instant | null;
  /** When the main tasks were over and `finally` began. */
  readonly mainEndedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly suspendedSince: Instant | null;
  readonly suspendedMs: number;
  readonly ending: Ending | null;
  readonly failure: { readonly task: string; readonly attempt: number | null } | null;
  readonly tasks: readonly TaskState[];
  readonly actions: readonly AppliedAction[];
  readonly audit: AuditState;
}
