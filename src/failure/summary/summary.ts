import type { Instant } from '../../api/instant.js';
import type { EvidenceItem, RunPhase, SkipReason, TaskStateName, Verdict } from '../../api/types.js';
import type { RetriesUsed, RetryPolicy } from '../policy.js';

/** What a summary is made from: what status holds of a run, and nothing else. All instants are ms since 1970. */
export interface SummaryInput {
  readonly run: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly phase: RunPhase;
  readonly acceptedAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** The moment for which the summary speaks; used for ages only. */
  readonly now: Instant;
  /** Why the run as a whole waits or ended so, in the words of its status; null where nothing is said. */
  readonly reason: string | null;
  readonly message: string | null;
  /** Who brings or brought the run to an end before its steps were over. */
  readonly ending: { readonly why: string; readonly by: string; readonly reason: string; readonly at: Instant } | null;
  /** The failure that decided the run (RunState.failure). */
  readonly failure: { readonly step: string; readonly attempt: number | null } | null;
  /** Steps in the order of the plan, `finally` ones last. */
  readonly steps: readonly SummaryStep[];
  /** Written by the author of the workflow; none of it is ever made up. */
  readonly onCall?: OnCall;
}

/** The author's words for the person on call: what a failure means, what to do by hand, where to read on, whom to ask. */
export interface OnCall {
  readonly impact?: string;
  readonly manual?: string;
  readonly runbook?: string;
  readonly owner?: string;
}

export interface SummaryStep {
  readonly name: string;
  readonly group: 'main' | 'finally';
  readonly state: TaskStateName;
  readonly idempotent: boolean;
  readonly retry: RetryPolicy;
  readonly retriesUsed: RetriesUsed;
  /** Oldest first; a live one last, with `outcome` null. */
  readonly attempts: readonly SummaryAttempt[];
  /** Attempts that are no longer listed. */
  readonly omitted: number;
  /** Of a step that failed without an attempt. */
  readonly verdict: Verdict | null;
  readonly waiting: {
    readonly reason: string;
    /** The cause in a few words; absent where an older version wrote the status. */
    readonly brief?: string;
    readonly message: string;
    readonly since: Instant;
    readonly failAt: Instant | null;
  } | null;
  readonly nextAttemptAt: Instant | null;
  readonly skip: { readonly reason: SkipReason; readonly message: string } | null;
  readonly endedAt: Instant | null;
  readonly onCall?: OnCall;
}

export interface SummaryAttempt {
  readonly number: number;
  /** `Pod/name` or `Job/name`; null where none was created. */
  readonly object: string | null;
  readonly intentAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly outcome: 'Succeeded' | 'Failed' | 'Cancelled' | null;
  readonly verdict: Verdict | null;
}

/** What a first line begins with. */
export type SummaryState =
  | 'FAILED'
  | 'RETRYING'
  | 'WAITING'
  | 'BLOCKED'
  | 'SUSPENDED'
  | 'RUNNING'
  | 'CANCELLING'
  | 'CANCELLED'
  | 'SUCCEEDED'
  | 'PENDING';

/** Something that a reader can do; `command` can be pasted. */
export interface SummaryAction {
  readonly text: string;
  readonly command?: string;
  readonly source: 'Lockstep' | 'Author';
}

/**
 * A summary, from which all forms are made; `-o json` prints it as it is, and it is stable: fields are only added.
 * A field that does not apply is absent.
 */
export interface Summary {
  readonly apiVersion: 'cli.lockstep.dev/v1';
  readonly kind: 'FailureSummary';
  /** The first line: at most 120 characters, the cause within the first 90. */
  readonly line: string;
  readonly state: SummaryState;
  readonly run: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly step?: { readonly name: string; readonly number: number; readonly of: number };
  readonly attempt?: number;
  readonly verdict?: Verdict;
  /** Did a main container run? */
  readonly userCodeRan?: 'yes' | 'no' | 'unknown';
  /** Could anything have been changed? */
  readonly changed?: 'no' | 'possible' | 'unknown';
  readonly retry?: {
    readonly will: boolean;
    readonly at?: string;
    readonly try?: number;
    readonly of?: number;
    readonly why?: string;
  };
  readonly happened: readonly string[];
  readonly means: readonly string[];
  readonly tried: readonly string[];
  readonly didNotRun: readonly string[];
  readonly actions: readonly SummaryAction[];
  readonly evidence: readonly EvidenceItem[];
  readonly logTail: readonly string[];
  /** The author's own words; absent where nothing is said. */
  readonly onCall?: OnCall;
}
