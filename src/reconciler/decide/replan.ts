import { CONTROLLER_ACTOR } from '../../audit/event.js';
import { hasBegun } from '../../plan/definition.js';
import type { TaskState } from '../../plan/run-state.js';
import type { Draft } from './draft.js';
import { hold } from './hold.js';
import { waitingTask } from './initial-state.js';
import { roomForNote } from './room.js';
import { stopAttempt } from './stop-attempt.js';

/**
 * The plan is another one than the run began with: the kind says what follows. Ended tasks stand, live ones that it
 * names are stopped and, once that is confirmed, tried anew, and what has not begun is what the new plan says. True:
 * nothing else may be decided now.
 */
export function followSpec(draft: Draft, previousDigest: string): boolean {
  const { onSpecChange } = draft.input;
  if (onSpecChange === null) {
    hold(
      draft,
      'PlanChanged',
      `it began with plan ${previousDigest}, and this version of Lockstep makes ${draft.plan.digest} of its spec; finish it with the version that began it`,
    );
    return true;
  }
  const change = onSpecChange(draft.plan, draft.state);
  const obstacle = change.kind === 'Hold' ? change.message : obstacleTo(draft);
  if (change.kind === 'Hold' || obstacle !== null) {
    hold(draft, 'PlanChanged', obstacle ?? '');
    return true;
  }
  // Without room the change could not be told; what lives goes on until there is.
  if (!roomForNote(draft)) return true;
  replan(draft, previousDigest, change.restart);
  return false;
}

/** What has begun cannot be taken back, and what is over cannot be added to; null: nothing is in the way. */
function obstacleTo(draft: Draft): string | null {
  const { tasks, mainEndedAt } = draft.state;
  const lost = tasks.filter((task) => hasBegun(task) && !isPlanned(draft, task)).map(({ name }) => name);
  if (lost.length > 0)
    return `${lost.join(', ')} began before the spec changed, and the spec does not name it any more; put it back; until then nothing is done, and no action answered`;
  const known = new Set(tasks.map(({ name }) => name));
  const late = draft.plan.tasks.filter(({ name, group }) => group === 'main' && !known.has(name));
  return mainEndedAt === null || late.length === 0
    ? null
    : `${late.map(({ name }) => name).join(', ')} came when the steps were over already; take it out again, and create another run`;
}

function isPlanned(draft: Draft, { name, group }: TaskState): boolean {
  return draft.plan.tasks.some((planned) => planned.name === name && planned.group === group);
}

function replan(draft: Draft, previousDigest: string, restart: readonly string[]): void {
  const { digest, targetPhase, failedPhase } = draft.plan;
  const known = new Map(draft.state.tasks.filter((task) => isPlanned(draft, task)).map((task) => [task.name, task]));
  draft.update({
    plan: { digest, targetPhase, failedPhase },
    tasks: draft.plan.tasks.map((planned) => known.get(planned.name) ?? waitingTask(planned)),
  });
  const restarted = draft.state.ending === null ? restart.filter((name) => isToBeStopped(draft, name)) : [];
  draft.record({
    type: 'run.replanned',
    actor: CONTROLLER_ACTOR,
    data: { previousDigest, planDigest: digest, specDigest: draft.input.run.specDigest, restarted },
  });
  for (const name of restarted) stopAttempt(draft, name, { why: 'SpecChanged' });
}

/** What has ended before its change was seen stands: there is nothing to stop. */
function isToBeStopped(draft: Draft, name: string): boolean {
  const { state } = draft.task(name).position;
  const seen = draft.input.observations.get(name)?.kind;
  return (state === 'Starting' || state === 'Running') && seen !== 'Ended' && seen !== 'Gone' && seen !== 'Stranger';
}
