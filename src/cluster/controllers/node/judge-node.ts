import { formatSeconds, parseInstant, type Instant } from '../../../api/instant.js';
import type { Node } from '../../../api/kube.js';
import type { Taint } from '../machinery/taints.js';

type NodeCondition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

export type Readiness = 'True' | 'False' | 'Unknown';

/** What of a node's life signs was last seen to change, and when by our own clock: the node's clock is not believed. */
export interface Heartbeat {
  /** Of the Lease and of the Ready condition, joined: any change is a sign of life. */
  readonly sign: string;
  readonly seen: Instant;
}

export function nextHeartbeat(before: Heartbeat | undefined, sign: string, now: Instant): Heartbeat {
  return before?.sign === sign ? before : { sign, seen: now };
}

export function readinessOf(node: Node): Readiness {
  const status = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
  return status === 'True' || status === 'False' ? status : 'Unknown';
}

const WATCHED_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** All conditions as they read once the node is silent; null where they do already. */
export function silentConditions(node: Node, now: Instant): readonly NodeCondition[] | null {
  const before = node.status?.conditions ?? [];
  let conditions: readonly NodeCondition[] = before;
  for (const type of WATCHED_CONDITIONS) {
    const old = before.find((condition) => condition.type === type);
    if (old?.status === 'Unknown') continue;
    const next = silentCondition(type, node, { old, now });
    conditions = old === undefined ? [...conditions, next] : conditions.map((one) => (one === old ? next : one));
  }
  return conditions === before ? null : conditions;
}

function silentCondition(
  type: string,
  node: Node,
  at: { readonly old: NodeCondition | undefined; readonly now: Instant },
): NodeCondition {
  const never = at.old === undefined;
  return {
    type,
    status: 'Unknown',
    reason: never ? 'NodeStatusNeverUpdated' : 'NodeStatusUnknown',
    message: never ? 'Kubelet never posted node status.' : 'Kubelet stopped posting node status.',
    lastHeartbeatTime: at.old?.lastHeartbeatTime ?? node.metadata?.creationTimestamp ?? formatSeconds(at.now),
    lastTransitionTime: formatSeconds(at.now),
  };
}

export const UNREACHABLE = 'node.kubernetes.io/unreachable';
export const NOT_READY = 'node.kubernetes.io/not-ready';
const OURS: readonly string[] = [UNREACHABLE, NOT_READY];

/**
 * The taints that follow from the node's readiness; null where it has them already. Where no node is ready at all,
 * nothing is evicted: more likely this end is cut off (the real controller's full disruption mode).
 */
export function taintsFor(
  node: Node,
  readiness: Readiness,
  options: { readonly now: Instant; readonly evicting: boolean },
): readonly Taint[] | null {
  const before = node.spec?.taints ?? [];
  const key = readiness === 'Unknown' ? UNREACHABLE : NOT_READY;
  const wanted = readiness === 'True' ? [] : options.evicting ? ['NoSchedule', 'NoExecute'] : ['NoSchedule'];
  const kept = before.filter(
    (taint) => !OURS.includes(taint.key) || (taint.key === key && wanted.includes(taint.effect)),
  );
  const missing = wanted.filter((effect) => !kept.some((taint) => taint.key === key && taint.effect === effect));
  if (missing.length === 0 && kept.length === before.length) return null;
  return [...kept, ...missing.map((effect) => ({ key, effect, timeAdded: formatSeconds(options.now) }))];
}

/** When the taint began to count against pods that tolerate it for a while. */
export function taintedSince(taint: Taint, now: Instant): Instant {
  return parseInstant(taint.timeAdded) ?? now;
}
