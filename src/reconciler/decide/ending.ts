import type { Actor, EndingWhy, StopWhy } from '../../api/types.js';
import { formatDuration } from '../../api/duration.js';
import type { TaskState } from '../../plan/run-state.js';
import type { Draft } from './draft.js';
import { failTask, skipTask } from './end-task.js';
import { suspendedMs } from './run-clock.js';
import { stopAttempt } from './stop-attempt.js';

/** Endings that a person asked for: the run will be Cancelled. */
export function isRequested(why: EndingWhy): why is 'Cancel' | 'Terminate' | 'Delete' {
  return why === 'Cancel' || why === 'Terminate' || why === 'Delete';
}

/** Endings after which `finally` does not run. */
export function skipsFinally(why: EndingWhy): boolean {
  return why === 'Terminate' || why === 'Delete';
}

interface EndRequest {
  readonly why: EndingWhy;
  readonly actor: Actor;
  readonly reason: string;
}

const STRENGTH: Readonly<Record<EndingWhy, number>> = {
  PlanInvalid: 0,
  StepFailed: 1,
  Timeout: 2,
  Cancel: 3,
  Terminate: 4,
  Delete: 5,
};

/** Begins to bring the run to an end; a stronger reason takes the place of a weaker one, never the other way. */
export function endRun(draft: Draft, request: EndRequest): void {
  const { ending } = draft.state;
  if (ending !== null && STRENGTH[ending.why] >= STRENGTH[request.why]) return;
  draft.update({ ending: { ...request, at: draft.now } });
  if (isRequested(request.why) && (ending === null || !isRequested(ending.why))) {
    // Whoever ends a run does not hold it any more: its finally steps are to run.
    draft.update({ suspendedMs: suspendedMs(draft.state, draft.now), suspendedSince: null });
    draft.record({
      type: 'run.cancelling',
      actor: request.actor,
      data: { why: request.why, ...(request.reason === '' ? {} : { reason: request.reason }) },
    });
  }
}

/** Carries an ending out on every task that it concerns: what is live is stopped, the rest will not begin. */
export function applyEnding(draft: Draft): void {
  const { ending } = draft.state;
  if (ending === null) return;
  for (const { name, group } of draft.state.tasks) {
    if (group === 'finally' && !skipsFinally(ending.why)) continue;
    endTask(draft, draft.task(name));
  }
}

function endTask(draft: Draft, task: TaskState): void {
  const { ending } = draft.state;
  if (ending === null) return;
  switch (task.position.state) {
    case 'Waiting':
    case 'Ready':
      // Dependents of a failed step are skipped for that reason, which says more (ready set).
      if (ending.why !== 'StepFailed') skipTask(draft, task.name, 'RunEnding', becauseOf(draft, ending.why));
      return;
    case 'BackingOff':
      giveUp(draft, task);
      return;
    case 'Starting':
    case 'Running': {
      const why = stopOf(draft, ending.why);
      if (why !== null) stopAttempt(draft, task.name, { why, actor: ending.actor });
      return;
    }
    case 'Stopping':
    case 'Succeeded':
    case 'Failed':
    case 'Skipped':
    case 'Cancelled':
      return;
  }
}

function stopOf(draft: Draft, why: EndingWhy): StopWhy | null {
  switch (why) {
    case 'Cancel':
    case 'Terminate':
    case 'Delete':
      return why;
    case 'Timeout':
      return 'RunTimeout';
    case 'StepFailed':
      return draft.plan.onFailure === 'CancelRunning' ? 'SiblingFailed' : null;
    case 'PlanInvalid':
      return null;
  }
}

/** A task between two tries will not be tried again: cancelled on request, else failed by its last verdict. */
function giveUp(draft: Draft, task: TaskState): void {
  const last = task.ended.at(-1);
  const verdict = last !== undefined && last.result.outcome !== 'Succeeded' ? last.result.verdict : null;
  if (draft.state.ending !== null && isRequested(draft.state.ending.why)) {
    draft.move(task.name, { state: 'Cancelled', endedAt: draft.now });
    draft.record({
      type: 'task.cancelled',
      task: task.name,
      actor: draft.state.ending.actor,
      data: { reason: draft.state.ending.why, message: 'it was between two tries' },
    });
  } else if (last !== undefined && verdict !== null) {
    failTask(draft, task.name, { attempt: last.number, verdict, recorded: true });
  }
}

function becauseOf(draft: Draft, why: EndingWhy): string {
  switch (why) {
    case 'Cancel':
      return 'the run was cancelled';
    case 'Terminate':
      return 'the run was terminated';
    case 'Delete':
      return 'the run was deleted';
    case 'Timeout':
      return `the run did not end within ${formatDuration(draft.plan.timeoutMs ?? 0)}`;
    case 'StepFailed':
      return `step ${draft.state.failure?.task ?? ''} failed`;
    case 'PlanInvalid':
      return 'the spec cannot be planned';
  }
}
