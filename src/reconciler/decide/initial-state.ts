import { initialAudit } from '../../audit/chain.js';
import type { Plan, PlannedTask } from '../../plan/plan.js';
import type { RunState, TaskState } from '../../plan/run-state.js';
import type { RunFacts } from './input.js';

/** The state of a run that nobody has decided about yet. `plan` is null where the spec cannot be planned. */
export function initialState(run: RunFacts, plan: Plan | null, now: number): RunState {
  return {
    planVersion: 1,
    plan: plan && { digest: plan.digest, targetPhase: plan.targetPhase, failedPhase: plan.failedPhase },
    phase: 'Pending',
    reason: null,
    message: null,
    acceptedAt: now,
    startedAt: null,
    mainEndedAt: null,
    finishedAt: null,
    suspendedSince: null,
    suspendedMs: 0,
    ending: null,
    failure: null,
    tasks: (plan?.tasks ?? []).map(waitingTask),
    actions: [],
    audit: initialAudit(run.ref.uid),
  };
}

/** A task that has not begun. */
export function waitingTask({ name, group }: PlannedTask): TaskState {
  return {
    name,
    group,
    position: { state: 'Waiting' },
    waiting: null,
    retriesUsed: { preExecution: 0, infrastructure: 0, execution: 0 },
    ended: [],
    omitted: 0,
  };
}
