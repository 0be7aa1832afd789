import { CONTROLLER_ACTOR } from '../../audit/event.js';
import { type NextSteps, nextSteps } from '../../plan/ready-set.js';
import type { Draft } from './draft.js';
import { applyEnding, endRun } from './ending.js';
import { skipTask } from './end-task.js';
import { roomForAttempt } from './room.js';
import { isLive } from './run-clock.js';
import { startTask } from './start-task.js';

/**
 * Goes on as far as this instant allows: a task that ends at once (a delay of 0s, a condition that is false) makes the
 * next one ready in the same pass. Ends after at most one round per task: each round ends or starts at least one.
 */
export function advance(draft: Draft): void {
  const rounds = draft.plan.tasks.length + 2;
  for (let round = 0; round < rounds; round += 1) {
    const before = draft.state;
    noteFailure(draft);
    applyEnding(draft);
    if (draft.plan.stepwise && draft.boundary) {
      skipAtEnd(draft);
      return;
    }
    const steps = nextSteps(draft.plan, draft.state.tasks);
    noteMainEnd(draft, steps);
    advanceTasks(draft, steps);
    if (draft.state === before) return;
  }
}

/** Once the run is being ended, what will never start is told with what ended it, not at a boundary of its own. */
function skipAtEnd(draft: Draft): void {
  if (draft.state.ending !== null) skipTasks(draft, nextSteps(draft.plan, draft.state.tasks));
}

function skipTasks(draft: Draft, { skip }: NextSteps): void {
  for (const { task, reason, message } of skip) skipTask(draft, task, reason, message);
}

/** The first failed step brings the run to an end, unless the others may go on. */
function noteFailure(draft: Draft): void {
  if (draft.plan.onFailure === 'Continue' || draft.state.ending !== null) return;
  const failed = draft.state.tasks.some((task) => task.group === 'main' && task.position.state === 'Failed');
  if (failed) endRun(draft, { why: 'StepFailed', actor: CONTROLLER_ACTOR, reason: '' });
}

function noteMainEnd(draft: Draft, { mainEnded }: NextSteps): void {
  if (mainEnded && draft.state.mainEndedAt === null) draft.update({ mainEndedAt: draft.now });
}

function advanceTasks(draft: Draft, steps: NextSteps): void {
  skipTasks(draft, steps);
  const due = [...dueRetries(draft), ...steps.ready];
  for (const name of due) {
    if (!mayStart(draft, name)) {
      hold(draft, name);
      continue;
    }
    startTask(draft, name);
    if (draft.plan.stepwise) return;
  }
}

function dueRetries(draft: Draft): string[] {
  return draft.state.tasks
    .filter((task) => task.position.state === 'BackingOff' && task.position.nextAttemptAt <= draft.input.clock)
    .map((task) => task.name);
}

/** A task that could begin and may not yet: visible, so that nobody wonders. */
function hold(draft: Draft, name: string): void {
  if (draft.task(name).position.state === 'Waiting') draft.move(name, { state: 'Ready' });
}

function mayStart(draft: Draft, name: string): boolean {
  const { ending, suspendedSince, tasks } = draft.state;
  if (suspendedSince !== null) return false;
  if (ending !== null && draft.task(name).group === 'main') return false;
  return tasks.filter(isLive).length < draft.plan.parallelism && roomForAttempt(draft);
}
