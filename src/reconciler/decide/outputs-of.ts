import type { Outputs } from '../../plan/plan.js';
import type { RunState } from '../../plan/run-state.js';

/** Outputs of the tasks that succeeded, by task. */
export function outputsOf(state: RunState): ReadonlyMap<string, Outputs> {
  const outputs = new Map<string, Outputs>();
  for (const task of state.tasks) {
    if (task.position.state === 'Succeeded') outputs.set(task.name, task.position.outputs);
  }
  return outputs;
}
