import type { Instant } from '../../api/instant.js';
import { parseInstant } from '../../api/instant.js';
import type { RunState, TaskState } from '../../plan/run-state.js';

/**
 * The latest instant that a state tells of. Another leader's clock may be behind ours: a run's time never goes back
 * (design review C16).
 */
export function lastInstant(state: RunState): Instant {
  const run = [
    state.acceptedAt,
    state.startedAt,
    state.mainEndedAt,
    state.finishedAt,
    state.suspendedSince,
    state.ending?.at,
  ];
  // Also of events that are stored and no longer in the outbox.
  const told = state.audit.toldAt === undefined ? null : parseInstant(state.audit.toldAt);
  const events = state.audit.outbox.map((event) => parseInstant(event.time));
  return Math.max(...[...run, told, ...events, ...state.tasks.map(lastOfTask)].map((instant) => instant ?? 0));
}

function lastOfTask(task: TaskState): Instant {
  const ended = task.ended.at(-1)?.finishedAt ?? 0;
  const position = task.position;
  switch (position.state) {
    case 'Starting':
    case 'Running':
      return Math.max(ended, position.attempt.intentAt, position.attempt.startedAt ?? 0);
    case 'Stopping':
      return Math.max(ended, position.stop.at);
    case 'Succeeded':
    case 'Failed':
    case 'Skipped':
    case 'Cancelled':
      return Math.max(ended, position.endedAt);
    case 'Waiting':
    case 'Ready':
    case 'BackingOff':
      return ended;
  }
}
