import { sha256Of } from '../api/digest.js';
import type { Plan } from './plan.js';
import { isOver } from './ready-set.js';
import type { RunState, TaskState } from './run-state.js';

/**
 * What an attempt of a task is started from, as `sha256:` and hex: two definitions are equal where the same object would
 * be made. Bounds, retries and the place in the plan are no part of it: they may change while the attempt lives.
 * Undefined where the plan has no such task.
 */
export function definitionOf(plan: Plan, name: string): string | undefined {
  const task = plan.tasks.find((candidate) => candidate.name === name);
  if (task === undefined) return undefined;
  const { executor, input } = task;
  return sha256Of({ executor, input, serviceAccountName: plan.serviceAccountName });
}

/** Tasks that live, and that a plan would start from something else now. */
export function changedLive(plan: Plan, state: RunState): readonly string[] {
  return state.tasks.filter((task) => 'attempt' in task.position && isChanged(plan, task)).map(({ name }) => name);
}

/** Tasks that have succeeded, and that a plan would start from something else now. */
export function changedSucceeded(plan: Plan, state: RunState): readonly string[] {
  return state.tasks
    .filter((task) => task.position.state === 'Succeeded' && isChanged(plan, task))
    .map(({ name }) => name);
}

/** True where an attempt of the task was started, or the task has ended. */
export function hasBegun({ position, ended }: TaskState): boolean {
  return 'attempt' in position || ended.length > 0 || (isOver(position) && position.state !== 'Skipped');
}

function isChanged(plan: Plan, { name, position, ended }: TaskState): boolean {
  const attempt = 'attempt' in position ? position.attempt : ended.at(-1);
  return attempt?.definition !== undefined && attempt.definition !== definitionOf(plan, name);
}
