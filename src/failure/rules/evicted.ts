import { citeCondition, citeEvent, citeNode, citePod } from '../cite.js';
import type { ContainerFacts, Facts } from '../facts/facts.js';
import { hadEndedBefore, lastEvent, nothingStarted } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { rowOf, type TextRow } from '../text-table.js';
import { disruptionOf } from './disruption.js';

/** What the kubelet's eviction manager writes (pkg/kubelet/eviction/helpers.go), also in releases before 1.22. */
export const KUBELET_EVICTIONS: readonly TextRow[] = [
  {
    pattern: /ephemeral[- ]local[- ]storage usage exceeds|exceeded its local ephemeral storage limit/i,
    subreason: 'EphemeralStorageLimit',
    clears: false,
  },
  { pattern: /Usage of EmptyDir volume|emptyDir .* exceeds the limit/i, subreason: 'EmptyDirLimit', clears: false },
  {
    pattern: /low on resource: \[?memory|condition: \[[^\]]*MemoryPressure/,
    subreason: 'MemoryPressure',
    clears: true,
  },
  {
    pattern:
      /low on resource: \[?(?:ephemeral-storage|inodes|nodefs|imagefs|containerfs|Disk)|condition: \[[^\]]*DiskPressure/i,
    subreason: 'DiskPressure',
    clears: true,
  },
  { pattern: /low on resource: \[?pids?|condition: \[[^\]]*PIDPressure/i, subreason: 'PIDPressure', clears: true },
];

/** The kubelet evicted the pod, or refused it, because its node is short of something or it exceeded its own limit. */
export const evictedByKubelet: Rule = {
  name: 'evicted-by-kubelet',
  basis:
    'The eviction manager sets status.reason Evicted (or TerminationByKubelet) and names what is short, or the limit.',
  apply(facts) {
    const { pod } = facts;
    if (pod === null) return null;
    const condition = disruptionOf(facts);
    const event = lastEvent(facts, 'Evicted', (one) => one.kind === 'Pod');
    const byStatus = pod.reason === 'Evicted';
    const byCondition = condition?.reason === 'TerminationByKubelet';
    const text =
      byStatus && pod.message !== '' ? pod.message : byCondition ? condition.message : (event?.message ?? '');
    const row = rowOf(KUBELET_EVICTIONS, text);
    if (!byStatus && (row === null || (!byCondition && hadEndedBefore(facts, event?.at ?? null)))) return null;
    const own = row?.subreason === 'EphemeralStorageLimit' || row?.subreason === 'EmptyDirLimit';
    const refused = !own && nothingStarted(facts) && /condition: \[|Pod was rejected/.test(text) && !pod.hasStatuses;
    return {
      reason: 'Evicted',
      subreason: subreasonOf(row, refused),
      clears: row?.clears ?? true,
      message: refused
        ? `The kubelet of node ${pod.node} refused the pod: ${text}`
        : `The kubelet of node ${pod.node} evicted the pod: ${text}`,
      ...culpritOf(facts, text),
      // Its own limit: the program's doing, not the platform's.
      ...(own && facts.mainStarted ? { stage: 'Execution' as const } : {}),
      // Old kubelets dropped the statuses when they evicted: a pod that had been admitted did run.
      ...(!own && !refused && !pod.hasStatuses
        ? { stage: 'Infrastructure' as const, effects: 'Unknown' as const }
        : {}),
      citations: [
        citePod(pod),
        ...citeCondition(pod, 'DisruptionTarget'),
        ...(event ? [citeEvent(event)] : []),
        ...citeNode(facts),
      ],
    };
  },
};

function subreasonOf(row: TextRow | null, refused: boolean): string {
  // Only a node's shortage makes the kubelet evict; which one, nothing says.
  if (row === null) return 'NodePressure';
  return refused ? `${row.subreason}Admission` : row.subreason;
}

/** The Eviction API, or a tool that uses it: a drain, the descheduler, an autoscaler. */
export const evictedByApi: Rule = {
  name: 'evicted-by-api',
  basis:
    'The Eviction API sets DisruptionTarget EvictionByEvictionAPI; autoscalers and the descheduler also send events.',
  apply(facts) {
    const { pod } = facts;
    if (pod === null) return null;
    const byApi = disruptionOf(facts)?.reason === 'EvictionByEvictionAPI';
    const tool = facts.events.findLast((event) => TOOL_EVENTS.test(`${event.reason}: ${event.message}`)) ?? null;
    const byTool = tool !== null && pod.deletionAskedAt !== null && !hadEndedBefore(facts, tool.at);
    if (!byApi && !byTool) return null;
    return {
      reason: 'Evicted',
      subreason: 'EvictionAPI',
      clears: true,
      message: `The pod was evicted from node ${pod.node} through the Eviction API (a drain, an autoscaler or the descheduler).`,
      ...culpritOf(facts, ''),
      citations: [
        ...citeCondition(pod, 'DisruptionTarget'),
        ...(tool === null ? [] : [citeEvent(tool)]),
        ...facts.events
          .filter((event) => event.reason === 'Killing')
          .slice(-1)
          .map(citeEvent),
        ...citeNode(facts),
      ],
    };
  },
};

/** cluster-autoscaler, Karpenter, the descheduler and the vertical autoscaler, in the words of their events. */
const TOOL_EVENTS =
  /^(?:ScaleDown: deleting pod for node scale down|Evicted: (?:Evicted pod|pod eviction from|pod evicted)|EvictedByVPA: |Descheduled: )/;

/** A NoExecute taint that is not about the node's health. */
export const evictedByTaint: Rule = {
  name: 'evicted-by-taint',
  basis:
    'The taint manager deletes pods that do not tolerate a NoExecute taint: DeletionByTaintManager, TaintManagerEviction.',
  apply(facts) {
    const { pod } = facts;
    if (pod === null) return null;
    const reason = disruptionOf(facts)?.reason ?? '';
    const event = lastEvent(facts, 'TaintManagerEviction', (one) => /^Marking for deletion/.test(one.message));
    const byEvent = event !== null && pod.deletionAskedAt !== null && !hadEndedBefore(facts, event.at);
    if (reason !== 'DeletionByTaintManager' && reason !== 'DeletionByDeviceTaintManager' && !byEvent) return null;
    const taints = facts.node?.taints.filter((one) => one.effect === 'NoExecute').map((one) => one.key) ?? [];
    const which = taints.length === 0 ? '' : ` (${taints.join(', ')})`;
    return {
      reason: 'Evicted',
      subreason: 'TaintManager',
      clears: true,
      message: `The pod does not tolerate a NoExecute taint${which} of node ${pod.node} and was deleted.`,
      ...culpritOf(facts, ''),
      citations: [...citeCondition(pod, 'DisruptionTarget'), ...(event ? [citeEvent(event)] : []), ...citeNode(facts)],
    };
  },
};

/** The container that the message names, or else the one that was stopped: the main one, or an init container. */
function culpritOf({ containers }: Facts, text: string): Pick<Finding, 'container' | 'ending'> {
  const name = /[Cc]ontainer "?([^" ]+)"? (?:was using|exceeded)/.exec(text)?.[1];
  const named = containers.find((one) => one.name === name);
  const stopped = (one: ContainerFacts): boolean =>
    one.ended !== null && one.ended.exitCode !== 0 && one.ended.reason !== 'ContainerStatusUnknown';
  const found = named ?? containers.find((one) => one.kind === 'main' && stopped(one)) ?? containers.find(stopped);
  if (found === undefined) return {};
  return found.ended === null ? { container: found } : { container: found, ending: found.ended };
}
