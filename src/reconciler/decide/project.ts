import type { RunPhase, Verdict } from '../../api/types.js';
import { formatDuration } from '../../api/duration.js';
import { formatInstant } from '../../api/instant.js';
import { CONTROLLER_ACTOR, extractVerdict } from '../../audit/event.js';
import type { RunState, TaskState } from '../../plan/run-state.js';
import type { Draft } from './draft.js';
import { isRequested } from './ending.js';
import { runTimeoutMessage } from './own-verdicts.js';
import { assertPhaseTransition, isTerminalPhase, isTerminalState } from './phases.js';
import { roomForAttempt } from './room.js';
import { isLive } from './run-clock.js';

interface Projection {
  readonly phase: RunPhase;
  readonly reason: string | null;
  readonly message: string | null;
}

/** The phase is a projection of the tasks; the table checks it, it does not choose it (design review C15). */
export function projectPhase(draft: Draft): void {
  const { phase, reason, message } = draft.state;
  const next = project(draft);
  if (next.phase === phase && next.reason === reason && next.message === message) return;
  assertPhaseTransition(phase, next.phase);
  draft.update(next);
  tellUnblocked(draft, { phase, reason, message });
  tellBacklog(draft, reason, next);
  if (next.phase !== phase && isTerminalPhase(next.phase)) finish(draft, next);
}

function project(draft: Draft): Projection {
  const over = draft.state.tasks.every((task) => isTerminalState(task.position.state));
  // Once the run is being ended nothing is to come whose beginning a watcher would have to see.
  const shown = !draft.plan.stepwise || !draft.boundary || draft.state.ending !== null;
  return over && shown ? terminal(draft) : live(draft);
}

function terminal(draft: Draft): Projection {
  const { ending, tasks } = draft.state;
  if (ending !== null && isRequested(ending.why)) {
    return { phase: 'Cancelled', reason: ending.why, message: ending.reason === '' ? null : ending.reason };
  }
  const verdict = decidingVerdict(draft.state);
  if (verdict !== null) return { phase: 'Failed', reason: verdict.reason, message: verdict.message };
  if (ending?.why === 'Timeout') {
    return { phase: 'Failed', reason: 'DeadlineExceeded', message: runTimeoutMessage(draft.plan.timeoutMs ?? 0) };
  }
  const cancelled = tasks.find((task) => task.position.state === 'Cancelled');
  if (cancelled !== undefined)
    return { phase: 'Failed', reason: 'Cancelled', message: `step ${cancelled.name} was cancelled` };
  return { phase: 'Succeeded', reason: null, message: null };
}

function live(draft: Draft): Projection {
  const { ending, suspendedSince, startedAt, tasks } = draft.state;
  const held = holdReason(draft);
  if (ending !== null && isRequested(ending.why))
    return { phase: 'Cancelling', reason: held?.reason ?? ending.why, message: held?.message ?? null };
  if (suspendedSince !== null && !tasks.some(isLive)) return { phase: 'Suspended', reason: 'Suspended', message: null };
  const phase = startedAt === null ? 'Pending' : 'Running';
  if (held !== null) return { phase, ...held };
  const waiting = tasks.find((task) => task.waiting !== null)?.waiting ?? null;
  if (waiting !== null) return { phase, reason: waiting.reason, message: waiting.message };
  return { phase, reason: backingOffReason(tasks), message: null };
}

/** Why a person is needed, or why nothing new starts. */
function holdReason(draft: Draft): { reason: string; message: string } | null {
  for (const task of draft.state.tasks) {
    const { position } = task;
    if (position.state !== 'Stopping') continue;
    const { stopMs } = draft.planned(task.name).timeouts;
    if (draft.now < position.stop.at + stopMs) continue;
    const object = position.attempt.object;
    return {
      reason: 'NotConfirmedStopped',
      message: `step ${task.name}: ${object?.kind ?? 'its attempt'} ${object?.name ?? ''} did not confirm within ${formatDuration(stopMs)} that it stopped; make sure that it is stopped, then create a WorkflowAction AssertStopped for the step`,
    };
  }
  if (!roomForAttempt(draft) && draft.state.tasks.some((task) => task.position.state === 'Ready')) {
    return {
      reason: 'AuditBacklogged',
      message: `nothing new starts until the audit trail is stored${draft.input.backlog === null ? '' : `: ${draft.input.backlog}`}`,
    };
  }
  return null;
}

function backingOffReason(tasks: readonly TaskState[]): string | null {
  const task = tasks.find((candidate) => candidate.position.state === 'BackingOff');
  const last = task?.ended.at(-1);
  // That it is tried anew with another definition is no trouble.
  if (last === undefined || last.result.outcome === 'Succeeded' || last.stop?.why === 'SpecChanged') return null;
  return last.result.verdict.reason;
}

/** The verdict of the failure that the run is remembered for. */
export function decidingVerdict(state: RunState): Verdict | null {
  if (state.failure === null) return null;
  const { task: name, attempt } = state.failure;
  const task = state.tasks.find((candidate) => candidate.name === name);
  if (task === undefined) return null;
  if (task.position.state === 'Failed' && task.position.verdict !== null) return task.position.verdict;
  const ended = task.ended.find((candidate) => candidate.number === attempt);
  return ended === undefined || ended.result.outcome === 'Succeeded' ? null : ended.result.verdict;
}

/** Tells that a run that was left alone goes on. */
function tellUnblocked(draft: Draft, before: Projection): void {
  if (before.phase !== 'Blocked') return;
  const data = { reason: before.reason ?? 'Blocked', message: 'what it was left alone for is repaired' };
  draft.record({ type: 'run.unblocked', actor: CONTROLLER_ACTOR, data });
}

/** Tells when starts begin to be held for want of room in the outbox, and when no more. */
function tellBacklog(draft: Draft, before: string | null, after: Projection): void {
  if (before === after.reason) return;
  if (after.reason === 'AuditBacklogged') {
    draft.record({
      type: 'audit.backlogged',
      actor: CONTROLLER_ACTOR,
      data: { since: formatInstant(draft.now), message: after.message ?? '' },
    });
  } else if (before === 'AuditBacklogged') {
    const begun = draft.state.audit.outbox.findLast((event) => event.type === 'audit.backlogged');
    draft.record({
      type: 'audit.resumed',
      actor: CONTROLLER_ACTOR,
      data: { since: begun?.time ?? formatInstant(draft.now) },
    });
  }
}

function finish(draft: Draft, { phase, reason, message }: Projection): void {
  draft.flushSkips();
  draft.update({ finishedAt: draft.now, mainEndedAt: draft.state.mainEndedAt ?? draft.now });
  const { ending, failure } = draft.state;
  if (phase === 'Succeeded') {
    draft.record({ type: 'run.succeeded', actor: CONTROLLER_ACTOR, data: {} });
  } else if (phase === 'Cancelled' && ending !== null) {
    draft.record({
      type: 'run.cancelled',
      actor: ending.actor,
      data: { why: ending.why, ...(ending.reason === '' ? {} : { reason: ending.reason }) },
    });
  } else {
    const verdict = decidingVerdict(draft.state);
    draft.record({
      type: 'run.failed',
      actor: CONTROLLER_ACTOR,
      ...(failure === null ? {} : { task: failure.task }),
      data: {
        reason: reason ?? 'Unknown',
        message: message ?? '',
        ...(verdict === null ? {} : { verdict: extractVerdict(verdict) }),
      },
    });
  }
}
