import type { SkipReason, Verdict } from '../../api/types.js';
import { CONTROLLER_ACTOR, extractVerdict } from '../../audit/event.js';
import type { Outputs } from '../../plan/plan.js';
import type { TaskState } from '../../plan/run-state.js';
import type { Draft } from './draft.js';

export function succeedTask(draft: Draft, name: string, outputs: Outputs, change: Partial<TaskState>): void {
  draft.move(name, { state: 'Succeeded', endedAt: draft.now, outputs }, change);
  draft.record({
    type: 'task.succeeded',
    task: name,
    actor: CONTROLLER_ACTOR,
    data: { attempts: attemptsOf(draft, name), outputs: Object.keys(outputs) },
  });
}

interface TaskFailure {
  /** Null: the task failed before it had an attempt. */
  readonly attempt: number | null;
  readonly verdict: Verdict;
  /** True: the last ended attempt holds the verdict. */
  readonly recorded: boolean;
}

/** Fails a task; the first failure is the one that the run will be remembered for. */
export function failTask(draft: Draft, name: string, failure: TaskFailure, change: Partial<TaskState> = {}): void {
  const { attempt, verdict, recorded } = failure;
  draft.boundary = true;
  draft.move(name, { state: 'Failed', endedAt: draft.now, verdict: recorded ? null : verdict }, change);
  draft.record({
    type: 'task.failed',
    task: name,
    actor: CONTROLLER_ACTOR,
    data: {
      reason: verdict.reason,
      message: verdict.message,
      attempts: attemptsOf(draft, name),
      ...(recorded ? {} : { verdict: extractVerdict(verdict) }),
    },
  });
  if (draft.state.failure === null) draft.update({ failure: { task: name, attempt } });
}

export function skipTask(draft: Draft, name: string, reason: SkipReason, message: string): void {
  draft.move(name, { state: 'Skipped', endedAt: draft.now, reason, message });
  draft.recordSkip(name, reason, message);
}

function attemptsOf(draft: Draft, name: string): number {
  const task = draft.task(name);
  return task.omitted + task.ended.length;
}
