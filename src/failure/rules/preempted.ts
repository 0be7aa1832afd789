import { citeCondition, citeEvent, citeNode, citePod, citeSettings } from '../cite.js';
import type { EventFacts, Facts } from '../facts/facts.js';
import { deciding, hadEndedBefore } from '../facts/queries.js';
import type { Citation, Finding, Rule } from '../finding.js';
import { disruptionOf } from './disruption.js';

/** Something more important got the pod's place. */
export const preempted: Rule = {
  name: 'preempted',
  basis:
    'The scheduler sets PreemptionByScheduler, the kubelet status.reason Preempting; queues (Kueue, Volcano) send events.',
  apply(facts) {
    const { pod } = facts;
    const disruption = disruptionOf(facts);
    if (pod !== null && disruption?.reason === 'PreemptionByScheduler') {
      return taken(facts, 'SchedulerPreemption', disruption.message, citeCondition(pod, 'DisruptionTarget'));
    }
    const critical = pod?.reason === 'Preempting' || /in order to admit critical pod/.test(disruption?.message ?? '');
    if (pod !== null && critical) {
      return taken(facts, 'KubeletPreemption', pod.message || (disruption?.message ?? ''), [citePod(pod)]);
    }
    const byQueue = queueEvent(facts) ?? queueCondition(facts);
    if (byQueue !== null) return taken(facts, byQueue.subreason, byQueue.message, []);
    return null;
  },
};

interface Preemption {
  readonly subreason: string;
  readonly message: string;
}

function queueEvent(facts: Facts): Preemption | null {
  const event = preemptionEvent(facts);
  if (event === null || hadEndedBefore(facts, event.at)) return null;
  // kube-scheduler's own event stands on the victim pod and names the pod or node that it made room for.
  const scheduler = event.kind === 'Pod' && /^Preempted by (?:a )?pod|^Preempted by \S+\/\S+/.test(event.message);
  return { subreason: scheduler ? 'SchedulerPreemption' : 'QueuePreemption', message: event.message };
}

function preemptionEvent(facts: Facts): EventFacts | null {
  return (
    facts.events.findLast(
      (event) =>
        /^(?:Preempted|Preempting|EvictedDueToPreempted|WorkloadPreempted)$/.test(event.reason) ||
        (/^(?:Evict|Evicted|Stopped|Suspended)$/.test(event.reason) && /\bpreempt(?:ed|ion)?\b/i.test(event.message)),
    ) ?? null
  );
}

/** Kueue tells in a condition of the pod or Job why it stopped it. */
function queueCondition({ pod, job }: Facts): Preemption | null {
  const conditions = [...Object.values(pod?.conditions ?? {}), ...Object.values(job?.conditions ?? {})];
  const found = conditions.find((one) => one.status === 'True' && /Preempt/.test(one.reason));
  return found === undefined ? null : { subreason: 'QueuePreemption', message: found.message };
}

function taken(facts: Facts, subreason: string, message: string, citations: readonly Citation[]): Finding {
  const culprit = deciding(facts).find((one) => one.ended !== null);
  const event = preemptionEvent(facts);
  return {
    reason: 'Preempted',
    subreason,
    clears: true,
    message: `It was preempted to make room for something of higher priority: ${message}`,
    ...(culprit?.ended ? { container: culprit, ending: culprit.ended } : {}),
    // A queue takes away what it had admitted, and starts it again; without the pod nothing shows how far it was.
    ...(facts.pod === null
      ? { stage: 'Infrastructure' as const, effects: 'Unknown' as const, mayStillRun: facts.job?.over !== true }
      : {}),
    citations: [
      ...citations,
      ...(event === null ? [] : [citeEvent(event)]),
      ...(facts.pod === null ? [] : citeSettings(facts.pod, 'priorityClassName')),
      ...citeNode(facts),
    ],
  };
}
