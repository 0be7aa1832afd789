import type { Instant } from '../../api/instant.js';
import { indexPlan } from '../../plan/plan-index.js';
import type { Plan, PlannedTask } from '../../plan/plan.js';
import type { RunState, TaskState } from '../../plan/run-state.js';
import type { DecideInput } from './input.js';
import { ABSENCE_AFTER_MS, PROGRESS_AFTER_MS, WAITING_REWRITE_MS } from './intervals.js';
import { isTerminalPhase } from './phases.js';
import { runDeadline } from './run-clock.js';

/** When to decide again although nothing happens: the earliest instant at which something would be decided. */
export function wakeUp(plan: Plan, state: RunState, input: DecideInput): Instant | null {
  if (isTerminalPhase(state.phase)) {
    const expiry = state.finishedAt === null || plan.ttlMs === null ? null : state.finishedAt + plan.ttlMs;
    // One that is past and still owes something waits for that: it would come again at once, without end.
    return expiry !== null && expiry > input.now ? expiry : null;
  }
  const instants = [runDeadline(plan, state, input.now)];
  const { byName } = indexPlan(plan);
  for (const task of state.tasks) {
    const of = byName.get(task.name);
    if (of !== undefined) instants.push(...taskInstants(task, of, input));
  }
  // What is due already was decided just now, or waits for something that happens (room, a free place, a person).
  const future = instants.filter((instant) => instant !== null && instant > input.now);
  // A backoff goes by the clock, also while the run's time stands still because that of the last controller was ahead.
  const retries = state.suspendedSince === null ? retryInstants(state).filter((instant) => instant > input.clock) : [];
  const all = [...future, ...retries];
  return all.length === 0 ? null : Math.min(...all.map((instant) => instant ?? Infinity));
}

function retryInstants(state: RunState): Instant[] {
  return state.tasks.flatMap(({ position }) => (position.state === 'BackingOff' ? [position.nextAttemptAt] : []));
}

function taskInstants(task: TaskState, planned: PlannedTask, input: DecideInput): (Instant | null)[] {
  const { position, waiting } = task;
  const { startMs, runMs, stopMs } = planned.timeouts;
  switch (position.state) {
    case 'Starting': {
      const { intentAt } = position.attempt;
      return [
        intentAt + PROGRESS_AFTER_MS,
        intentAt + startMs,
        waiting?.failAt ?? null,
        waiting && waiting.since + WAITING_REWRITE_MS,
      ];
    }
    case 'Running': {
      const { startedAt, endsAt } = position.attempt;
      if (endsAt !== null) return [endsAt];
      return [
        startedAt === null ? null : startedAt + runMs,
        waiting?.failAt ?? null,
        waiting && waiting.since + WAITING_REWRITE_MS,
      ];
    }
    case 'Stopping': {
      const absent = input.observations.get(task.name)?.kind === 'NotThere';
      return [position.stop.at + stopMs, absent ? position.stop.at + ABSENCE_AFTER_MS : null];
    }
    case 'BackingOff':
    case 'Waiting':
    case 'Ready':
    case 'Succeeded':
    case 'Failed':
    case 'Skipped':
    case 'Cancelled':
      return [];
  }
}
