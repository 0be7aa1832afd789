import { describe, expect, it } from 'vitest';
import { decide } from '../../src/reconciler/decide/decide.js';
import type { RunState } from '../../src/plan/run-state.js';
import { makePlan, podTask } from '../support/plans.js';

const REF = {
  apiVersion: 'lockstep.dev/v1alpha1',
  kind: 'WorkflowExecution',
  namespace: 'test',
  name: 'run',
  uid: 'copy',
};
const PLAN = makePlan([podTask('a')]);

/** A pass over a run that has the annotation of another one: `ran-as`. */
function passOver(state: RunState | null, { deleting }: { readonly deleting: boolean }): RunState {
  const run = { ref: REF, generation: 1, specDigest: 'sha256:x', requestedBy: null, deleting, ranAs: 'original' };
  const input = {
    run,
    plan: { ok: true as const, value: PLAN },
    state,
    observations: new Map(),
    actions: [],
    acked: state?.audit.seq ?? 0,
    backlog: null,
    backlogShown: false,
    executors: new Map(),
    onSpecChange: null,
    now: 1_000,
    clock: 1_000,
  };
  return decide(input).state;
}

describe('a restored copy', () => {
  it('is not run', () => {
    expect(passOver(null, { deleting: false })).toMatchObject({ phase: 'Blocked', reason: 'RestoredCopy' });
  });

  it('goes when it is deleted, and nothing of it starts, finally steps neither', () => {
    const held = passOver(null, { deleting: false });
    const gone = passOver(held, { deleting: true });
    expect(gone.phase).toBe('Cancelled');
    expect(gone.tasks.map(({ position }) => position.state)).toEqual(['Skipped']);
    expect(gone.audit.outbox.map(({ type }) => type)).toContain('run.cancelled');
  });

  it('is left alone also then, where something of it may live: that is not of this object', () => {
    const held = passOver(null, { deleting: false });
    const attempt = {
      number: 1,
      executor: 'pod',
      object: null,
      intentAt: 500,
      startedAt: null,
      endsAt: null,
      seen: { started: [], verdict: null },
    };
    const [task] = held.tasks;
    if (task === undefined) throw new Error('the plan has a task');
    const live = { ...held, tasks: [{ ...task, position: { state: 'Starting' as const, attempt } }] };
    expect(passOver(live, { deleting: true }).phase).toBe('Blocked');
  });
});
