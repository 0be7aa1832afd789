import { cite, citeCondition, citeEnd, citeEvent, citeNode, citePod, citeRun, citeWaiting } from './cite.js';
import type { Facts } from './facts/facts.js';
import { isClean } from './facts/queries.js';
import type { Citation } from './finding.js';

/** What a reader wants to see beside the evidence of a rule: the state of the objects, and what they were told to be. */
export function contextCitations(facts: Facts): Citation[] {
  const { pod, job, taskRuns, pipelineRun, containers } = facts;
  return [
    ...(pod === null ? [] : [citePod(pod)]),
    ...containers
      .flatMap((one) => (one.ended === null || isClean(one.ended) ? [] : [citeEnd(one, one.ended)]))
      .slice(0, 3),
    ...(pod?.deletionAskedAt == null
      ? []
      : [cite(pod.source, 'metadata.deletionTimestamp', 'deletion was asked for', pod.deletionAskedAt)]),
    ...containers
      .filter((one) => one.restarts > 0)
      .slice(0, 2)
      .map((one) => cite(one.source, `${one.path}.restartCount`, String(one.restarts))),
    ...(job === null ? [] : [...citeCondition(job, 'Failed'), ...citeCondition(job, 'Suspended')]),
    ...taskRuns.slice(0, 2).flatMap(citeRun),
    ...(pipelineRun === null ? [] : citeRun(pipelineRun)),
    ...containers
      .filter((one) => one.state === 'waiting' && one.waiting.reason !== 'PodInitializing')
      .slice(0, 2)
      .map(citeWaiting),
    ...citeNode(facts),
    ...(pod === null || pod.conditions['DisruptionTarget'] === undefined ? [] : citeCondition(pod, 'DisruptionTarget')),
    ...containers
      .filter((one) => one.image !== '' && one.kind === 'main')
      .slice(0, 2)
      .map((one) => cite(one.source, `spec.containers[${one.name}].image`, one.image)),
    ...facts.events
      .filter((event) => event.warning)
      .slice(-2)
      .map(citeEvent),
  ];
}
