import { parseInstant, type Instant } from '../../../api/instant.js';
import type { Pod } from '../../../api/kube.js';
import { isTerminal } from '../machinery/pod-facts.js';
import { podAmounts } from '../scheduler/pod-requests.js';

/** Amounts in base units of what pods use of a quota's resources; only those of the list are answered. */
export function podUsage(
  pods: readonly Pod[],
  resources: readonly string[],
  options: { readonly now: Instant; readonly scopes: readonly string[] },
): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  const add = (resource: string, amount: number): void => {
    if (resources.includes(resource)) used.set(resource, (used.get(resource) ?? 0) + amount);
  };
  for (const resource of resources) if (isPodResource(resource)) used.set(resource, 0);
  for (const pod of pods) {
    if (!options.scopes.every((scope) => inScope(pod, scope))) continue;
    // A pod that has ended is still an object.
    add('count/pods', 1);
    if (isTerminal(pod) || isOverdue(pod, options.now)) continue;
    add('pods', 1);
    for (const [name, amount] of podAmounts(pod, 'requests')) {
      add(`requests.${name}`, amount);
      if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') add(name, amount);
    }
    for (const [name, amount] of podAmounts(pod, 'limits')) add(`limits.${name}`, amount);
  }
  return used;
}

/** The pods decide over it, not a count of other objects. */
export function isPodResource(resource: string): boolean {
  return (
    ['pods', 'count/pods', 'cpu', 'memory', 'ephemeral-storage'].includes(resource) ||
    (resource.startsWith('requests.') && resource !== 'requests.storage') ||
    resource.startsWith('limits.')
  );
}

/**
 * When a pod that is being deleted ceases to count although it is still there: one more grace period after the instant
 * at which it should have been gone (QuotaV1Pod in kubernetes/pkg/quota). Null where it is not being deleted.
 */
export function overdueAt(pod: Pod): Instant | null {
  const deletion = parseInstant(pod.metadata?.deletionTimestamp);
  const grace = pod.metadata?.deletionGracePeriodSeconds;
  return deletion === null || grace === undefined ? null : deletion + grace * 1_000;
}

function isOverdue(pod: Pod, now: Instant): boolean {
  const at = overdueAt(pod);
  return at !== null && now > at;
}

function inScope(pod: Pod, scope: string): boolean {
  switch (scope) {
    case 'Terminating':
      return pod.spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    default:
      // PriorityClass and CrossNamespacePodAffinity: the embedded cluster knows neither.
      return false;
  }
}

function isBestEffort(pod: Pod): boolean {
  return podAmounts(pod, 'requests').size === 0 && podAmounts(pod, 'limits').size === 0;
}
