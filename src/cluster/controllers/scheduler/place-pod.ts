import type { Pod } from '../../../api/kube.js';
import { fitNode, type NodeLoad } from './node-fit.js';
import { namedNodes } from './node-selection.js';
import { parseAmounts, podAmounts, type Amounts } from './pod-requests.js';

/** Where the pod goes, or why it goes nowhere: the text of the condition and of the event. */
export type Placement = { readonly node: string } | { readonly node: null; readonly message: string };

export interface Claims {
  /** Is there a claim of this name in the pod's namespace, and is it bound? */
  claim(name: string): 'Missing' | 'Unbound' | 'Bound';
}

/**
 * Chooses the node that has the largest share of CPU and memory left, by name among equals (the real scheduler draws
 * lots among equals; here a run can be repeated). Nothing is preempted. The words are those of Kubernetes 1.35.
 */
export function placePod(pod: Pod, nodes: readonly NodeLoad[], claims: Claims): Placement {
  if (nodes.length === 0) return { node: null, message: 'no nodes available to schedule pods' };
  const head = `0/${nodes.length} nodes are available:`;
  const claimFault = faultOfClaims(pod, claims);
  if (claimFault !== null) return { node: null, message: `${head} ${claimFault}. not found` };
  const names = namedNodes(pod);
  if (names !== null && !nodes.some(({ node }) => names.includes(node.metadata?.name ?? ''))) {
    const reasons = [{ reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"], hopeless: true }];
    return {
      node: null,
      message: refusal(
        head,
        nodes.flatMap(() => reasons),
      ),
    };
  }
  const requests = podAmounts(pod, 'requests');
  const fitting: NodeLoad[] = [];
  const refused: Refused[] = [];
  for (const load of nodes) {
    const fit = fitNode(pod, requests, load);
    if (fit.fits) fitting.push(load);
    else refused.push(fit);
  }
  const best = emptiest(fitting, requests);
  return best === null ? { node: null, message: refusal(head, refused) } : { node: best };
}

interface Refused {
  readonly reasons: readonly string[];
  readonly hopeless: boolean;
}

function faultOfClaims(pod: Pod, claims: Claims): string | null {
  let unbound = false;
  for (const volume of pod.spec?.volumes ?? []) {
    const name = volume.persistentVolumeClaim?.claimName;
    if (name === undefined) continue;
    const state = claims.claim(name);
    if (state === 'Missing') return `persistentvolumeclaim "${name}" not found`;
    if (state === 'Unbound') unbound = true;
  }
  return unbound ? 'pod has unbound immediate PersistentVolumeClaims' : null;
}

function refusal(head: string, refused: readonly Refused[]): string {
  const reasons = tally(refused.flatMap((one) => one.reasons));
  const preemption = tally(
    refused.map((one) =>
      one.hopeless ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
    ),
  );
  return `${head} ${reasons.join(', ')}. no new claims to deallocate, preemption: ${head} ${preemption.join(', ')}.`;
}

/** `2 Insufficient cpu`, in the order of the texts with their numbers, as the scheduler sorts them. */
function tally(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} ${text}`).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function emptiest(fitting: readonly NodeLoad[], requests: Amounts): string | null {
  let best: { readonly name: string; readonly score: number } | null = null;
  for (const load of fitting) {
    const name = load.node.metadata?.name ?? '';
    const score = freeShare(load, requests);
    if (best === null || score > best.score || (score === best.score && name < best.name)) best = { name, score };
  }
  return best?.name ?? null;
}

function freeShare({ node, used, pods }: NodeLoad, requests: Amounts): number {
  const allocatable = parseAmounts(node.status?.allocatable);
  let share = 0;
  for (const name of ['cpu', 'memory']) {
    const all = allocatable.get(name) ?? 0;
    if (all > 0) share += (all - (used.get(name) ?? 0) - (requests.get(name) ?? 0)) / all;
  }
  const room = allocatable.get('pods') ?? 0;
  // Pods that ask for nothing spread by their number.
  return share + (room > 0 ? (room - pods) / room / 1_000 : 0);
}
