import type { Node, Pod } from '../../../api/kube.js';
import { isTerminal } from '../machinery/pod-facts.js';
import type { NodeLoad } from './node-fit.js';
import { addTo, podAmounts } from './pod-requests.js';

/** Each node with the sum of what its pods ask for; pods that have ended ask for nothing. */
export function nodeLoads(nodes: Iterable<Node>, pods: Iterable<Pod>): readonly NodeLoad[] {
  const loads = new Map<string, { readonly node: Node; readonly used: Map<string, number>; pods: number }>();
  for (const node of nodes) loads.set(node.metadata?.name ?? '', { node, used: new Map(), pods: 0 });
  for (const pod of pods) {
    const load = loads.get(pod.spec?.nodeName ?? '');
    if (load === undefined || isTerminal(pod)) continue;
    addTo(load.used, podAmounts(pod, 'requests'));
    load.pods += 1;
  }
  return [...loads.values()];
}
