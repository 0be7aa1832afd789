import type { Node, Pod } from '../../../api/kube.js';
import { isTolerated } from '../machinery/taints.js';
import { selectsNode } from './node-selection.js';
import { parseAmounts, type Amounts } from './pod-requests.js';

/** A node with what its pods (those that have not ended) ask for together. */
export interface NodeLoad {
  readonly node: Node;
  readonly used: Amounts;
  readonly pods: number;
}

/** Why a pod does not fit, in the scheduler's words; `hopeless`: not even if all other pods were gone. */
export type NodeFit =
  { readonly fits: true } | { readonly fits: false; readonly reasons: readonly string[]; readonly hopeless: boolean };

const HOPELESS = (reason: string): NodeFit => ({ fits: false, reasons: [reason], hopeless: true });

/** The filters in the scheduler's order; the first that refuses gives the reasons. */
export function fitNode(pod: Pod, requests: Amounts, { node, used, pods }: NodeLoad): NodeFit {
  if (node.spec?.unschedulable === true && !isTolerated(pod, UNSCHEDULABLE)) {
    return HOPELESS('node(s) were unschedulable');
  }
  const repelled = node.spec?.taints?.some((taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(pod, taint));
  if (repelled === true) return HOPELESS('node(s) had untolerated taint(s)');
  if (!selectsNode(pod, node)) return HOPELESS("node(s) didn't match Pod's node affinity/selector");
  return fitResources(requests, { allocatable: parseAmounts(node.status?.allocatable), used, pods });
}

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

function fitResources(
  requests: Amounts,
  at: { readonly allocatable: Amounts; readonly used: Amounts; readonly pods: number },
): NodeFit {
  const reasons: string[] = [];
  let hopeless = false;
  // A node that does not say how many pods it takes takes none.
  if (at.pods + 1 > (at.allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
  for (const [name, request] of requests) {
    if (request <= 0) continue;
    const allocatable = at.allocatable.get(name) ?? 0;
    // Sums of binary fractions: half a nano is less than any difference that a quantity can express.
    if (request <= allocatable - (at.used.get(name) ?? 0) + 5e-10) continue;
    reasons.push(`Insufficient ${name}`);
    if (request > allocatable) hopeless = true;
  }
  return reasons.length === 0 ? { fits: true } : { fits: false, reasons, hopeless };
}
