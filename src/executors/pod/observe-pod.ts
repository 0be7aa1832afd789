import type { Pod } from '../../api/kube.js';
import type { Evidence } from '../../failure/evidence.js';
import { startedContainers } from '../../failure/index.js';
import type { Observation, SeenObject } from '../observation.js';

/** What a pod shows, but for the evidence that must be fetched. Pure. */
export function observePod(pod: Pod, main: readonly string[], evidence: Evidence): Observation {
  const started = startedContainers(evidence);
  const seen = { object: seenObject(pod), started, evidence };
  if (isOver(pod) || mainEnded(pod, main)) return { kind: 'Ended', ...seen };
  return { kind: main.every((name) => started.includes(name)) ? 'Running' : 'Pending', ...seen };
}

export function seenObject(pod: { readonly metadata?: Pod['metadata'] }): SeenObject {
  return {
    uid: pod.metadata?.uid ?? '',
    resourceVersion: pod.metadata?.resourceVersion ?? '',
    terminating: pod.metadata?.deletionTimestamp !== undefined,
  };
}

/** Nothing of the pod runs any more, or ever will: the kubelet said so, or no node ever got it (design review C4). */
export function isOver(pod: Pod): boolean {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  return pod.metadata?.deletionTimestamp !== undefined && (pod.spec?.nodeName ?? '') === '';
}

/** The containers that decide have ended, whatever injected sidecars still do (design review F4). */
function mainEnded(pod: Pod, main: readonly string[]): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  // An unsatisfied main list can never end by itself; the template always names at least one container.
  if (main.length === 0 || pod.metadata?.deletionTimestamp !== undefined) return false;
  return main.every((name) => {
    const status = statuses.find((candidate) => candidate.name === name);
    return status?.state?.terminated !== undefined;
  });
}
