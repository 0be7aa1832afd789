import { cite, citeNode, citePod, citeRequests } from '../cite.js';
import type { Facts } from '../facts/facts.js';
import { deciding, isClean } from '../facts/queries.js';
import type { Finding, Rule } from '../finding.js';
import { rowOf, type TextRow } from '../text-table.js';

/**
 * `status.reason` of a pod that the kubelet refused to admit (pkg/kubelet/lifecycle, pkg/kubelet/cm). It clears where it
 * is about what is free or healthy on the node there and then; not where the node is not set up for what the pod asks.
 */
const REASONS: readonly TextRow[] = [
  { pattern: /^OutOf/, subreason: 'KubeletOutOfResource', clears: true },
  { pattern: /^InsufficientResource/, subreason: 'KubeletOutOfResource', clears: true },
  { pattern: /^UnexpectedAdmissionError$/, subreason: 'DeviceAllocateFailed', clears: true },
  { pattern: /^TopologyAffinityError$/, subreason: 'TopologyAffinity', clears: true },
  { pattern: /^SMTAlignmentError$/, subreason: 'TopologyAffinity', clears: false },
  {
    pattern:
      /^(?:NodeAffinity|NodeName|NodePorts|NodeUnschedulable|TaintToleration|MatchNodeSelector|PodOSSelectorNodeLabelDoesNotMatch)$/,
    subreason: 'NodeAffinityRejected',
    clears: true,
  },
  { pattern: /^NodeShutdown$/, subreason: 'NodeShutdown', clears: true },
  { pattern: /^SysctlForbidden$/, subreason: 'SysctlForbidden', clears: false },
  { pattern: /^AppArmor$/, subreason: 'AppArmor', clears: false },
  {
    pattern:
      /^(?:PodOSNotSupported|PodFeatureUnsupported|PodForbidden|InitContainerRestartPolicyForbidden|Sandbox|ProcMount|NoNewPrivs|PodLevelResourcesNotAdmitted|InvalidNodeInfo|UnknownReason)$/,
    subreason: 'NodeNotSetUp',
    clears: false,
  },
];

/** A device plug-in that answers wrongly does so again; one that broke down or has no device left may recover. */
const PLUGIN_BUG =
  /in allocation response|not matched|candidate pod not found|code = (?:Unimplemented|InvalidArgument)|panic: |invalid allocation|can't unmarshal/;

/** The kubelet refused to admit the pod: it never ran there. */
export const kubeletRefusal: Rule = {
  name: 'kubelet-refusal',
  basis: 'A kubelet that refuses a pod sets phase Failed and a status.reason from a closed list, and starts nothing.',
  apply(facts) {
    const { pod } = facts;
    // Old kubelets (before 1.27) leave what they soft-refuse Pending, its containers `Blocked`.
    const blocked = facts.containers.some((one) => one.waiting.reason === 'Blocked');
    if (pod === null || (pod.phase !== 'Failed' && !blocked)) return null;
    // A kubelet that starts anew admits again what it finds: a refusal of what had ended well is no cause.
    const main = deciding(facts);
    if (main.length > 0 && main.every((one) => isClean(one.ended) && one.ended?.ran === true)) return null;
    const row = rowOf(REASONS, pod.reason) ?? shutdownRefusal(facts) ?? otherRefusal(facts);
    if (row === null) return null;
    if (row.subreason === 'NodeShutdown' && facts.mainStarted) return null;
    if (/error finding a set of pods to preempt/.test(pod.message))
      return finding(facts, { ...row, subreason: 'KubeletOutOfResource', clears: true });
    const bug = row.subreason === 'DeviceAllocateFailed' && PLUGIN_BUG.test(pod.message);
    return finding(facts, { ...row, clears: row.clears && !bug });
  },
};

/** Kubernetes 1.20 used one reason for both; only the text tells a refusal from a termination. */
function shutdownRefusal({ pod }: Facts): TextRow | null {
  const refused = /not admitting any new pods|rejected as the node is shutting down/.test(pod?.message ?? '');
  return refused ? { pattern: /^/, subreason: 'NodeShutdown', clears: true } : null;
}

/** A reason of a newer kubelet, or of a plug-in: the words before its message are the kubelet's (rejectPod). */
function otherRefusal({ pod, mainStarted }: Facts): TextRow | null {
  const refused = /^Pod was rejected: /.test(pod?.message ?? '') && pod?.hasStatuses === false && !mainStarted;
  return refused && pod.reason !== 'Evicted' ? { pattern: /^/, subreason: 'NodeNotSetUp', clears: false } : null;
}

function selectorOf({ pod }: Facts): Finding['citations'] {
  const selector = Object.entries(pod?.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pod === null || selector.length === 0 ? [] : [cite(pod.source, 'spec.nodeSelector', selector.join(', '))];
}

function finding(facts: Facts, { subreason, clears }: TextRow): Finding {
  const { pod } = facts;
  const devices = facts.events.filter((event) => event.kind === 'Node' && event.warning).slice(-2);
  return {
    reason: 'AdmissionRejected',
    subreason,
    clears,
    message: `The kubelet of node ${pod?.node ?? ''} refused the pod (${pod?.reason ?? ''}): ${pod?.message ?? ''}`,
    citations: [
      ...(pod === null ? [] : [citePod(pod)]),
      ...devices.map((event) => ({
        source: `Node/${event.name}`,
        path: `event ${event.reason}`,
        value: event.message,
        at: event.at,
      })),
      ...facts.containers.flatMap(citeRequests),
      ...selectorOf(facts),
      ...citeNode(facts),
    ],
  };
}
