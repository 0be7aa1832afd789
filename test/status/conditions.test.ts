import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/api/types.js';
import type { RunState } from '../../src/plan/run-state.js';
import { conditionsOf, stalledConditions, unreadableConditions } from '../../src/status/conditions.js';
import { arbitraryRunState } from '../support/arbitrary-run-state.js';
import { kstatus } from '../support/kstatus.js';

const NOW = Date.UTC(2026, 2, 14, 3, 11, 44, 31);
const context = { previous: [], generation: 1, now: NOW };
const base: RunState = {
  planVersion: 1,
  plan: null,
  phase: 'Running',
  reason: null,
  message: null,
  acceptedAt: 0,
  startedAt: null,
  mainEndedAt: null,
  finishedAt: null,
  suspendedSince: null,
  suspendedMs: 0,
  ending: null,
  failure: null,
  tasks: [],
  actions: [],
  audit: { seq: 0, head: '', acked: 0, outbox: [] },
};
const [busy] = fc.sample(
  arbitraryRunState({ tasks: 0 }).filter(({ audit }) => audit.outbox.length > 0),
  1,
);

describe('the conditions of a run', () => {
  it.each([
    ['Pending', null, 'InProgress', ''],
    ['Running', null, 'InProgress', ''],
    ['Running', 'ImagePull', 'InProgress', ''],
    ['Suspended', 'Suspended', 'InProgress', ''],
    ['Blocked', null, 'InProgress', ''],
    ['Cancelling', 'Cancel', 'InProgress', ''],
    ['Succeeded', null, 'Current', 'Ready Finished'],
    ['Failed', 'OOMKilled', 'Failed', 'Stalled Finished'],
    ['Cancelled', 'Cancel', 'Failed', 'Stalled Finished'],
    ['Running', 'NotConfirmedStopped', 'Failed', 'Stalled'],
    ['Cancelling', 'NotConfirmedStopped', 'Failed', 'Stalled'],
    ['Blocked', 'RestoredCopy', 'Failed', 'Stalled'],
    ['Blocked', 'PlanChanged', 'Failed', 'Stalled'],
  ] as const)('of a run that is %s (%s): kstatus says %s', (phase, reason, verdict, isTrue) => {
    const conditions = conditionsOf({ ...base, phase, reason }, null, context);
    expect(kstatus({ generation: 1, observedGeneration: 1, conditions })).toBe(verdict);
    const set = conditions.filter(({ status }) => status === 'True').map(({ type }) => type);
    expect(set).toEqual(verdict === 'InProgress' ? ['Reconciling'] : isTrue.split(' '));
    expect(conditions.find(({ type }) => type === 'Finished')?.reason).toBe(phase);
  });

  it('say that a run is over exactly where kstatus has made up its mind, or a person is needed', () => {
    fc.assert(
      fc.property(arbitraryRunState(), (state) => {
        const conditions = conditionsOf(state, null, context);
        const flag = (type: string): string | undefined => conditions.find((each) => each.type === type)?.status;
        expect(flag('Ready') === 'True').toBe(state.phase === 'Succeeded');
        // One of the three is always True: nobody waits for ever, and nobody is told two things.
        expect(['Ready', 'Reconciling', 'Stalled'].filter((type) => flag(type) === 'True')).toHaveLength(1);
        expect(new Set(conditions.map(({ type }) => type)).size).toBe(conditions.length);
      }),
    );
  });

  it('keep the time of their last transition until their status changes, and follow the generation', () => {
    const first = conditionsOf(base, null, context);
    const later = { previous: first, generation: 2, now: NOW + 60_000 };
    const second = conditionsOf({ ...base, reason: 'ImagePull', message: 'waits' }, null, later);
    expect(second.map((each) => each.lastTransitionTime)).toEqual(first.map((each) => each.lastTransitionTime));
    expect(second.every(({ observedGeneration }) => observedGeneration === 2)).toBe(true);
    const third = conditionsOf({ ...base, phase: 'Succeeded' }, null, { ...later, previous: second });
    expect(Object.fromEntries(third.map((each) => [each.type, each.lastTransitionTime]))).toEqual({
      Ready: '2026-03-14T03:12:44Z',
      Reconciling: '2026-03-14T03:12:44Z',
      Stalled: '2026-03-14T03:11:44Z',
      Finished: '2026-03-14T03:12:44Z',
    });
  });

  it('show a suspension and never take the condition away again', () => {
    const suspended = conditionsOf({ ...base, phase: 'Suspended', suspendedSince: 0 }, null, context);
    expect(find(suspended, 'Suspended')).toMatchObject({ status: 'True', reason: 'Suspended' });
    const resumed = conditionsOf(base, null, { ...context, previous: suspended });
    expect(find(resumed, 'Suspended')).toMatchObject({ status: 'False', reason: 'NotSuspended' });
  });

  it('show why the audit store takes nothing, only where something is owed to it', () => {
    const trouble = 'audit store /var/audit.db: the disk is full';
    expect(find(conditionsOf(base, trouble, context), 'AuditBacklogged')).toBeUndefined();
    if (busy === undefined) throw new Error('no sample');
    const backlogged = conditionsOf(busy, trouble, context);
    expect(find(backlogged, 'AuditBacklogged')).toMatchObject({
      status: 'True',
      reason: 'StoreUnavailable',
      message: trouble,
    });
    const stored = { ...busy, reason: null, audit: { ...busy.audit, outbox: [] } };
    const over = conditionsOf(stored, null, { ...context, previous: backlogged });
    expect(find(over, 'AuditBacklogged')).toMatchObject({ status: 'False', reason: 'StoreKeepsUp' });
  });

  it('are not taken from each other by two controllers, of which each has its own trouble with the audit store', () => {
    if (busy === undefined) throw new Error('no sample');
    const told = conditionsOf(busy, 'cannot be reached (since 03:11:44)', context);
    const later = { ...context, previous: told };
    expect(conditionsOf(busy, 'cannot be reached (since 03:11:51)', later)).toEqual(told);
    expect(conditionsOf({ ...busy, reason: null }, null, later)).toEqual(
      conditionsOf({ ...busy, reason: null }, 'x', later),
    );
  });

  it('show that nothing new starts because the outbox is full', () => {
    const full = conditionsOf({ ...base, reason: 'AuditBacklogged', message: 'full' }, null, context);
    expect(find(full, 'AuditBacklogged')).toMatchObject({ status: 'True', reason: 'OutboxFull', message: 'full' });
    expect(kstatus({ generation: 1, conditions: full })).toBe('InProgress');
  });

  it('leave conditions of others alone', () => {
    const foreign: Condition = {
      type: 'LockHeld',
      status: 'True',
      reason: 'Held',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    expect(conditionsOf(base, null, { ...context, previous: [foreign] })).toContainEqual(foreign);
  });
});

describe('the conditions of a run that is left alone', () => {
  it('say Stalled/UnknownPhase with the field, and keep what was known', () => {
    const before = conditionsOf(base, null, context);
    const problems = [{ path: 'status.engine.phase', message: '"Resting" is not known to this version' }];
    const conditions = unreadableConditions(problems, { ...context, previous: before });
    expect(find(conditions, 'Stalled')).toMatchObject({
      status: 'True',
      reason: 'UnknownPhase',
      message:
        'nothing is done for this run: its status cannot be read: status.engine.phase: "Resting" is not known to this version',
    });
    expect(find(conditions, 'Finished')).toEqual(find(before, 'Finished'));
    expect(kstatus({ generation: 1, conditions })).toBe('Failed');
  });

  it('say Stalled/HistoryFork', () => {
    const conditions = stalledConditions(
      { reason: 'HistoryFork', message: 'event 3 is stored with another hash' },
      context,
    );
    expect(find(conditions, 'Stalled')).toMatchObject({ status: 'True', reason: 'HistoryFork' });
    expect(find(conditions, 'Reconciling')).toMatchObject({ status: 'False' });
  });
});

function find(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
