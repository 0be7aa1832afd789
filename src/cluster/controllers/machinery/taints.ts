import type { Node, Pod } from '../../../api/kube.js';

export type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];
export type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

/** An absent key with Exists tolerates everything, an absent effect every effect. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  const key = toleration.key ?? '';
  if (toleration.operator === 'Exists') return key === '' || key === taint.key;
  return key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
}

export function isTolerated(pod: Pod, taint: Taint): boolean {
  return pod.spec?.tolerations?.some((toleration) => tolerates(toleration, taint)) === true;
}
