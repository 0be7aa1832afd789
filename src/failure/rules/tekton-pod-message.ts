import { citeRun } from '../cite.js';
import type { Facts } from '../facts/facts.js';
import type { Finding, Rule } from '../finding.js';
import { rowOf, type TextRow } from '../text-table.js';
import { KUBELET_EVICTIONS } from './evicted.js';

/** `status.message` of pods that the kubelet ended or refused (pkg/kubelet/nodeshutdown, preemption, active_deadline). */
const KUBELET_ENDS: readonly TextRow[] = [
  ...KUBELET_EVICTIONS.map((row) => ({ ...row, reason: 'Evicted' as const })),
  {
    pattern: /imminent node shutdown|Node is shutting, evicting pods/,
    reason: 'NodeLost',
    subreason: 'GracefulNodeShutdown',
    clears: true,
  },
  {
    pattern: /Preempted in order to admit critical pod/,
    reason: 'Preempted',
    subreason: 'KubeletPreemption',
    clears: true,
  },
  {
    pattern: /Pod was active on the node longer than the specified deadline/,
    reason: 'DeadlineExceeded',
    subreason: 'PodActiveDeadline',
    clears: false,
  },
  // Refusals at admission: nothing starts.
  ...(
    [
      [/Node didn't have enough resource|error finding a set of pods to preempt/, 'KubeletOutOfResource'],
      [/Predicate \w+ failed/, 'NodeAffinityRejected'],
      [/Allocate failed due to/, 'DeviceAllocateFailed'],
      [/cannot be allocated with Topology locality/, 'TopologyAffinity'],
      [/rejected as the node is shutting down/, 'NodeShutdown'],
    ] as const
  ).map(([pattern, subreason]) => ({ pattern, reason: 'AdmissionRejected' as const, subreason, clears: true })),
  { pattern: /^OOMKilled$/, reason: 'OOMKilled', subreason: 'StepOOM', clears: false },
];

/** How the pod of a TaskRun ended, in the pod's own words: all that is left when the pod is not in evidence. */
export const tektonPodMessage: Rule = {
  name: 'tekton-pod-message',
  basis:
    "Where no step says why it ended, Tekton puts the pod's status.message into the TaskRun's condition (pkg/pod/status.go).",
  apply(facts) {
    if (facts.pod !== null) return null;
    for (const run of facts.taskRuns) {
      const { status = '', message = '' } = run.succeeded ?? {};
      const row = status === 'False' ? rowOf(KUBELET_ENDS, message.trim()) : null;
      if (row === null) continue;
      return {
        reason: row.reason ?? 'Unknown',
        subreason: row.subreason,
        clears: row.clears,
        ...stageOf(row, facts),
        message: `The pod of ${run.kind} ${run.name} was ended: ${message.trim()}`,
        citations: citeRun(run),
      };
    }
    return null;
  },
};

/**
 * Own limits and an OOM kill are the program's doing; nobody ends for them what has not started. Of the rest the steps
 * tell how far it got; without them the careful answer is that it ran.
 */
function stageOf({ subreason, reason }: TextRow, { containers }: Facts): Pick<Finding, 'stage' | 'effects'> {
  const own = subreason === 'EphemeralStorageLimit' || subreason === 'EmptyDirLimit' || reason === 'OOMKilled';
  if (own) return { stage: 'Execution', effects: 'Possible' };
  if (containers.length > 0) return {};
  if (reason === 'AdmissionRejected') return { stage: 'PreExecution', effects: 'None' };
  return { stage: reason === 'DeadlineExceeded' ? 'Execution' : 'Infrastructure', effects: 'Unknown' };
}
