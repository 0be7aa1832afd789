import { parseInstant } from '../../api/instant.js';
import type { KubeEvent } from '../../api/kube.js';
import type { AttemptContext } from '../context.js';
import type { Evidence } from '../evidence.js';
import { containerOfField } from '../started-containers.js';
import type { EventFacts } from './facts.js';
import { withoutOutput } from './printed-output.js';

/** Whether an event tells of one of the attempt's own objects. Others do not count, whoever put them there. */
type Belongs = (involved: KubeEvent['involvedObject']) => boolean;

/** The events of the attempt's own objects, oldest first; ties by reason and text, so that their order never counts. */
export function indexEvents(evidence: Evidence, { quoteLogs }: Pick<AttemptContext, 'quoteLogs'>): EventFacts[] {
  const events = evidence.events ?? [];
  if (events.length === 0) return [];
  const belongs = belonging(evidence);
  return events
    .filter((event) => belongs(event.involvedObject))
    .map(eventOf)
    .map((event) => (quoteLogs ? event : { ...event, message: withoutOutput(event.reason, event.message) }))
    .sort(byTime);
}

function eventOf(event: KubeEvent): EventFacts {
  const { involvedObject: involved } = event;
  return {
    kind: involved.kind ?? '',
    name: involved.name ?? '',
    reason: event.reason ?? '',
    message: (event.message ?? '').trim(),
    warning: event.type === 'Warning',
    container: containerOfField(involved.fieldPath),
    count: event.series?.count ?? event.count ?? 1,
    at:
      parseInstant(event.series?.lastObservedTime) ??
      parseInstant(event.lastTimestamp) ??
      parseInstant(event.eventTime) ??
      parseInstant(event.firstTimestamp) ??
      parseInstant(event.metadata.creationTimestamp),
  };
}

function byTime(a: EventFacts, b: EventFacts): number {
  const time = (a.at ?? 0) - (b.at ?? 0);
  if (time !== 0) return time;
  return compare(a.reason, b.reason) || compare(a.message, b.message) || compare(a.container ?? '', b.container ?? '');
}

function belonging(evidence: Evidence): Belongs {
  const objects = ownObjects(evidence);
  if (objects.length === 0) return sameAsFirst(evidence.events ?? []);
  const job = evidence.pod === undefined ? evidence.job?.metadata?.name : undefined;
  const names = objects.filter(({ kind }) => kind === 'Pod' || kind === 'Job').map((own) => own.name);
  return (involved) =>
    objects.some((own) => isSame(own, involved)) || isPodOfJob(job, involved) || isQueued(names, involved);
}

interface Own {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

function ownObjects(evidence: Evidence): Own[] {
  const { pod, job, node, claims = [], taskRuns = [], pipelineRun } = evidence;
  const own: Own[] = [];
  const add = (kind: string, meta: { readonly name?: string; readonly uid?: string } | undefined): void => {
    if (meta !== undefined) own.push({ kind, name: meta.name ?? '', uid: meta.uid ?? '' });
  };
  add('Pod', pod?.metadata);
  add('Job', job?.metadata);
  for (const claim of claims) add('PersistentVolumeClaim', claim.metadata);
  for (const owner of pod?.metadata?.ownerReferences ?? []) add(owner.kind, owner);
  for (const run of taskRuns) add('TaskRun', metaOf(run));
  if (pipelineRun) add('PipelineRun', metaOf(pipelineRun));
  // A node event carries the node's name for a UID (the kubelet's convention); claims of volumes are known by name only.
  for (const name of [pod?.spec?.nodeName, node?.metadata?.name]) if (name) add('Node', { name });
  for (const volume of pod?.spec?.volumes ?? []) {
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined) add('PersistentVolumeClaim', { name: claim });
  }
  return own;
}

function metaOf(object: { readonly metadata?: unknown }): { readonly name?: string; readonly uid?: string } {
  const meta: unknown = object.metadata;
  if (typeof meta !== 'object' || meta === null) return {};
  const name = 'name' in meta && typeof meta.name === 'string' ? meta.name : '';
  const uid = 'uid' in meta && typeof meta.uid === 'string' ? meta.uid : '';
  return { name, uid };
}

function isSame(own: Own, involved: KubeEvent['involvedObject']): boolean {
  if (own.kind !== involved.kind) return false;
  if (own.kind === 'Node') return own.name === involved.name;
  const uid = involved.uid ?? '';
  return own.uid !== '' && uid !== '' ? own.uid === uid : own.name === involved.name;
}

/** The Job controller names its pods after the Job; where the pod itself is gone, its events are all that is left. */
function isPodOfJob(job: string | undefined, involved: KubeEvent['involvedObject']): boolean {
  return job !== undefined && involved.kind === 'Pod' && (involved.name ?? '').startsWith(`${job}-`);
}

/** Queues (Kueue, Volcano) keep an object of their own beside the workload, and name it after it. */
function isQueued(names: readonly string[], { kind, name = '' }: KubeEvent['involvedObject']): boolean {
  if (kind !== 'Workload' && kind !== 'PodGroup') return false;
  return names.some((own) => own !== '' && new RegExp(`(?:^|-)${own.replace(/[.]/g, '\\.')}(?:-|$)`).test(name));
}

/** Where there is nothing but events: those of one object, a pod before others. */
function sameAsFirst(events: readonly KubeEvent[]): Belongs {
  const subject = events
    .map((event) => event.involvedObject)
    .sort((a, b) => order(a) - order(b) || compare(a.name ?? '', b.name ?? ''))[0];
  return (involved) => involved.kind === subject?.kind && involved.name === subject?.name;
}

function order(involved: KubeEvent['involvedObject']): number {
  return ['Pod', 'Job', 'TaskRun', 'PipelineRun'].indexOf(involved.kind ?? '') >>> 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
