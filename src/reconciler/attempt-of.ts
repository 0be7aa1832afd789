import type { RunRef } from '../api/run-ref.js';
import type { Attempt } from '../executors/executor.js';
import type { Plan } from '../plan/plan.js';
import { renderInput } from '../plan/render-input.js';
import type { RunState, TaskState } from '../plan/run-state.js';
import { outputsOf } from './decide/outputs-of.js';

/**
 * The live attempt of a task as its executor needs it, or null where it has none with an object. Everything in it
 * follows from what is committed, so that it is the same after a crash. Pure.
 */
export function attemptOf(run: RunRef, plan: Plan, state: RunState, task: TaskState): Attempt | null {
  const { position } = task;
  if (position.state !== 'Starting' && position.state !== 'Running' && position.state !== 'Stopping') return null;
  if (position.attempt.object === null) return null;
  const planned = plan.tasks.find((candidate) => candidate.name === task.name);
  const input = planned && renderInput(plan, task.name, outputsOf(state));
  if (planned === undefined || !input?.ok) return null;
  return {
    run,
    task: task.name,
    number: position.attempt.number,
    input: input.value,
    serviceAccountName: plan.serviceAccountName,
    quoteLogs: planned.quoteLogs,
    object: position.attempt.object,
    intentAt: position.attempt.intentAt,
    stopAt: position.state === 'Stopping' ? position.stop.at : null,
  };
}
