import { clip } from '../api/clip.js';
import type {
  ActionVerb,
  Actor,
  AuditEventType,
  Effects,
  EndingWhy,
  Reason,
  RunPhase,
  SkipReason,
  Stage,
  StopWhy,
  Verdict,
} from '../api/types.js';
import { boundVerdict } from './bounded-verdict.js';
import { sha256Of } from '../api/digest.js';

/** Who decides what nobody asked for. Verified: only the controller's own account may write the status. */
export const CONTROLLER_ACTOR: Actor = { kind: 'Controller', name: 'lockstep', verified: true };

/** What a verdict leaves in the trail: at most 1 KiB, and the hash of the whole, which the status holds. */
export interface VerdictExtract {
  readonly reason: Reason;
  readonly subreason?: string;
  readonly stage: Stage;
  readonly effects: Effects;
  readonly retryable: boolean;
  readonly container?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  /** At most 240 characters. */
  readonly message: string;
  /** `sha256:` and hex, of the canonical form of the verdict as the status keeps it (boundVerdict). */
  readonly digest: string;
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
}

export interface ActionReference {
  readonly uid: string;
  readonly name: string;
  readonly verb: ActionVerb;
  readonly step?: string;
}

/** A machine word and a sentence. */
export interface Said {
  readonly reason: string;
  readonly message: string;
}

interface StopReference {
  readonly why: StopWhy;
  readonly confirmed: boolean;
  readonly assertedBy?: string;
}

interface AttemptEnd {
  readonly verdict: VerdictExtract;
  readonly object?: ObjectReference;
  readonly stop?: StopReference;
}

interface AppliedOrRefused {
  readonly action: ActionReference;
  /** What the person gave as the reason. */
  readonly reason?: string;
  /** What the controller made of it. */
  readonly message?: string;
}

interface ApprovalData {
  readonly message?: string;
  readonly action?: ActionReference;
  readonly reason?: string;
}

interface LockData {
  /** Canonical form of the target. */
  readonly target: string;
  readonly term?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** What an event of each type carries. No member is ever null: left out where there is nothing to say. */
export interface EventData {
  'run.accepted': { readonly specDigest?: string; readonly planDigest?: string; readonly tasks: number };
  'run.started': { readonly tasks: number };
  /** `restarted`: tasks that are stopped, to be tried anew. */
  'run.replanned': {
    readonly previousDigest: string;
    readonly planDigest: string;
    readonly specDigest: string;
    readonly restarted: readonly string[];
  };
  'run.blocked': Said;
  'run.unblocked': Said;
  'run.suspended': { readonly action?: ActionReference; readonly reason?: string };
  'run.resumed': { readonly action?: ActionReference; readonly reason?: string; readonly suspendedMs: number };
  'run.cancelling': { readonly why: EndingWhy; readonly reason?: string };
  'run.succeeded': { readonly message?: string };
  'run.failed': Said & { readonly task?: string; readonly attempt?: number; readonly verdict?: VerdictExtract };
  'run.cancelled': { readonly why: EndingWhy; readonly reason?: string; readonly message?: string };
  'run.deleted': { readonly phase: RunPhase };
  /** One event for all that one pass skips for one reason: so the outbox has room for the end of a long run. */
  'task.skipped': { readonly tasks: readonly string[]; readonly reason: SkipReason; readonly message: string };
  /** Names of the outputs; their values are in the status only. */
  'task.succeeded': { readonly attempts: number; readonly outputs: readonly string[] };
  /** `verdict` only where no attempt's event has it (a `when` in error). */
  'task.failed': Said & { readonly attempts: number; readonly verdict?: VerdictExtract };
  'task.cancelled': Said;
  'attempt.starting': {
    readonly executor: string;
    readonly object?: ObjectReference;
    /** SHA-256 of what was rendered. */
    readonly specDigest?: string;
  };
  'attempt.started': { readonly object?: ObjectReference };
  'attempt.waiting': Said & { readonly subreason?: string; readonly failAt?: string };
  'attempt.stopping': {
    readonly why: StopWhy;
    readonly reason?: string;
    readonly message?: string;
    readonly object?: ObjectReference;
  };
  'attempt.succeeded': { readonly object?: ObjectReference; readonly stop?: StopReference };
  'attempt.failed': AttemptEnd;
  'attempt.cancelled': AttemptEnd;
  'attempt.backing-off': {
    readonly nextAttemptAt: string;
    readonly stage: Stage;
    /** The how-manieth retry this will be, of how many. */
    readonly retry: number;
    readonly limit: number;
  };
  'action.applied': AppliedOrRefused;
  'action.refused': AppliedOrRefused;
  'approval.requested': ApprovalData;
  'approval.granted': ApprovalData;
  'approval.rejected': ApprovalData;
  'approval.expired': ApprovalData;
  'lock.acquired': LockData;
  'lock.released': LockData;
  'lock.taken-over': LockData;
  'lock.lost': LockData;
  'target.blocked': LockData & { readonly verdict?: VerdictExtract };
  'target.cleared': LockData;
  'audit.backlogged': { readonly since: string; readonly message: string };
  'audit.resumed': { readonly since: string };
  'audit.forked': { readonly seq: number; readonly hash: string; readonly message?: string };
}

/** Events of an attempt name task and attempt, events of a task the task; those of a run may, where one is concerned. */
type Concerned<T extends AuditEventType> = T extends `attempt.${string}`
  ? { readonly task: string; readonly attempt: number }
  : T extends 'task.skipped'
    ? { readonly task?: never; readonly attempt?: never }
    : T extends `task.${string}` | `approval.${string}`
      ? { readonly task: string; readonly attempt?: number }
      : { readonly task?: string; readonly attempt?: number };

/** An event of one type before it is numbered and chained. */
export type DraftOf<T extends AuditEventType> = Concerned<T> & {
  readonly type: T;
  readonly actor: Actor;
  readonly data: EventData[T];
};

/** An event that was decided and is not yet numbered and chained. */
export type EventDraft = { [T in AuditEventType]: DraftOf<T> }[AuditEventType];

/** What of a verdict goes into the trail (design, "Sizes": at most 1 KiB, with the hash of the whole). */
export function extractVerdict(verdict: Verdict): VerdictExtract {
  return {
    reason: verdict.reason,
    ...(verdict.subreason === undefined ? {} : { subreason: clip(verdict.subreason, 64) }),
    stage: verdict.stage,
    effects: verdict.effects,
    retryable: verdict.retryable,
    ...(verdict.container === undefined ? {} : { container: clip(verdict.container, 63) }),
    ...(verdict.exitCode === undefined ? {} : { exitCode: verdict.exitCode }),
    ...(verdict.signal === undefined ? {} : { signal: verdict.signal }),
    message: clip(verdict.message, 240),
    digest: sha256Of(boundVerdict(verdict)),
  };
}
