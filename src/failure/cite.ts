import type { Instant } from '../api/instant.js';
import type { ContainerFacts, EventFacts, Facts, JobFacts, PodFacts, TektonFacts, Termination } from './facts/facts.js';
import type { Citation } from './finding.js';

/** Cites a field. */
export function cite(source: string, path: string, value: string, at: Instant | null = null): Citation {
  return { source, path, value, at };
}

/** Cites an event, with how often it came. */
export function citeEvent(event: EventFacts): Citation {
  const where = event.container === null ? '' : `[${event.container}]`;
  const often = event.count > 1 ? ` (×${event.count})` : '';
  return cite(`${event.kind}/${event.name}`, `event ${event.reason}${where}`, `${event.message}${often}`, event.at);
}

/** Cites how a container ended. */
export function citeEnd(container: ContainerFacts, end: Termination): Citation {
  const state = end === container.ended ? 'state.terminated' : 'lastState.terminated';
  const signal = end.signal === null ? '' : ` signal=${end.signal}`;
  const ran = end.ran ? '' : ' never ran';
  const text = `exitCode=${end.exitCode} reason=${end.reason}${signal}${ran}`;
  return cite(container.source, `${container.path}.${state}`, text, end.finishedAt);
}

/** Cites what a container waits for. */
export function citeWaiting(container: ContainerFacts): Citation {
  const { reason, message } = container.waiting;
  return cite(container.source, `${container.path}.state.waiting`, message === '' ? reason : `${reason}: ${message}`);
}

/** Cites the pod's own reason and message. */
export function citePod(pod: PodFacts): Citation {
  const text = [pod.reason, pod.message].filter((part) => part !== '').join(': ');
  return cite(pod.source, 'status', text === '' ? `phase=${pod.phase}` : `phase=${pod.phase} ${text}`);
}

/** Cites settings of the pod, where it has them. */
export function citeSettings(pod: PodFacts, ...fields: readonly string[]): Citation[] {
  return fields.flatMap((field) => {
    const value = pod.settings[field];
    return value === undefined ? [] : [cite(pod.source, `spec.${field}`, value)];
  });
}

/** Cites how far a Job got. */
export function citeJob(job: JobFacts): Citation[] {
  const { active, failed, succeeded } = job.counts;
  return [
    cite(job.source, 'status', `active=${active} succeeded=${succeeded} failed=${failed}`),
    ...(job.backoffLimit === null ? [] : [cite(job.source, 'spec.backoffLimit', String(job.backoffLimit))]),
    ...(job.failedIndexes === '' ? [] : [cite(job.source, 'status.failedIndexes', job.failedIndexes)]),
  ];
}

/** Cites a condition of an object. */
export function citeCondition(object: PodFacts | JobFacts, type: string): Citation[] {
  const found = object.conditions[type];
  if (found === undefined) return [];
  const text = [found.reason, found.message].filter((part) => part !== '').join(': ');
  return [cite(object.source, `conditions[${type}]=${found.status}`, text, found.at)];
}

/** Cites the Succeeded condition of a TaskRun or PipelineRun. */
export function citeRun(run: TektonFacts): Citation[] {
  if (run.succeeded === null) return [];
  const { status, reason, message, at } = run.succeeded;
  return [cite(run.source, `conditions[Succeeded]=${status}`, `${reason}: ${message}`, at)];
}

/** Cites the node that the attempt was on, with what is unusual about it. */
export function citeNode({ node, pod }: Facts): Citation[] {
  const cited = pod === null || pod.node === '' ? [] : [cite(pod.source, 'spec.nodeName', pod.node)];
  if (node === null) return cited;
  const unusual = Object.entries(node.conditions)
    .filter(([type, one]) => (type === 'Ready' ? one.status !== 'True' : one.status !== 'False'))
    .map(([type, one]) =>
      cite(node.source, `conditions[${type}]=${one.status}`, `${one.reason}: ${one.message}`, one.at),
    );
  const taints = node.taints.map((one) => `${one.key}:${one.effect}`);
  return [...cited, ...unusual, ...(taints.length === 0 ? [] : [cite(node.source, 'spec.taints', taints.join(', '))])];
}

/** Cites a memory limit. */
export function citeLimit(container: ContainerFacts): Citation[] {
  const { memoryLimit, name } = container;
  if (memoryLimit === null) return [];
  return [cite(container.source, `spec.containers[${name}].resources.limits.memory`, memoryLimit)];
}

/** Cites what a container asks of its node. */
export function citeRequests({ source, name, requests }: ContainerFacts): Citation[] {
  const text = Object.entries(requests).map(([resource, amount]) => `${resource}=${amount}`);
  return text.length === 0 ? [] : [cite(source, `spec.containers[${name}].resources.requests`, text.join(', '))];
}
