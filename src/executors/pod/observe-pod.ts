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

/**
 * The containers that decide have ended, and another one (an injected sidecar) goes on and would for ever keep the pod
 * from ending (design review F4). Without such the kubelet reports the pod's end itself, a moment after the containers'.
 */
function mainEnded(pod: Pod, main: readonly string[]): boolean {
  if (main.length === 0 || pod.metadata?.deletionTimestamp !== undefined) return false;
  const statuses = pod.status?.containerStatuses ?? [];
  const ended = main.every((name) => statuses.find((status) => status.name === name)?.state?.terminated !== undefined);
  return ended && statuses.some((status) => !main.includes(status.name) && status.state?.running !== undefined);
}
