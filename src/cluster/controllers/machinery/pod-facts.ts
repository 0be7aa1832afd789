import type { Pod } from '../../../api/kube.js';

/** The phase is Succeeded or Failed: no container runs or will run again. */
export function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

export type PodCondition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

export function findPodCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(pod: Pod): boolean {
  return findPodCondition(pod, 'Ready')?.status === 'True';
}

/** The conditions with one set, in its place or at the end; its transition time stays where its status does. */
export function withPodCondition(pod: Pod, condition: PodCondition): readonly PodCondition[] {
  const present = pod.status?.conditions ?? [];
  const old = present.find((one) => one.type === condition.type);
  if (old === undefined) return [...present, condition];
  const keepsTime = old.status === condition.status && old.lastTransitionTime !== undefined;
  const next = keepsTime ? { ...condition, lastTransitionTime: old.lastTransitionTime } : condition;
  return present.map((one) => (one === old ? next : one));
}

/** The UID of the owner that controls the object, if one does. */
export function controllerUid(pod: Pod): string | undefined {
  return pod.metadata?.ownerReferences?.find((owner) => owner.controller === true)?.uid;
}
