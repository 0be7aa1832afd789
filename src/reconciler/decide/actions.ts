import type { AppliedAction } from '../../api/types.js';
import { formatInstant } from '../../api/instant.js';
import type { ActionReference } from '../../audit/event.js';
import { claimedUser } from './actors.js';
import type { Draft } from './draft.js';
import { endAttempt } from './end-attempt.js';
import { endRun, isRequested } from './ending.js';
import type { RequestedAction } from './input.js';
import { assertedVerdict } from './own-verdicts.js';
import { isTerminalState } from './phases.js';
import { roomForNote } from './room.js';
import { suspendedMs } from './run-clock.js';

/** As many answers to actions are kept in the status; all are in the trail. */
const KEPT_ACTIONS = 16;

/** Answers each action once: applied, or refused with the reason; both are recorded. */
export function applyActions(draft: Draft): void {
  for (const action of draft.input.actions) {
    if (draft.state.actions.some((known) => known.uid === action.uid)) continue;
    // Without room its answer could not be told: it waits, nothing is lost.
    if (!roomForNote(draft)) return;
    answer(draft, action, refusalOf(draft, action) ?? apply(draft, action));
  }
}

/** Answers what comes after the end. */
export function refuseActions(draft: Draft): void {
  for (const action of draft.input.actions) {
    if (draft.state.actions.some((known) => known.uid === action.uid)) continue;
    answer(draft, action, `the run is over (${draft.state.phase})`);
  }
}

/** `refusal` null: applied. */
function answer(draft: Draft, action: RequestedAction, refusal: string | null): void {
  const applied: AppliedAction = {
    uid: action.uid,
    name: action.name,
    verb: action.verb,
    by: action.by,
    at: formatInstant(draft.now),
    result: refusal === null ? 'Applied' : 'Refused',
    ...(refusal === null ? {} : { message: refusal }),
  };
  draft.update({ actions: [...draft.state.actions, applied].slice(-KEPT_ACTIONS) });
  draft.record({
    type: refusal === null ? 'action.applied' : 'action.refused',
    actor: claimedUser(action.by),
    ...(action.step === null ? {} : { task: action.step }),
    data: { action: reference(action), ...reasonOf(action), ...(refusal === null ? {} : { message: refusal }) },
  });
}

function reference(action: RequestedAction): ActionReference {
  return {
    uid: action.uid,
    name: action.name,
    verb: action.verb,
    ...(action.step === null ? {} : { step: action.step }),
  };
}

function reasonOf(action: RequestedAction): { readonly reason?: string } {
  return action.reason === '' ? {} : { reason: action.reason };
}

function refusalOf(draft: Draft, action: RequestedAction): string | null {
  const { ending, suspendedSince, tasks } = draft.state;
  switch (action.verb) {
    case 'Cancel':
      if (ending !== null && isRequested(ending.why)) return 'the run is being cancelled already';
      if (draft.state.mainEndedAt !== null || mainIsOver(draft))
        return 'its steps are over and only finally is left; Terminate would stop that';
      return null;
    case 'Terminate':
      return ending !== null && ending.why === 'Terminate' ? 'the run is being terminated already' : null;
    case 'Suspend':
      if (ending !== null && isRequested(ending.why)) return 'the run is being cancelled';
      return suspendedSince === null ? null : 'the run is suspended already';
    case 'Resume':
      return suspendedSince === null ? 'the run is not suspended' : null;
    case 'AssertStopped': {
      const task = tasks.find((candidate) => candidate.name === action.step);
      if (task === undefined) return `the run has no step ${action.step ?? ''}`;
      return task.position.state === 'Stopping'
        ? null
        : `step ${task.name} is ${task.position.state}; only a step that is Stopping can be asserted to be stopped`;
    }
  }
}

function mainIsOver(draft: Draft): boolean {
  return draft.state.tasks.every((task) => task.group !== 'main' || isTerminalState(task.position.state));
}

function apply(draft: Draft, action: RequestedAction): null {
  const actor = claimedUser(action.by);
  switch (action.verb) {
    case 'Cancel':
    case 'Terminate':
      endRun(draft, { why: action.verb, actor, reason: action.reason });
      return null;
    case 'Suspend':
      draft.update({ suspendedSince: draft.now });
      draft.record({ type: 'run.suspended', actor, data: { action: reference(action), ...reasonOf(action) } });
      return null;
    case 'Resume':
      draft.update({ suspendedMs: suspendedMs(draft.state, draft.now), suspendedSince: null });
      draft.record({
        type: 'run.resumed',
        actor,
        data: { action: reference(action), ...reasonOf(action), suspendedMs: draft.state.suspendedMs },
      });
      return null;
    case 'AssertStopped':
      assertStopped(draft, action);
      return null;
  }
}

function assertStopped(draft: Draft, action: RequestedAction): void {
  if (action.step === null) return;
  const { position } = draft.task(action.step);
  if (position.state !== 'Stopping') return;
  const { attempt, stop } = position;
  const verdict = assertedVerdict(action.step, action.by, attempt.seen.verdict);
  endAttempt(
    draft,
    action.step,
    { attempt, stop: { ...stop, confirmed: false, assertedBy: action.by } },
    { outcome: 'Failed', verdict },
  );
}
