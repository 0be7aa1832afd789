import type { FieldProblem } from '../../api/field-problem.js';
import { appendEvents, acknowledge } from '../../audit/chain.js';
import { CONTROLLER_ACTOR } from '../../audit/event.js';
import { hasRoomForNote } from '../../audit/reserve.js';
import type { RunState } from '../../plan/run-state.js';
import { claimedUser } from './actors.js';
import { initialState } from './initial-state.js';
import type { DecideInput } from './input.js';
import { assertPhaseTransition, isTerminalPhase } from './phases.js';
import { isLive } from './run-clock.js';

/** Longest message of a refused plan; the rest is counted. */
const SHOWN_PROBLEMS = 5;

/** Ends a run whose spec cannot be planned, before its first side effect: Failed, ConfigurationError, with the paths. */
export function refusePlan(input: DecideInput, problems: readonly FieldProblem[]): RunState {
  if (input.state !== null)
    return isTerminalPhase(input.state.phase) ? input.state : holdUnplannable(input, input.state, problems);
  const state = initialState(input.run, null, input.now);
  const message = messageOf(problems);
  const { requestedBy, specDigest, ref } = input.run;
  const actor = requestedBy === null ? CONTROLLER_ACTOR : claimedUser(requestedBy);
  const audit = appendEvents(state.audit, ref, input.now, [
    { type: 'run.accepted', actor, data: { specDigest, tasks: 0 } },
    { type: 'run.failed', actor: CONTROLLER_ACTOR, data: { reason: 'ConfigurationError', message } },
  ]);
  return {
    ...state,
    phase: 'Failed',
    reason: 'ConfigurationError',
    message,
    finishedAt: input.now,
    ending: { why: 'PlanInvalid', at: input.now, actor: CONTROLLER_ACTOR, reason: message },
    audit: acknowledge(audit, input.acked),
  };
}

/** It was planned before and cannot be now (another version of Lockstep, or its spec was changed): hands off. */
function holdUnplannable(input: DecideInput, state: RunState, problems: readonly FieldProblem[]): RunState {
  const message = messageOf(problems);
  if (state.reason === 'PlanChanged' && state.message === message) return state;
  const live = state.tasks.filter(isLive).length;
  if (!hasRoomForNote(acknowledge(state.audit, input.acked), { run: input.run.ref, live })) return state;
  assertPhaseTransition(state.phase, 'Blocked');
  const audit = appendEvents(state.audit, input.run.ref, input.now, [
    { type: 'run.blocked', actor: CONTROLLER_ACTOR, data: { reason: 'PlanChanged', message } },
  ]);
  return { ...state, phase: 'Blocked', reason: 'PlanChanged', message, audit: acknowledge(audit, input.acked) };
}

function messageOf(problems: readonly FieldProblem[]): string {
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `${problem.path}: ${problem.message}`);
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ').slice(0, 1000);
}
