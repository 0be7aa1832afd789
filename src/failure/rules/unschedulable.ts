import { cite, citeCondition, citeEvent, citeRequests, citeSettings } from '../cite.js';
import type { Facts } from '../facts/facts.js';
import type { Citation, Rule } from '../finding.js';
import { neutral } from '../neutral.js';
import { deletedByOthers } from './not-started.js';

/** One part of the scheduler's message: `3 Insufficient cpu`, `4 node(s) didn't match …`. */
interface Part {
  readonly subreason: string;
  /** A shortage, a cordon, the taint of a node's condition: it passes. The pod's own terms do not. */
  readonly clears: boolean;
  /** Lower is more telling. */
  readonly rank: number;
  readonly nodes: number;
}

interface PartRow {
  readonly pattern: RegExp;
  readonly subreason: string;
  readonly clears: boolean;
  readonly rank: number;
}

/** Filter plug-ins of kube-scheduler, releases before 1.20 too; gang schedulers (Volcano, coscheduling, Kueue). */
const PARTS: readonly PartRow[] = [
  {
    pattern: /gang|pod group|podgroup|minMember|minAvailable|plugin Coscheduling|waiting on permit/i,
    subreason: 'GangScheduling',
    clears: true,
    rank: 0,
  },
  {
    pattern: /[Ii]nsufficient \S*gpu|[Ii]nsufficient \S+\/\S+|cannot allocate all claims|not enough GPU/,
    subreason: 'InsufficientGPU',
    clears: true,
    rank: 1,
  },
  { pattern: /[Ii]nsufficient memory/, subreason: 'InsufficientMemory', clears: true, rank: 2 },
  {
    pattern: /[Ii]nsufficient cpu/,
    subreason: 'InsufficientCPU',
    clears: true,
    rank: 3,
  },
  {
    pattern: /[Ii]nsufficient \S+|Too many pods|exceed max volume count|enough free storage|resource fit failed/,
    subreason: 'InsufficientResource',
    clears: true,
    rank: 3,
  },
  {
    pattern: /persistentvolume "[^"]*" not found|bound to non-existent/,
    subreason: 'PersistentVolumeMissing',
    clears: false,
    rank: 4,
  },
  // Dynamic resource allocation (resource.k8s.io).
  {
    pattern:
      /resourceclaim(?:template)? "[^"]*" not found|cannot find resourceclaim|deviceclass \S+ (?:not found|does not exist)/i,
    subreason: 'ResourceClaimMissing',
    clears: false,
    rank: 4,
  },
  {
    pattern:
      /unbound (?:immediate )?PersistentVolumeClaim|persistentvolumeclaim "[^"]*" (?:not found|is being deleted)|didn't find available persistent volumes? to bind|provisioning failed for PVC/,
    subreason: 'UnboundPVC',
    clears: false,
    rank: 4,
  },
  {
    pattern: /volume node affinity conflict|no available volume zone|NoVolumeZoneConflict/,
    subreason: 'VolumeNodeAffinity',
    clears: false,
    rank: 8,
  },
  { pattern: /taint.*node\.kubernetes\.io\/disk-pressure/, subreason: 'TaintDiskPressure', clears: true, rank: 6 },
  {
    pattern: /taint.*node\.kubernetes\.io\/(?:unreachable|not-ready)/,
    subreason: 'TaintUnreachable',
    clears: true,
    rank: 6,
  },
  {
    pattern: /taint.*(?:node\.kubernetes\.io\/|node\.cloudprovider\.kubernetes\.io\/)/,
    subreason: 'TaintNodeCondition',
    clears: true,
    rank: 6,
  },
  // A host port that another pod holds; it is free when that pod ends.
  { pattern: /free ports for the requested pod ports/, subreason: 'HostPortTaken', clears: true, rank: 5 },
  // The scheduler of AWS Fargate names what it cannot run at all.
  { pattern: /not supported on Fargate/, subreason: 'PodNotSupported', clears: false, rank: 0 },
  {
    pattern: /(?:were|was) unschedulable|not ready|out of disk|under (?:disk|memory) pressure/,
    subreason: 'NodeUnschedulable',
    clears: true,
    rank: 7,
  },
  { pattern: /taint/, subreason: 'TaintNotTolerated', clears: false, rank: 9 },
  {
    pattern: /affinity|selector|topology spread|hostname|requested node name/,
    subreason: 'NodeAffinityMismatch',
    clears: false,
    rank: 10,
  },
];

/** No node can take the pod. */
export const unschedulable: Rule = {
  name: 'unschedulable',
  basis:
    'The scheduler sets PodScheduled=False with one part for each filter that nodes failed, and sends FailedScheduling.',
  waiting: true,
  apply(facts) {
    const { pod } = facts;
    if (pod === null || pod.node !== '' || deletedByOthers(facts)) return null;
    const condition = pod.conditions['PodScheduled'];
    const event = facts.events.findLast(
      (one) => one.reason === 'FailedScheduling' || (one.reason === 'Unschedulable' && one.warning),
    );
    if (condition?.status !== 'False' && event === undefined) return null;
    if (condition?.status === 'True') return null;
    const texts = [condition?.message ?? '', event?.message ?? ''];
    const gated = condition?.reason === 'SchedulingGated';
    const part = gated ? GATED : leading(texts);
    return {
      reason: 'Unschedulable',
      subreason: part.subreason,
      clears: part.clears,
      message: gated
        ? `The pod waits behind a scheduling gate: ${condition.message}`
        : `No node can take the pod: ${texts.find((text) => text !== '') ?? ''}`,
      citations: [
        ...citeCondition(pod, 'PodScheduled'),
        ...(event === undefined ? [] : [citeEvent(event)]),
        ...claims(facts),
        ...citeSettings(pod, 'schedulingGates'),
        ...requests(facts),
      ],
    };
  },
};

/** Whoever set the gate takes it away; a second pod would wait behind the same gate. */
const GATED: Part = { subreason: 'SchedulingGated', clears: false, rank: 0, nodes: 0 };

/** What a text of the scheduler says, for texts without a pod (a TaskRun's previous status). */
export function leading(texts: readonly string[]): Part {
  const parts = texts.flatMap(partsOf).sort((a, b) => a.rank - b.rank || b.nodes - a.nodes);
  return parts[0] ?? { subreason: 'Unschedulable', clears: true, rank: 99, nodes: 0 };
}

/** The preemption part only repeats why making room would not help. */
function partsOf(text: string): Part[] {
  const [main = ''] = neutral(text).split(/\bpreemption: /);
  return main
    .replace(/^\d+\/\d+ nodes are available: /, '')
    .split(/, (?=\d+ )|\. |, (?=that the pod)/)
    .flatMap((part) => {
      const row = PARTS.find((one) => one.pattern.test(part));
      return row === undefined ? [] : [{ ...row, nodes: Number(/^\s*(\d+) /.exec(part)?.[1] ?? 0) }];
    });
}

function claims({ events, pod }: Facts): Citation[] {
  const cited = events
    .filter((one) => one.kind === 'PersistentVolumeClaim')
    .slice(-2)
    .map(citeEvent);
  const names =
    pod?.volumes.flatMap((one) =>
      one.claim === null ? [] : [cite(pod.source, `spec.volumes[${one.name}]`, `claim ${one.claim}`)],
    ) ?? [];
  return [...cited, ...names];
}

function requests({ containers, pod }: Facts): Citation[] {
  const selector = Object.entries(pod?.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  const wanted =
    pod === null || selector.length === 0 ? [] : [cite(pod.source, 'spec.nodeSelector', selector.join(', '))];
  return [...wanted, ...containers.flatMap(citeRequests)];
}
