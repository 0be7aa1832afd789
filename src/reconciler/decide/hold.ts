import { CONTROLLER_ACTOR } from '../../audit/event.js';
import type { Draft } from './draft.js';
import { assertPhaseTransition } from './phases.js';
import { roomForNote } from './room.js';

/** Leaves a run alone until a person looks at it, and says why; without room for saying so it is left alone silently. */
export function hold(draft: Draft, reason: 'RestoredCopy' | 'PlanChanged', message: string): void {
  const { state } = draft;
  if ((state.phase === 'Blocked' && state.reason === reason && state.message === message) || !roomForNote(draft))
    return;
  assertPhaseTransition(state.phase, 'Blocked');
  draft.update({ phase: 'Blocked', reason, message });
  draft.record({ type: 'run.blocked', actor: CONTROLLER_ACTOR, data: { reason, message } });
}
