import { cite, citeCondition, citeEvent, citeNode, citePod } from '../cite.js';
import type { Facts, PodFacts } from '../facts/facts.js';
import { deciding, lastEvent } from '../facts/queries.js';
import type { Citation, Finding, Rule } from '../finding.js';
import { disruptionOf } from './disruption.js';

/** The node controller's taints for a node that it does not hear from, or that says it is not ready. */
const NODE_TAINT = /^node\.kubernetes\.io\/(?:unreachable|not-ready|out-of-service)$/;

/** The pod says that its node went away. */
export const nodeGone: Rule = {
  name: 'node-gone',
  basis: 'PodGC and cloud controllers mark pods whose Node object is gone; a Node object does not prove a machine.',
  apply(facts) {
    const disruption = disruptionOf(facts);
    if (facts.pod === null || disruption === null) return null;
    const byGc = disruption.reason === 'DeletionByPodGC' || /node no longer exists/.test(disruption.message);
    if (!byGc) return null;
    const outOfService = /out[- ]of[- ]service/.test(disruption.message);
    return lost(facts, facts.pod, {
      subreason: outOfService ? 'NodeUnreachable' : 'NodeDeleted',
      what: outOfService ? 'is out of service' : 'no longer exists',
      citations: citeCondition(facts.pod, 'DisruptionTarget'),
    });
  },
};

/** The kubelet stopped the pod because its node shuts down. */
export const gracefulShutdown: Rule = {
  name: 'graceful-node-shutdown',
  basis:
    'The kubelet stops pods at a node shutdown: status.reason Terminated (1.21) or Shutdown (1.20), or TerminationByKubelet.',
  apply(facts) {
    const { pod } = facts;
    if (pod === null) return null;
    const text = `${pod.message} ${disruptionOf(facts)?.message ?? ''}`;
    const told = /node shutdown|Node is shutting/.test(text) || (pod.reason === 'NodeShutdown' && facts.mainStarted);
    const reason = pod.phase === 'Failed' && (pod.reason === 'Terminated' || pod.reason === 'Shutdown');
    if (!told && !reason) return null;
    const citations = [citePod(pod), ...citeCondition(pod, 'DisruptionTarget')];
    return lost(facts, pod, {
      subreason: 'GracefulNodeShutdown',
      what: 'was shut down; its kubelet stopped the pod',
      citations,
    });
  },
};

/** The taint manager deleted the pod because its node is unreachable or not ready. */
export const taintedNodeLost: Rule = {
  name: 'node-lost-by-taint',
  basis:
    'The node controller taints unreachable and not-ready nodes NoExecute; the taint manager then deletes their pods.',
  apply(facts) {
    const { pod, node } = facts;
    if (pod === null || disruptionOf(facts)?.reason !== 'DeletionByTaintManager') return null;
    const unhealthy = isUnhealthy(facts);
    if (!unhealthy && (node !== null || answered(facts))) return null;
    return lost(facts, pod, {
      subreason: 'NodeUnreachable',
      what: 'became unreachable',
      citations: citeCondition(pod, 'DisruptionTarget'),
      confidence: unhealthy ? 'Certain' : 'Likely',
    });
  },
};

/** The pod is on a node that nobody hears from, and nothing else is known of its end. */
export const nodeSilent: Rule = {
  name: 'node-silent',
  basis:
    'A kubelet that cannot reach the API server leaves the last status standing: what it shows as running may still run.',
  waiting: true,
  apply(facts) {
    const { pod } = facts;
    if (pod === null) return null;
    const oldStyle = pod.reason === 'NodeLost';
    if (!oldStyle && (!isUnhealthy(facts) || knowsItsEnd(facts))) return null;
    const subreason = oldStyle || unreachable(facts) === 'taint' ? 'NodeUnreachable' : 'NodeNotReady';
    return lost(facts, pod, {
      subreason,
      what: 'is not ready; nobody hears from its kubelet',
      citations: [citePod(pod)],
    });
  },
};

/** The node was rebooted under the pod. */
export const nodeRebooted: Rule = {
  name: 'node-rebooted',
  basis:
    'A kubelet that finds another boot id sends Rebooted; containers of before are 137, 143, 255 or not to be found.',
  apply(facts) {
    const { pod } = facts;
    const event = lastEvent(facts, 'Rebooted', (one) => one.kind === 'Node');
    if (pod === null || event === null) return null;
    const broken = deciding(facts).some((one) => {
      const end = one.ended ?? one.last;
      if (end === null) return false;
      if (end.finishedAt !== null && event.at !== null && end.finishedAt > event.at + BOOT_SETTLES_MS) return false;
      return [137, 143, 255].includes(end.exitCode) && end.reason !== 'OOMKilled';
    });
    if (!broken) return null;
    return lost(facts, pod, { subreason: 'NodeRebooted', what: 'was rebooted', citations: [citeEvent(event)] });
  },
};

/** After a boot the kubelet writes the ends of old containers within its first syncs. */
const BOOT_SETTLES_MS = 300_000;

interface Loss {
  readonly subreason: string;
  readonly what: string;
  readonly citations: readonly Citation[];
  readonly confidence?: 'Certain' | 'Likely';
}

function lost(facts: Facts, pod: PodFacts, { subreason, what, citations, confidence }: Loss): Finding {
  const culprit = deciding(facts).find((one) => one.ended !== null);
  return {
    reason: 'NodeLost',
    subreason,
    clears: true,
    message: `Node ${pod.node} ${what}.`,
    ...(culprit?.ended ? { container: culprit, ending: culprit.ended } : {}),
    ...(confidence ? { confidence } : {}),
    citations: [...citations, ...nodeEvents(facts), ...citeNode(facts), ...runningStates(facts)],
  };
}

function nodeEvents(facts: Facts): Citation[] {
  const reasons = [
    'NodeNotReady',
    'Shutdown',
    'Rebooted',
    'DeletingNode',
    'RemovingNode',
    'TaintManagerEviction',
    'NodeShutdown',
  ];
  return facts.events
    .filter((event) => reasons.includes(event.reason))
    .slice(-3)
    .map(citeEvent);
}

function runningStates({ containers }: Facts): Citation[] {
  return containers
    .filter((one) => one.state === 'running' && one.kind === 'main')
    .map((one) => cite(one.source, `${one.path}.state`, 'running'));
}

function isUnhealthy(facts: Facts): boolean {
  return unreachable(facts) !== null;
}

function unreachable(facts: Facts): 'taint' | 'condition' | 'event' | null {
  const { node, pod } = facts;
  if (node !== null) {
    if (node.taints.some((one) => NODE_TAINT.test(one.key) && one.key.endsWith('unreachable'))) {
      return node.conditions['Ready']?.status === 'Unknown' ? 'condition' : 'taint';
    }
    const ready = node.conditions['Ready'];
    if (ready !== undefined && ready.status !== 'True') return 'condition';
    return node.taints.some((one) => NODE_TAINT.test(one.key) && one.effect === 'NoExecute') ? 'taint' : null;
  }
  if (pod?.phase === 'Unknown') return 'condition';
  return lastEvent(facts, 'NodeNotReady') === null ? null : 'event';
}

/** The kubelet reported how the containers ended, so it was there to do it. */
function answered(facts: Facts): boolean {
  const main = deciding(facts);
  return main.length > 0 && main.every((one) => one.ended?.ran === true);
}

function knowsItsEnd(facts: Facts): boolean {
  const phase = facts.pod?.phase;
  return (
    answered(facts) ||
    phase === 'Succeeded' ||
    (phase === 'Failed' && !deciding(facts).some((one) => one.state === 'running'))
  );
}
