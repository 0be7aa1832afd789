import type { JsonObject } from '../../api/json.js';
import type { Job, KubeEvent, Node, PersistentVolumeClaim, Pod, Status } from '../../api/kube.js';
import type { Evidence } from '../evidence.js';
import { listOf, objectOf, textOf } from '../facts/read.js';
import { coreEvent, isEvidenceInput, type Sourced } from './sort-documents.js';

/** One thing to be explained: an attempt, with all that the files hold of it. */
export interface Workload {
  readonly file: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly evidence: Evidence;
}

/** The workloads that documents hold, in order: evidence objects as they are, manifests put together by owner and name. */
export function workloadsOf(sourced: readonly Sourced[]): Workload[] {
  const inputs = sourced.filter(({ object }) => isEvidenceInput(object));
  const manifests = sourced.filter(({ object }) => !isEvidenceInput(object));
  return [...inputs.map(inputWorkload), ...manifestWorkloads(manifests)];
}

function inputWorkload({ file, object }: Sourced): Workload {
  const evidence = parseEvidence(object);
  const events = listOf(object, 'events').map((one) => objectOf(one, 'involvedObject'));
  const subject =
    [object['job'], object['pipelineRun'], failedFirst(listOf(object, 'taskRuns')), object['pod']].find(
      (one) => one !== undefined,
    ) ?? null;
  if (subject !== null) return { file, ...nameOf(asObject(subject)), evidence };
  const refused = objectOf(objectOf(object, 'createError'), 'details');
  const involved = events.find((one) => ['Pod', 'Job'].includes(textOf(one, 'kind'))) ?? events[0] ?? {};
  const kind = textOf(refused, 'kind') || textOf(involved, 'kind');
  return {
    file,
    kind,
    namespace: textOf(involved, 'namespace'),
    name: textOf(refused, 'name') || textOf(involved, 'name') || 'create',
    evidence,
  };
}

function failedFirst(taskRuns: readonly JsonObject[]): JsonObject | undefined {
  const isFailed = (run: JsonObject): boolean =>
    listOf(objectOf(run, 'status'), 'conditions').some((one) => one['status'] === 'False');
  return taskRuns.find(isFailed) ?? taskRuns[0];
}

/** Evidence from a parsed file: the shapes are the API's, and what is missing is read as missing. */
function parseEvidence(object: JsonObject): Evidence {
  return {
    ...part('pod', object['pod'] as unknown as Pod | undefined),
    ...part('job', object['job'] as unknown as Job | undefined),
    ...part('node', object['node'] as unknown as Node | undefined),
    ...part('pipelineRun', object['pipelineRun'] as JsonObject | undefined),
    ...part('createError', object['createError'] as unknown as Status | undefined),
    ...part('claims', listOf(object, 'claims') as unknown as readonly PersistentVolumeClaim[]),
    ...part('events', listOf(object, 'events').map(coreEvent) as unknown as readonly KubeEvent[]),
    ...part('taskRuns', listOf(object, 'taskRuns')),
  };
}

function part<K extends keyof Evidence>(
  key: K,
  value: Evidence[K] | undefined,
): Pick<Evidence, K> | Record<string, never> {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return {};
  return { [key]: value } as Pick<Evidence, K>;
}

/** Manifests of one kubectl answer or of several, seen together. */
interface Pool {
  readonly pods: readonly Sourced[];
  readonly jobs: readonly Sourced[];
  readonly nodes: readonly Sourced[];
  readonly claims: readonly Sourced[];
  readonly events: readonly JsonObject[];
  readonly taskRuns: readonly Sourced[];
  readonly pipelineRuns: readonly Sourced[];
}

function manifestWorkloads(manifests: readonly Sourced[]): Workload[] {
  const of = (kind: string): Sourced[] => manifests.filter(({ object }) => textOf(object, 'kind') === kind);
  const pool: Pool = {
    pods: of('Pod'),
    jobs: of('Job'),
    nodes: of('Node'),
    claims: of('PersistentVolumeClaim'),
    events: of('Event').map(({ object }) => coreEvent(object)),
    taskRuns: of('TaskRun'),
    pipelineRuns: of('PipelineRun'),
  };
  const found = manifests.flatMap((one) => workloadOf(one, pool));
  return found.length > 0 || pool.events.length === 0 ? found : [eventsWorkload(manifests[0]?.file ?? '', pool)];
}

/** Null for what belongs to another workload of the pool, or is none. */
function workloadOf({ file, object }: Sourced, pool: Pool): Workload[] {
  const kind = textOf(object, 'kind');
  const events = pool.events;
  if (kind === 'Status') {
    if (textOf(object, 'status') !== 'Failure') return [];
    const details = objectOf(object, 'details');
    const evidence = parseEvidence({ createError: object });
    return [
      { file, kind: textOf(details, 'kind'), namespace: '', name: textOf(details, 'name') || 'create', evidence },
    ];
  }
  if (kind === 'Pod') {
    const isChild = [...pool.jobs, ...pool.taskRuns].some((owner) => owns(owner.object, object));
    return isChild ? [] : [{ file, ...nameOf(object), evidence: parseEvidence({ ...podPart(object, pool), events }) }];
  }
  if (kind === 'Job') {
    const pod = telling(pool.pods.map((one) => one.object).filter((one) => owns(object, one)));
    return [
      {
        file,
        ...nameOf(object),
        evidence: parseEvidence({ job: object, ...(pod === null ? {} : podPart(pod, pool)), events }),
      },
    ];
  }
  if (kind === 'TaskRun') {
    if (pool.pipelineRuns.some((owner) => owns(owner.object, object))) return [];
    return [{ file, ...nameOf(object), evidence: taskRunEvidence([object], pool, {}) }];
  }
  if (kind === 'PipelineRun') {
    const children = pool.taskRuns.map((one) => one.object).filter((one) => owns(object, one));
    return [{ file, ...nameOf(object), evidence: taskRunEvidence(children, pool, { pipelineRun: object }) }];
  }
  return [];
}

function taskRunEvidence(taskRuns: readonly JsonObject[], pool: Pool, rest: JsonObject): Evidence {
  const pods = pool.pods.map((one) => one.object).filter((pod) => taskRuns.some((run) => owns(run, pod)));
  const pod = telling(pods);
  return parseEvidence({ ...rest, taskRuns, ...(pod === null ? {} : podPart(pod, pool)), events: pool.events });
}

function podPart(pod: JsonObject, pool: Pool): JsonObject {
  const nodeName = textOf(objectOf(pod, 'spec'), 'nodeName');
  const node = pool.nodes.find(({ object }) => textOf(objectOf(object, 'metadata'), 'name') === nodeName)?.object;
  const namespace = textOf(objectOf(pod, 'metadata'), 'namespace');
  const names = listOf(objectOf(pod, 'spec'), 'volumes').map((one) =>
    textOf(objectOf(one, 'persistentVolumeClaim'), 'claimName'),
  );
  const claims = pool.claims
    .map(({ object }) => object)
    .filter(
      (one) =>
        names.includes(textOf(objectOf(one, 'metadata'), 'name')) &&
        textOf(objectOf(one, 'metadata'), 'namespace') === namespace,
    );
  return { pod, ...(node === undefined || nodeName === '' ? {} : { node }), claims };
}

/** Of several pods of one owner: a failed one, or else the last. */
function telling(pods: readonly JsonObject[]): JsonObject | null {
  const phase = (pod: JsonObject): string => textOf(objectOf(pod, 'status'), 'phase');
  return (
    pods.findLast((pod) => phase(pod) === 'Failed') ??
    pods.findLast((pod) => phase(pod) !== 'Succeeded') ??
    pods.at(-1) ??
    null
  );
}

function owns(owner: JsonObject, object: JsonObject): boolean {
  const kind = textOf(owner, 'kind');
  const meta = objectOf(owner, 'metadata');
  const [uid, name] = [textOf(meta, 'uid'), textOf(meta, 'name')];
  return listOf(objectOf(object, 'metadata'), 'ownerReferences').some(
    (one) => textOf(one, 'kind') === kind && (uid === '' ? textOf(one, 'name') === name : textOf(one, 'uid') === uid),
  );
}

function eventsWorkload(file: string, { events }: Pool): Workload {
  const involved =
    events.map((one) => objectOf(one, 'involvedObject')).find((one) => textOf(one, 'kind') === 'Pod') ??
    objectOf(events[0] ?? {}, 'involvedObject');
  return {
    file,
    kind: textOf(involved, 'kind'),
    namespace: textOf(involved, 'namespace'),
    name: textOf(involved, 'name'),
    evidence: parseEvidence({ events }),
  };
}

function nameOf(object: JsonObject): { readonly kind: string; readonly namespace: string; readonly name: string } {
  const meta = objectOf(object, 'metadata');
  return { kind: textOf(object, 'kind'), namespace: textOf(meta, 'namespace'), name: textOf(meta, 'name') };
}

function asObject(value: unknown): JsonObject {
  return objectOf({ value: value as JsonObject }, 'value');
}
