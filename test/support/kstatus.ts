import type { Condition } from '../../src/api/types.js';

/**
 * What kstatus concludes of a custom resource: its published algorithm (sigs.k8s.io/cli-utils pkg/kstatus, "The status
 * package"): deletion, then observedGeneration, then the first of Reconciling and Stalled that is True, then Ready.
 */
export function kstatus(object: {
  readonly generation: number;
  readonly observedGeneration?: number;
  readonly deleting?: boolean;
  readonly conditions: readonly Condition[];
}): 'Terminating' | 'InProgress' | 'Failed' | 'Current' {
  if (object.deleting === true) return 'Terminating';
  if (object.observedGeneration !== undefined && object.observedGeneration !== object.generation) return 'InProgress';
  for (const { type, status } of object.conditions) {
    if (type === 'Reconciling' && status === 'True') return 'InProgress';
    if (type === 'Stalled' && status === 'True') return 'Failed';
  }
  const ready = object.conditions.find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True' ? 'Current' : 'InProgress';
}
