import type {
  ActionVerb,
  Actor,
  AppliedAction,
  AuditEventType,
  Confidence,
  Effects,
  EndingWhy,
  Reason,
  RunPhase,
  SkipReason,
  Stage,
  StopWhy,
  TaskStateName,
} from '../api/types.js';

// The closed lists of the wire, as values. The compiler refuses a list that is not the CRD's.

type Words<W extends string> = Readonly<Record<W, true>>;

export const PHASES: Words<RunPhase> = {
  Pending: true,
  Blocked: true,
  Suspended: true,
  Running: true,
  Cancelling: true,
  Succeeded: true,
  Failed: true,
  Cancelled: true,
};

export const TASK_STATES: Words<TaskStateName> = {
  Waiting: true,
  Ready: true,
  Starting: true,
  Running: true,
  Stopping: true,
  BackingOff: true,
  Succeeded: true,
  Failed: true,
  Skipped: true,
  Cancelled: true,
};

export const GROUPS: Words<'main' | 'finally'> = { main: true, finally: true };
export const OUTCOMES: Words<'Succeeded' | 'Failed' | 'Cancelled'> = { Succeeded: true, Failed: true, Cancelled: true };
export const SKIP_REASONS: Words<SkipReason> = { UpstreamFailed: true, Condition: true, RunEnding: true };

export const ENDING_WHYS: Words<EndingWhy> = {
  Cancel: true,
  Terminate: true,
  Delete: true,
  Timeout: true,
  StepFailed: true,
  PlanInvalid: true,
};

export const STOP_WHYS: Words<StopWhy> = {
  Cancel: true,
  Terminate: true,
  Delete: true,
  RunTimeout: true,
  StartTimeout: true,
  RunBound: true,
  FailFast: true,
  SiblingFailed: true,
  ExternallyDeleted: true,
  SpecChanged: true,
};

export const VERBS: Words<ActionVerb> = {
  Cancel: true,
  Terminate: true,
  Suspend: true,
  Resume: true,
  AssertStopped: true,
};

export const ACTION_RESULTS: Words<AppliedAction['result']> = { Applied: true, Refused: true };
export const ACTOR_KINDS: Words<Actor['kind']> = { User: true, Controller: true, Kubernetes: true };
export const STAGES: Words<Stage> = { PreExecution: true, Execution: true, Infrastructure: true };
export const EFFECTS: Words<Effects> = { None: true, InitOnly: true, Possible: true, Unknown: true };
export const CONFIDENCES: Words<Confidence> = { Certain: true, Likely: true, None: true };

export const REASONS: Words<Reason> = {
  AdmissionRejected: true,
  ApiServerError: true,
  Cancelled: true,
  ConfigurationError: true,
  ContainerCannotRun: true,
  DeadlineExceeded: true,
  Evicted: true,
  Forbidden: true,
  ImagePull: true,
  InitContainerFailed: true,
  NodeLost: true,
  OOMKilled: true,
  Preempted: true,
  ProbeFailed: true,
  QuotaExceeded: true,
  ResourceConflict: true,
  SandboxFailed: true,
  TaskFailed: true,
  Unknown: true,
  Unschedulable: true,
  VolumeMount: true,
};

export const EVENT_TYPES: Words<AuditEventType> = {
  'run.accepted': true,
  'run.started': true,
  'run.replanned': true,
  'run.blocked': true,
  'run.unblocked': true,
  'run.suspended': true,
  'run.resumed': true,
  'run.cancelling': true,
  'run.succeeded': true,
  'run.failed': true,
  'run.cancelled': true,
  'run.deleted': true,
  'task.skipped': true,
  'task.succeeded': true,
  'task.failed': true,
  'task.cancelled': true,
  'attempt.starting': true,
  'attempt.started': true,
  'attempt.waiting': true,
  'attempt.stopping': true,
  'attempt.succeeded': true,
  'attempt.failed': true,
  'attempt.cancelled': true,
  'attempt.backing-off': true,
  'action.applied': true,
  'action.refused': true,
  'approval.requested': true,
  'approval.granted': true,
  'approval.rejected': true,
  'approval.expired': true,
  'lock.acquired': true,
  'lock.released': true,
  'lock.taken-over': true,
  'lock.lost': true,
  'target.blocked': true,
  'target.cleared': true,
  'audit.backlogged': true,
  'audit.resumed': true,
  'audit.forked': true,
};
