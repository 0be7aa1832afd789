import { describe, expect, it } from 'vitest';
import { acknowledge, appendEvents, initialAudit } from '../../src/audit/chain.js';
import { CONTROLLER_ACTOR } from '../../src/audit/event.js';
import { initialState } from '../../src/reconciler/decide/initial-state.js';
import { lastInstant } from '../../src/reconciler/decide/last-instant.js';
import { makePlan, podTask } from '../support/plans.js';

const REF = {
  apiVersion: 'lockstep.dev/v1alpha1',
  kind: 'WorkflowExecution',
  namespace: 'test',
  name: 'run',
  uid: 'u',
};
const RUN = { ref: REF, generation: 1, specDigest: 'sha256:x', requestedBy: null, deleting: false, ranAs: null };

describe('the last instant of a run', () => {
  it('is that of its last event, also when the event is stored and has left the outbox', () => {
    const state = initialState(RUN, makePlan([podTask('a')]), 1_000);
    const waiting = { reason: 'Unschedulable', message: 'no node is free' };
    const event = { type: 'attempt.waiting' as const, task: 'a', attempt: 1, actor: CONTROLLER_ACTOR, data: waiting };
    const told = appendEvents(initialAudit('u'), REF, 61_000, [event]);
    const stored = acknowledge(told, 1);
    expect(stored.outbox).toEqual([]);
    expect(lastInstant({ ...state, audit: stored })).toBe(61_000);
  });
});
