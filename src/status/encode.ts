import { formatInstant } from '../api/instant.js';
import type { AttemptStatus, EngineStatus, TaskStatus } from '../api/types.js';
import type { EndedAttempt, LiveAttempt, RunState, TaskPosition, TaskState, Waiting } from '../plan/run-state.js';

/**
 * The wire form of a run's state; decodeStatus is its exact inverse. What is too long for the CRD is cut by fitStatus
 * before, not here.
 */
export function encodeStatus(state: RunState): EngineStatus {
  return {
    planVersion: state.planVersion,
    ...(state.plan === null ? {} : { plan: state.plan }),
    phase: state.phase,
    ...(state.reason === null ? {} : { reason: state.reason }),
    ...(state.message === null ? {} : { message: state.message }),
    acceptedAt: formatInstant(state.acceptedAt),
    ...(state.startedAt === null ? {} : { startedAt: formatInstant(state.startedAt) }),
    ...(state.mainEndedAt === null ? {} : { mainEndedAt: formatInstant(state.mainEndedAt) }),
    ...(state.finishedAt === null ? {} : { finishedAt: formatInstant(state.finishedAt) }),
    ...(state.suspendedSince === null ? {} : { suspendedSince: formatInstant(state.suspendedSince) }),
    suspendedMs: state.suspendedMs,
    ...(state.ending === null ? {} : { ending: { ...state.ending, at: formatInstant(state.ending.at) } }),
    ...(state.failure === null ? {} : { failure: encodeFailure(state.failure) }),
    tasks: state.tasks.map(encodeTask),
    actions: state.actions,
    audit: state.audit,
  };
}

function encodeFailure({ task, attempt }: NonNullable<RunState['failure']>): NonNullable<EngineStatus['failure']> {
  return attempt === null ? { task } : { task, attempt };
}

function encodeTask(task: TaskState): TaskStatus {
  const ended = task.ended.map(encodeEnded);
  return {
    name: task.name,
    group: task.group,
    state: task.position.state,
    ...positionFields(task.position),
    ...(task.waiting === null ? {} : { waitingBecause: encodeWaiting(task.waiting) }),
    retriesUsed: task.retriesUsed,
    ...(task.omitted === 0 ? {} : { attemptsOmitted: task.omitted }),
    attempts: 'attempt' in task.position ? [...ended, encodeLive(task.position)] : ended,
  };
}

type PositionFields = Pick<
  TaskStatus,
  'nextAttemptAt' | 'endedAt' | 'outputs' | 'verdict' | 'skipReason' | 'skipMessage'
>;

function positionFields(position: TaskPosition): PositionFields {
  switch (position.state) {
    case 'Waiting':
    case 'Ready':
    case 'Starting':
    case 'Running':
    case 'Stopping':
      return {};
    case 'BackingOff':
      return { nextAttemptAt: formatInstant(position.nextAttemptAt) };
    case 'Succeeded':
      return { endedAt: formatInstant(position.endedAt), outputs: position.outputs };
    case 'Failed':
      return {
        endedAt: formatInstant(position.endedAt),
        ...(position.verdict === null ? {} : { verdict: position.verdict }),
      };
    case 'Skipped':
      return {
        endedAt: formatInstant(position.endedAt),
        skipReason: position.reason,
        skipMessage: position.message,
      };
    case 'Cancelled':
      return { endedAt: formatInstant(position.endedAt) };
  }
}

function encodeWaiting(waiting: Waiting): NonNullable<TaskStatus['waitingBecause']> {
  return {
    reason: waiting.reason,
    ...(waiting.subreason === null ? {} : { subreason: waiting.subreason }),
    ...(waiting.brief === undefined ? {} : { brief: waiting.brief }),
    message: waiting.message,
    since: formatInstant(waiting.since),
    ...(waiting.failAt === null ? {} : { failAt: formatInstant(waiting.failAt) }),
  };
}

function encodeLive(position: Extract<TaskPosition, { readonly attempt: LiveAttempt }>): AttemptStatus {
  const attempt = encodeAttempt(position.attempt);
  if (position.state !== 'Stopping') return attempt;
  return { ...attempt, stop: encodeStop({ ...position.stop, confirmed: false }) };
}

function encodeEnded(attempt: EndedAttempt): AttemptStatus {
  const { result, stop } = attempt;
  return {
    ...encodeAttempt(attempt),
    finishedAt: formatInstant(attempt.finishedAt),
    ...(stop === null ? {} : { stop: encodeStop(stop) }),
    outcome: result.outcome,
    ...(result.outcome === 'Succeeded' ? {} : { verdict: result.verdict }),
  };
}

function encodeAttempt(attempt: LiveAttempt): AttemptStatus {
  const { object, seen } = attempt;
  return {
    number: attempt.number,
    executor: attempt.executor,
    ...(object === null ? {} : { object: encodeObject(object) }),
    intentAt: formatInstant(attempt.intentAt),
    ...(attempt.startedAt === null ? {} : { startedAt: formatInstant(attempt.startedAt) }),
    ...(attempt.endsAt === null ? {} : { endsAt: formatInstant(attempt.endsAt) }),
    ...(seen.started.length === 0 && seen.verdict === null ? {} : { seen: encodeSeen(seen) }),
    ...(attempt.definition === undefined ? {} : { definition: attempt.definition }),
  };
}

function encodeSeen(seen: LiveAttempt['seen']): NonNullable<AttemptStatus['seen']> {
  return { started: seen.started, ...(seen.verdict === null ? {} : { verdict: seen.verdict }) };
}

function encodeObject(object: NonNullable<LiveAttempt['object']>): NonNullable<AttemptStatus['object']> {
  const { apiVersion, kind, name, uid } = object;
  return { apiVersion, kind, name, ...(uid === null ? {} : { uid }) };
}

function encodeStop(stop: NonNullable<EndedAttempt['stop']>): NonNullable<AttemptStatus['stop']> {
  return {
    why: stop.why,
    at: formatInstant(stop.at),
    confirmed: stop.confirmed,
    ...(stop.assertedBy === null ? {} : { assertedBy: stop.assertedBy }),
  };
}
