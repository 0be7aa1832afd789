import type { RunPhase, TaskStateName } from '../../api/types.js';

/** The only transitions of a run's phase. Terminal is final. */
const RUN_TRANSITIONS: Readonly<Record<RunPhase, readonly RunPhase[]>> = {
  Pending: ['Blocked', 'Suspended', 'Running', 'Cancelling', 'Succeeded', 'Failed', 'Cancelled'],
  Blocked: ['Pending', 'Suspended', 'Running', 'Cancelling', 'Succeeded', 'Failed', 'Cancelled'],
  Suspended: ['Pending', 'Blocked', 'Running', 'Cancelling', 'Succeeded', 'Failed', 'Cancelled'],
  Running: ['Blocked', 'Suspended', 'Cancelling', 'Succeeded', 'Failed', 'Cancelled'],
  Cancelling: ['Blocked', 'Cancelled'],
  Succeeded: [],
  Failed: [],
  Cancelled: [],
};

/** The only transitions of a task. */
const TASK_TRANSITIONS: Readonly<Record<TaskStateName, readonly TaskStateName[]>> = {
  Waiting: ['Ready', 'Starting', 'Running', 'Failed', 'Skipped'],
  Ready: ['Waiting', 'Starting', 'Running', 'Failed', 'Skipped'],
  Starting: ['Running', 'Stopping', 'BackingOff', 'Succeeded', 'Failed', 'Cancelled'],
  Running: ['Stopping', 'BackingOff', 'Succeeded', 'Failed', 'Cancelled'],
  Stopping: ['Stopping', 'BackingOff', 'Succeeded', 'Failed', 'Cancelled'],
  BackingOff: ['Starting', 'Running', 'Failed', 'Cancelled'],
  Succeeded: [],
  Failed: [],
  Skipped: [],
  Cancelled: [],
};

/** A transition that the table does not know: a defect of ours, never a user's fault. */
export class ForbiddenTransitionError extends Error {
  readonly code = 'ForbiddenTransition';
  constructor(what: string, from: string, to: string) {
    super(`${what} may not go from ${from} to ${to}; this is a defect in Lockstep, nothing was changed`);
  }
}

/** The phases that nothing leaves, to look up what has not been read yet. */
export const TERMINAL_PHASES: ReadonlySet<unknown> = new Set(
  Object.entries(RUN_TRANSITIONS).flatMap(([phase, next]) => (next.length === 0 ? [phase] : [])),
);

export function isTerminalPhase(phase: RunPhase): phase is 'Succeeded' | 'Failed' | 'Cancelled' {
  return RUN_TRANSITIONS[phase].length === 0;
}

export function isTerminalState(state: TaskStateName): state is 'Succeeded' | 'Failed' | 'Skipped' | 'Cancelled' {
  return TASK_TRANSITIONS[state].length === 0;
}

/** @throws ForbiddenTransitionError unless the phase stays or the table allows the step. */
export function assertPhaseTransition(from: RunPhase, to: RunPhase): void {
  if (from !== to && !RUN_TRANSITIONS[from].includes(to)) throw new ForbiddenTransitionError('a run', from, to);
}

/** @throws ForbiddenTransitionError unless the table allows the step. */
export function assertTaskTransition(task: string, from: TaskStateName, to: TaskStateName): void {
  if (!TASK_TRANSITIONS[from].includes(to)) throw new ForbiddenTransitionError(`task ${task}`, from, to);
}
