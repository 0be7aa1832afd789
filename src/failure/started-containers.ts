import type { Evidence } from './evidence.js';
import type { Pod } from '../api/kube.js';

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];
type ContainerState = NonNullable<ContainerStatus['state']>;

/**
 * Names of the containers that are known to have started, sorted: running, with a real `startedAt`, or with a Started
 * event. A containerID proves nothing: the kubelet writes one for a StartError too, with startedAt 1970-01-01T00:00:00Z.
 */
export function startedContainers(evidence: Evidence): string[] {
  const names = new Set<string>();
  for (const status of statusesOf(evidence.pod)) {
    if (hasStarted(status.state) || hasStarted(status.lastState)) names.add(status.name);
  }
  for (const event of evidence.events ?? []) {
    if (event.reason !== 'Started') continue;
    const name = containerOfField(event.involvedObject.fieldPath);
    if (name !== null && isOfPod(event.involvedObject, evidence.pod)) names.add(name);
  }
  return [...names].sort();
}

/** `spec.containers{main}` and `spec.initContainers{init}`: how the kubelet's events name a container. */
export function containerOfField(fieldPath: string | undefined): string | null {
  return /^spec\.(?:init|ephemeral)?[cC]ontainers\{([^}]+)\}$/.exec(fieldPath ?? '')?.[1] ?? null;
}

/** Whether a state proves that the container's process was started. */
export function hasStarted(state: ContainerState | undefined): boolean {
  if (state?.running) return true;
  return isRealInstant(state?.terminated?.startedAt);
}

function isRealInstant(text: string | undefined): boolean {
  return text !== undefined && Date.parse(text) > 0;
}

function statusesOf(pod: Pod | undefined): readonly ContainerStatus[] {
  return [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
}

function isOfPod(object: { readonly uid?: string; readonly name?: string }, pod: Pod | undefined): boolean {
  if (pod?.metadata === undefined) return true;
  return object.uid === undefined || object.uid === ''
    ? object.name === pod.metadata.name
    : object.uid === pod.metadata.uid;
}
