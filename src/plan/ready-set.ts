import type { TaskStateName } from '../api/types.js';
import type { Plan, PlannedTask } from './plan.js';
import type { TaskState } from './run-state.js';

/** What a plan calls for, given where its tasks stand. */
export interface NextSteps {
  /** May begin now, in the order of the plan; limits (parallelism, room) are the caller's. */
  readonly ready: readonly string[];
  /** Will never begin, because something before them did not end well. */
  readonly skip: readonly { readonly task: string; readonly message: string }[];
  /** All main tasks are over. */
  readonly mainEnded: boolean;
}

/** How an ended dependency bears on what depends on it (design, "Ends of a DAG"). */
type Bearing = 'satisfied' | 'failed' | 'open';

/**
 * Ready set and skips of a plan. A dependency that was skipped by its condition is satisfied, one that failed, was
 * cancelled or skipped for something upstream is not. With FailFast and CancelRunning the first failure of a main task
 * skips all main tasks that have not begun. `finally` tasks wait for the end of all main tasks and run one after the
 * other, whatever the one before came to.
 */
export function nextSteps(plan: Plan, tasks: readonly TaskState[]): NextSteps {
  const states = new Map(tasks.map((task) => [task.name, task]));
  const mainEnded = tasks.every((task) => task.group === 'finally' || isOver(task.position.state));
  const failed = plan.onFailure === 'Continue' ? undefined : tasks.find(isFailedMain);
  const ready: string[] = [];
  const skip: { task: string; message: string }[] = [];
  const skipped = new Set<string>();
  for (const planned of plan.tasks) {
    const state = states.get(planned.name)?.position.state;
    if (state !== 'Waiting' && state !== 'Ready') continue;
    const blocker = blockerOf(planned, states, skipped) ?? (planned.group === 'main' ? failed?.name : undefined);
    if (blocker !== undefined) {
      skipped.add(planned.name);
      skip.push({ task: planned.name, message: `step ${blocker} did not succeed` });
    } else if (isReady(planned, states, mainEnded)) {
      ready.push(planned.name);
    }
  }
  return { ready, skip, mainEnded };
}

/** The first dependency that can never be satisfied any more. Only main tasks have such. */
function blockerOf(planned: PlannedTask, states: ReadonlyMap<string, TaskState>, skipped: ReadonlySet<string>): string | undefined {
  if (planned.group === 'finally') return undefined;
  return planned.dependsOn.find((name) => skipped.has(name) || bearingOf(states.get(name)) === 'failed');
}

function isReady(planned: PlannedTask, states: ReadonlyMap<string, TaskState>, mainEnded: boolean): boolean {
  if (planned.group === 'finally') {
    return mainEnded && planned.dependsOn.every((name) => bearingOf(states.get(name)) !== 'open');
  }
  return planned.dependsOn.every((name) => bearingOf(states.get(name)) === 'satisfied');
}

function bearingOf(task: TaskState | undefined): Bearing {
  if (task === undefined) return 'open';
  const { position } = task;
  switch (position.state) {
    case 'Succeeded':
      return 'satisfied';
    case 'Skipped':
      return position.reason === 'Condition' ? 'satisfied' : 'failed';
    case 'Failed':
    case 'Cancelled':
      return 'failed';
    case 'Waiting':
    case 'Ready':
    case 'Starting':
    case 'Running':
    case 'Stopping':
    case 'BackingOff':
      return 'open';
  }
}

function isFailedMain(task: TaskState): boolean {
  return task.group === 'main' && task.position.state === 'Failed';
}

function isOver(state: TaskStateName): boolean {
  return state === 'Succeeded' || state === 'Failed' || state === 'Skipped' || state === 'Cancelled';
}
