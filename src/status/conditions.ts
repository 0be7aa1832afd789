import { clip } from '../api/clip.js';
import type { FieldProblem } from '../api/field-problem.js';
import { type Instant, formatSeconds } from '../api/instant.js';
import type { Condition, RunPhase } from '../api/types.js';
import type { RunState } from '../plan/run-state.js';
import type { KindCondition } from '../plan/translator.js';

export type ConditionType = 'Ready' | 'Reconciling' | 'Stalled' | 'Finished' | 'Suspended' | 'AuditBacklogged';

/**
 * Reasons for which a run that is not over cannot go on unless a person does something. It is Stalled then, since
 * kstatus, and who waits by it, would wait for ever.
 */
const NEEDS_PERSON = [
  'NotConfirmedStopped',
  'HistoryFork',
  'UnknownPhase',
  'RestoredCopy',
  'PlanChanged',
  'StatusRejected',
] as const;

export interface ConditionContext {
  readonly previous: readonly Condition[];
  /** Of the resource as it was decided on. */
  readonly generation: number;
  readonly now: Instant;
  /** What only this kind has (Translator.conditions). */
  readonly kind?: readonly KindCondition[];
}

/** Of a condition, in characters. */
const MESSAGE_MAX = 500;

interface Finding {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

type Findings = Readonly<Partial<Record<ConditionType, Finding>>>;

/** Conditions of the object, whoever knows of them. */
type Found = Readonly<Record<string, Finding>>;

/**
 * What a run's state means in the words of kstatus and `kubectl wait`, and in the kind's own. `backlog`: why the audit
 * store takes nothing, or null. Conditions that were set once stay; the time of a transition moves only with its status.
 */
export function conditionsOf(state: RunState, backlog: string | null, context: ConditionContext): readonly Condition[] {
  const { previous, kind = [] } = context;
  return merge({ ...kindFindings(kind, previous), ...findings(state, backlog, previous) }, context);
}

/** A kind's conditions; they cannot take the place of those that every run has. */
function kindFindings(conditions: readonly KindCondition[], previous: readonly Condition[]): Found {
  return Object.fromEntries(
    conditions
      .filter(({ type, onlyIfSet }) => onlyIfSet !== true || wasSet(previous, type))
      .map(({ type, status, reason, message }) => [type, { status, reason, message }]),
  );
}

/** Conditions of a run whose status this version cannot read: a person is needed, nothing else is known. */
export function unreadableConditions(
  problems: readonly FieldProblem[],
  context: ConditionContext,
): readonly Condition[] {
  const faults = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return stalledConditions(
    { reason: 'UnknownPhase', message: `nothing is done for this run: its status cannot be read: ${faults}` },
    context,
  );
}

/** Conditions of a run that is left alone, for a reason that its state does not hold. */
export function stalledConditions(
  { reason, message }: { readonly reason: (typeof NEEDS_PERSON)[number]; readonly message: string },
  context: ConditionContext,
): readonly Condition[] {
  const found = { reason, message: asToldBefore({ reason, message }, context.previous) };
  return merge({ Reconciling: { status: 'False', ...found }, Stalled: { status: 'True', ...found } }, context);
}

/**
 * An API server's refusal may name numbers that are others each time, such as the instant that it refuses: what was told
 * first stands, or each pass would write, and each write bring the next pass.
 */
function asToldBefore({ reason, message }: Omit<Finding, 'status'>, previous: readonly Condition[]): string {
  const before = previous.find(({ type }) => type === 'Stalled');
  if (before?.status !== 'True' || before.reason !== reason) return message;
  return withoutNumbers(before.message) === withoutNumbers(clip(message, MESSAGE_MAX)) ? before.message : message;
}

function withoutNumbers(text: string): string {
  return text.replace(/[0-9]+/g, '0');
}

function findings(state: RunState, backlog: string | null, previous: readonly Condition[]): Findings {
  const { phase } = state;
  const message = state.message ?? '';
  const final = isFinal(phase);
  const person = !final && needsPerson(state.reason);
  const stalled = phase === 'Failed' || phase === 'Cancelled' || person;
  const word = state.reason ?? phase;
  return {
    Ready: { status: flag(phase === 'Succeeded'), reason: phase === 'Succeeded' ? phase : word, message },
    Reconciling: { status: flag(!final && !person), reason: person ? word : phase, message },
    Stalled: { status: flag(stalled), reason: stalled ? word : 'NotStalled', message: stalled ? message : '' },
    Finished: { status: flag(final), reason: phase, message },
    ...suspendedFinding(state, previous),
    ...backlogFinding(state, backlog, previous),
  };
}

function suspendedFinding(state: RunState, previous: readonly Condition[]): Findings {
  const suspended = state.suspendedSince !== null && !isFinal(state.phase);
  if (!suspended && !wasSet(previous, 'Suspended')) return {};
  const message = suspended ? 'nothing new starts until a WorkflowAction Resume' : '';
  return { Suspended: { status: flag(suspended), reason: suspended ? 'Suspended' : 'NotSuspended', message } };
}

function backlogFinding(state: RunState, backlog: string | null, previous: readonly Condition[]): Findings {
  const full = state.reason === 'AuditBacklogged';
  const unstored = state.audit.outbox.length > 0;
  const owed = backlog !== null && unstored;
  const before = previous.find((condition) => condition.type === 'AuditBacklogged');
  if (!full && !owed) {
    if (before === undefined) return {};
    // Two controllers may be at work: only what left the outbox proves that the store keeps up, or they would take the
    // condition from each other for ever.
    if (before.status === 'True' && unstored) return { AuditBacklogged: { ...before, status: 'True' } };
    return { AuditBacklogged: { status: 'False', reason: 'StoreKeepsUp', message: '' } };
  }
  const reason = backlog === null ? 'OutboxFull' : 'StoreUnavailable';
  // What was said first stands, for the same reason: each controller would name its own first failure.
  const message =
    before?.status === 'True' && before.reason === reason ? before.message : (backlog ?? state.message ?? '');
  return { AuditBacklogged: { status: 'True', reason, message } };
}

function merge(found: Found, { previous, generation, now }: ConditionContext): readonly Condition[] {
  const others = previous.filter((condition) => !Object.hasOwn(found, condition.type));
  const ours = Object.entries(found).map(([type, finding]): Condition => {
    const before = previous.find((condition) => condition.type === type);
    const since = before?.status === finding.status ? before.lastTransitionTime : formatSeconds(now);
    return {
      type,
      status: finding.status,
      observedGeneration: generation,
      lastTransitionTime: since,
      reason: clip(finding.reason, 60),
      message: clip(finding.message, MESSAGE_MAX),
    };
  });
  return [...ours, ...others].slice(0, 16);
}

function wasSet(previous: readonly Condition[], type: string): boolean {
  return previous.some((condition) => condition.type === type);
}

function needsPerson(reason: string | null): boolean {
  return NEEDS_PERSON.some((known) => known === reason);
}

function isFinal(phase: RunPhase): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Cancelled';
}

function flag(value: boolean): 'True' | 'False' {
  return value ? 'True' : 'False';
}
