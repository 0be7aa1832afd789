import { CONTROLLER_ACTOR } from '../../audit/event.js';
import { acknowledge } from '../../audit/chain.js';
import type { Plan } from '../../plan/plan.js';
import type { RunState } from '../../plan/run-state.js';
import { applyActions, refuseActions } from './actions.js';
import { UNKNOWN_DELETER, claimedUser } from './actors.js';
import { advance } from './advance.js';
import { applyAttemptBounds, applyRunBound } from './bounds.js';
import { clampBackoffs } from './clamp-backoffs.js';
import { Draft } from './draft.js';
import { endRun } from './ending.js';
import { initialState } from './initial-state.js';
import type { DecideInput, Decision } from './input.js';
import { observeAttempt } from './observe-attempt.js';
import { isTerminalPhase } from './phases.js';
import { hold } from './hold.js';
import { projectPhase } from './project.js';
import { refusePlan } from './refuse-plan.js';
import { followSpec } from './replan.js';
import { roomForNote } from './room.js';
import { isLive } from './run-clock.js';
import { endInstant } from './start-task.js';
import { wakeUp } from './wake-up.js';

/**
 * The only place where the state of a run changes: a pure function of what is remembered, what was observed, and the
 * time. Deciding again with the same input gives the same; what is unchanged comes back as the same object.
 *
 * @throws ForbiddenTransitionError on a defect of ours; nothing is to be written then.
 */
export function decide(input: DecideInput): Decision {
  if (!input.plan.ok) return { state: refusePlan(input, input.plan.problems), wakeAt: null };
  const plan = input.plan.value;
  const before = input.state ?? initialState(input.run, plan, input.now);
  const draft = new Draft(input, plan, before, input.state === null);
  decideWith(draft, input.state === null);
  const state = acknowledgeAlong(before, draft.finish(), input);
  return { state, wakeAt: wakeAt(draft, plan, { state, changed: state !== input.state }) };
}

function decideWith(draft: Draft, fresh: boolean): void {
  if (isTerminalPhase(draft.state.phase)) {
    refuseActions(draft);
    return;
  }
  if (fresh) accept(draft);
  if (holds(draft)) return;
  applyActions(draft);
  if (draft.input.run.deleting) endRun(draft, { why: 'Delete', actor: UNKNOWN_DELETER, reason: '' });
  for (const { name } of draft.state.tasks.filter(isLive)) {
    observeAttempt(draft, name);
    endInstant(draft, name);
    applyAttemptBounds(draft, name);
  }
  applyRunBound(draft);
  clampBackoffs(draft);
  advance(draft);
  projectPhase(draft);
}

function accept(draft: Draft): void {
  const { run } = draft.input;
  draft.record({
    type: 'run.accepted',
    actor: run.requestedBy === null ? CONTROLLER_ACTOR : claimedUser(run.requestedBy),
    data: { specDigest: run.specDigest, planDigest: draft.plan.digest, tasks: draft.plan.tasks.length },
  });
}

/** A restored copy, or a plan that this controller would make differently, is left alone until a person looks at it. */
function holds(draft: Draft): boolean {
  const { run } = draft.input;
  if (run.ranAs !== null && run.ranAs !== run.ref.uid) {
    // Who deletes the copy wants what is asked for here; where something of it may live, that is left alone too.
    if (run.deleting && !draft.state.tasks.some(isLive)) return false;
    hold(
      draft,
      'RestoredCopy',
      `this object ran before under UID ${run.ranAs} and was restored or copied; create it under a new name, without the annotation lockstep.dev/ran-as`,
    );
    return true;
  }
  const { plan, phase } = draft.state;
  if (plan !== null && plan.digest !== draft.plan.digest) return followSpec(draft, plan.digest);
  // That it goes on again must be told; without room it waits.
  return phase === 'Blocked' && !roomForNote(draft);
}

/**
 * What is stored leaves the outbox with a write that is due anyway, never by one of its own; one is due when the status
 * says that the store takes nothing, and it has taken everything.
 */
function acknowledgeAlong(before: RunState, state: RunState, input: DecideInput): RunState {
  const caughtUp = input.backlogShown && input.backlog === null && input.acked >= state.audit.seq;
  if (state === before && input.state !== null && !caughtUp) return state;
  const audit = acknowledge(state.audit, input.acked);
  return audit === state.audit ? state : { ...state, audit };
}

function wakeAt(draft: Draft, plan: Plan, { state, changed }: { state: RunState; changed: boolean }): number | null {
  if (changed && plan.stepwise && draft.boundary && !isTerminalPhase(state.phase)) return draft.now;
  return wakeUp(plan, state, draft.input);
}
