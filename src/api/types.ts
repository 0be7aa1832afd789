import type { components } from './generated/crds.js';
import type { ObjectMeta } from './kube.js';

type Schemas = components['schemas'];

/** The API's kinds, generated from crds/. `metadata` is replaced, since a CRD says nothing of it. */
export type WorkflowExecution = Omit<Schemas['WorkflowExecution'], 'metadata'> & { readonly metadata: ObjectMeta };
export type WorkflowAction = Omit<Schemas['WorkflowAction'], 'metadata'> & { readonly metadata: ObjectMeta };
export type SequentialJob = Omit<Schemas['SequentialJob'], 'metadata'> & { readonly metadata: ObjectMeta };

export type ExecutionSpec = WorkflowExecution['spec'];
export type ExecutionStatus = NonNullable<WorkflowExecution['status']>;
export type SequentialJobStatus = NonNullable<SequentialJob['status']>;
export type Step = ExecutionSpec['steps'][number];
export type Parameter = NonNullable<ExecutionSpec['parameters']>[number];

export type ActionSpec = WorkflowAction['spec'];
export type ActionVerb = ActionSpec['verb'];

/** The engine's part of a status, on the wire; its domain form is RunState (src/plan/run-state.ts). */
export type EngineStatus = Schemas['EngineStatus'];
export type TaskStatus = EngineStatus['tasks'][number];
export type AttemptStatus = TaskStatus['attempts'][number];

export type RunPhase = EngineStatus['phase'];
export type TaskStateName = TaskStatus['state'];
export type SkipReason = NonNullable<TaskStatus['skipReason']>;
export type StopWhy = NonNullable<AttemptStatus['stop']>['why'];
export type EndingWhy = NonNullable<EngineStatus['ending']>['why'];
export type AppliedAction = EngineStatus['actions'][number];

/** What is concluded about a failed attempt (design, "Failures"). The vocabulary is docs/failures.md. */
export type Verdict = NonNullable<AttemptStatus['verdict']>;
export type Reason = Verdict['reason'];
export type Stage = Verdict['stage'];
export type Effects = Verdict['effects'];
export type Confidence = Verdict['confidence'];
export type EvidenceItem = Verdict['evidence'][number];

/** One event of the audit trail, as it stands in the outbox and in the store. */
export type AuditEvent = EngineStatus['audit']['outbox'][number];
export type AuditEventType = AuditEvent['type'];
export type Actor = AuditEvent['actor'];
export type Subject = AuditEvent['subject'];

export type Condition = NonNullable<ExecutionStatus['conditions']>[number];
