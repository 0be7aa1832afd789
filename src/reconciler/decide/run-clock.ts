import type { Instant } from '../../api/instant.js';
import type { Plan } from '../../plan/plan.js';
import type { RunState, TaskState } from '../../plan/run-state.js';

/** True while an attempt of the task may run. */
export function isLive(task: TaskState): boolean {
  const { state } = task.position;
  return state === 'Starting' || state === 'Running' || state === 'Stopping';
}

/**
 * Milliseconds that count as suspended up to `now`: while the run was held and nothing of it was live any more. What
 * still runs after a Suspend goes on at the run's expense.
 */
export function suspendedMs(state: RunState, now: Instant): number {
  if (state.suspendedSince === null || state.tasks.some(isLive)) return state.suspendedMs;
  const lastEnd = Math.max(0, ...state.tasks.map((task) => task.ended.at(-1)?.finishedAt ?? 0));
  return state.suspendedMs + Math.max(0, now - Math.max(state.suspendedSince, lastEnd));
}

/**
 * When the run's own bound is passed, or null: it has none, has not begun, is over but for `finally`, or its time
 * stands still because it is suspended.
 */
export function runDeadline(plan: Plan, state: RunState, now: Instant): Instant | null {
  if (plan.timeoutMs === null || state.startedAt === null || state.mainEndedAt !== null) return null;
  if (state.suspendedSince !== null && !state.tasks.some(isLive)) return null;
  return state.startedAt + plan.timeoutMs + suspendedMs(state, now);
}
