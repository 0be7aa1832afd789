import type { Instant } from '../api/instant.js';
import type { SummaryAttempt, SummaryInput, SummaryStep } from '../failure/index.js';
import type { PlannedTask } from '../plan/plan.js';
import type { EndedAttempt, LiveAttempt, RunState, TaskState } from '../plan/run-state.js';
import type { ReadRun } from './read-run.js';

/** What the failure room makes a summary of, from what the status holds. */
export function summaryInput(run: ReadRun, now: Instant): SummaryInput {
  const { kind, state, plan, object } = run;
  const { metadata } = object;
  return {
    run: { kind: kind.translator.kind, namespace: metadata.namespace ?? '', name: metadata.name },
    phase: state?.phase ?? 'Pending',
    acceptedAt: state?.acceptedAt ?? now,
    startedAt: state?.startedAt ?? null,
    finishedAt: state?.finishedAt ?? null,
    now,
    reason: state?.reason ?? null,
    message: state?.message ?? null,
    ending: endingOf(state),
    failure: state?.failure ? { step: state.failure.task, attempt: state.failure.attempt } : null,
    ...(plan?.onCall === undefined ? {} : { onCall: plan.onCall }),
    steps: (plan?.tasks ?? []).flatMap((planned) => {
      const task = state?.tasks.find((one) => one.name === planned.name);
      return task === undefined ? [] : [stepOf(planned, task)];
    }),
  };
}

function endingOf(state: RunState | null): SummaryInput['ending'] {
  if (state === null || state.ending === null) return null;
  const { why, actor, reason, at } = state.ending;
  // What a failed step or a bad spec brings about is told by the failure itself.
  if (why === 'StepFailed' || why === 'PlanInvalid') return null;
  return { why, by: actor.name, reason, at };
}

function stepOf(planned: PlannedTask, task: TaskState): SummaryStep {
  const { position, waiting } = task;
  return {
    name: task.name,
    group: task.group,
    state: position.state,
    idempotent: planned.idempotent,
    retry: planned.retry,
    retriesUsed: task.retriesUsed,
    attempts: [...task.ended.map(endedAttempt), ...('attempt' in position ? [liveAttempt(position.attempt)] : [])],
    omitted: task.omitted,
    verdict: position.state === 'Failed' ? position.verdict : null,
    waiting: waiting && {
      reason: waiting.reason,
      ...(waiting.brief === undefined ? {} : { brief: waiting.brief }),
      message: waiting.message,
      since: waiting.since,
      failAt: waiting.failAt,
    },
    nextAttemptAt: position.state === 'BackingOff' ? position.nextAttemptAt : null,
    skip: position.state === 'Skipped' ? { reason: position.reason, message: position.message } : null,
    endedAt: 'endedAt' in position ? position.endedAt : null,
    ...(planned.onCall === undefined ? {} : { onCall: planned.onCall }),
  };
}

function endedAttempt(attempt: EndedAttempt): SummaryAttempt {
  const { result } = attempt;
  return {
    ...common(attempt),
    finishedAt: attempt.finishedAt,
    outcome: result.outcome,
    verdict: result.outcome === 'Succeeded' ? null : result.verdict,
  };
}

function liveAttempt(attempt: LiveAttempt): SummaryAttempt {
  return { ...common(attempt), finishedAt: null, outcome: null, verdict: null };
}

function common(attempt: LiveAttempt): Pick<SummaryAttempt, 'number' | 'object' | 'intentAt' | 'startedAt'> {
  return {
    number: attempt.number,
    object: attempt.object && `${attempt.object.kind}/${attempt.object.name}`,
    intentAt: attempt.intentAt,
    startedAt: attempt.startedAt,
  };
}
