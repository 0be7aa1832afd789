import { parseQuantity } from '../../quantity.js';
import { isTerminalPhase } from './phase.js';
import type { PodVerdict, StoredPod } from './situation.js';
import { initContainersOf, isSidecar, mainContainersOf } from './situation.js';

/** What a node has for pods: cores, bytes, a number. */
export interface Allocatable {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

type Need = Pick<Allocatable, 'cpu' | 'memory'>;

function needOf(requests: Readonly<Record<string, string>> | undefined): Need {
  const value = (name: string): number => parseQuantity(requests?.[name] ?? '0') ?? 0;
  return { cpu: value('cpu'), memory: value('memory') };
}

const plus = (a: Need, b: Need): Need => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });
const most = (a: Need, b: Need): Need => ({ cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) });

/** What the pod requests: its main containers and sidecars together, or more where an init container needs more. */
export function podNeed(pod: StoredPod): Need {
  const zero: Need = { cpu: 0, memory: 0 };
  let sidecars = zero;
  let peak = zero;
  for (const one of initContainersOf(pod)) {
    const need = needOf(one.resources?.requests);
    if (isSidecar(one)) sidecars = plus(sidecars, need);
    peak = most(peak, isSidecar(one) ? sidecars : plus(sidecars, need));
  }
  const mains = mainContainersOf(pod).reduce((sum, one) => plus(sum, needOf(one.resources?.requests)), sidecars);
  return most(mains, peak);
}

function refusal(reason: string, what: string, numbers: readonly [number, number, number]): PodVerdict {
  const [requested, used, capacity] = numbers;
  const detail = `Node didn't have enough resource: ${what}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason, message: `Pod was rejected: ${detail}` };
}

/**
 * Why the node does not take the pod beside the others on it (OutOfcpu, OutOfmemory, OutOfpods), or null.
 * In the words of the kubelet's admission (kubernetes/pkg/kubelet/lifecycle/predicate.go); cpu in thousandths.
 */
export function admissionFault(pod: StoredPod, others: readonly StoredPod[], node: Allocatable): PodVerdict | null {
  const active = others.filter((one) => one.metadata.uid !== pod.metadata.uid && !isTerminalPhase(one.status?.phase));
  if (active.length + 1 > node.pods) return refusal('OutOfpods', 'pods', [1, active.length, node.pods]);
  const need = podNeed(pod);
  const used = active.reduce((sum, one) => plus(sum, podNeed(one)), { cpu: 0, memory: 0 });
  const milli = (cores: number): number => Math.ceil(cores * 1000);
  if (need.cpu > 0 && milli(used.cpu + need.cpu) > milli(node.cpu)) {
    return refusal('OutOfcpu', 'cpu', [milli(need.cpu), milli(used.cpu), milli(node.cpu)]);
  }
  if (need.memory > 0 && used.memory + need.memory > node.memory) {
    return refusal('OutOfmemory', 'memory', [need.memory, used.memory, node.memory]);
  }
  return null;
}
