import type { V1Container, V1ContainerStatus, V1PodCondition, V1PodStatus } from '@kubernetes/client-node';
import type { Wire } from '../../../api/kube.js';
import type { Pod } from '../../../api/kube.js';
import type { Stored } from '../../resource.js';
import type { RuntimeContainer } from '../runtime.js';

export type PodStatus = Wire<V1PodStatus>;
export type PodCondition = Wire<V1PodCondition>;
export type ContainerStatus = Wire<V1ContainerStatus>;
export type Container = Wire<V1Container>;
export type StoredPod = Stored<Pod>;

/** Why a container waits, as the last try to start it left it (the kubelet's reason cache). */
export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}

/** A decision to end the pod whatever its containers do: it becomes Failed with this reason. */
export interface PodVerdict {
  readonly reason: string;
  readonly message: string;
}

/** All that the status of a pod is computed from. */
export interface PodSituation {
  readonly pod: StoredPod;
  /** Instances of the pod's containers, oldest first. */
  readonly instances: readonly RuntimeContainer[];
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  /** The pod has its place to run in. */
  readonly sandbox: boolean;
  readonly verdict: PodVerdict | null;
  /** Nothing of it runs or will be started again: the phase may become terminal. */
  readonly ended: boolean;
  /** Scheme of container ids. */
  readonly scheme: string;
}

/** True for an init container with restartPolicy Always: it starts in its turn and runs beside the main containers. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

export function initContainersOf(pod: StoredPod): readonly Container[] {
  return pod.spec?.initContainers ?? [];
}

export function mainContainersOf(pod: StoredPod): readonly Container[] {
  return pod.spec?.containers ?? [];
}

/** The latest instance of the container, or null where none was ever made. */
export function latestOf(instances: readonly RuntimeContainer[], container: string): RuntimeContainer | null {
  let latest: RuntimeContainer | null = null;
  for (const instance of instances) {
    if (instance.container === container && (latest === null || instance.attempt >= latest.attempt)) latest = instance;
  }
  return latest;
}

/**
 * Whether the container is to be started (again) as long as the pod goes on.
 * As ShouldContainerBeRestarted in kubernetes/pkg/kubelet/container/helpers.go.
 */
export function shouldBeStarted(pod: StoredPod, container: Container, latest: RuntimeContainer | null): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (latest === null) return true;
  if (latest.state.kind === 'Running') return false;
  if (isSidecar(container)) return true;
  const policy = pod.spec?.restartPolicy ?? 'Always';
  if (policy === 'Never') return false;
  return policy === 'OnFailure' ? latest.state.exitCode !== 0 : true;
}
