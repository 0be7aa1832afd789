import { parseInstant } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import type { Job, Node, Pod } from '../../api/kube.js';
import type { ConditionFacts, Conditions, JobFacts, NodeFacts, OwnerFacts, PodFacts, TektonFacts } from './facts.js';
import { listOf, objectOf, textOf } from './read.js';

interface WireCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** Conditions by type. */
function conditionsOf(list: readonly WireCondition[] | undefined): Conditions {
  return Object.fromEntries((list ?? []).map((one) => [one.type, conditionOf(one)]));
}

function conditionOf(one: WireCondition): ConditionFacts {
  return {
    status: one.status,
    reason: one.reason ?? '',
    message: one.message ?? '',
    at: parseInstant(one.lastTransitionTime),
  };
}

/** What rules ask of a pod, but for its containers. */
export function indexPod(pod: Pod): PodFacts {
  const { metadata, spec, status } = pod;
  const owner = metadata?.ownerReferences?.find((one) => one.controller === true) ?? labelledOwner(metadata?.labels);
  return {
    name: metadata?.name ?? '',
    source: `Pod/${metadata?.name ?? ''}`,
    node: spec?.nodeName ?? '',
    phase: status?.phase ?? '',
    reason: status?.reason ?? '',
    message: (status?.message ?? '').trim(),
    conditions: conditionsOf(status?.conditions),
    restartPolicy: spec?.restartPolicy ?? 'Always',
    nodeSelector: spec?.nodeSelector ?? {},
    settings: settingsOf(spec),
    owner: owner === undefined ? null : { kind: owner.kind, name: owner.name },
    deletionAskedAt: deletionAskedAt(metadata),
    volumes: (spec?.volumes ?? []).map((one) => ({
      name: one.name,
      claim: one.persistentVolumeClaim?.claimName ?? null,
    })),
    hasStatuses: (status?.containerStatuses ?? []).length + (status?.initContainerStatuses ?? []).length > 0,
  };
}

/** The Job controller and Tekton also label their pods; a second proof of who may put another in its place. */
function labelledOwner(labels: Readonly<Record<string, string>> | undefined): OwnerFacts | undefined {
  const job = labels?.['batch.kubernetes.io/job-name'] ?? labels?.['job-name'];
  if (job !== undefined) return { kind: 'Job', name: job };
  const taskRun = labels?.['tekton.dev/taskRun'];
  return taskRun === undefined ? undefined : { kind: 'TaskRun', name: taskRun };
}

function settingsOf(spec: Pod['spec']): Record<string, string> {
  const gates = spec?.schedulingGates?.map((one) => one.name).join(', ');
  const all = {
    activeDeadlineSeconds: spec?.activeDeadlineSeconds?.toString(),
    priorityClassName: spec?.priorityClassName,
    runtimeClassName: spec?.runtimeClassName,
    schedulingGates: gates,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}

/** The API server sets deletionTimestamp to the moment of the request plus the grace period. */
function deletionAskedAt(meta: Pod['metadata']): number | null {
  const at = parseInstant(meta?.deletionTimestamp);
  return at === null ? null : at - (meta?.deletionGracePeriodSeconds ?? 0) * 1_000;
}

/** What rules ask of a Job. */
export function indexJob(job: Job): JobFacts {
  const conditions = conditionsOf(job.status?.conditions);
  const isTrue = (type: string): boolean => conditions[type]?.status === 'True';
  const failed = isTrue('Failed')
    ? conditions['Failed']
    : isTrue('FailureTarget')
      ? conditions['FailureTarget']
      : undefined;
  return {
    name: job.metadata?.name ?? '',
    source: `Job/${job.metadata?.name ?? ''}`,
    conditions,
    activeDeadlineSeconds: job.spec?.activeDeadlineSeconds ?? null,
    backoffLimit: job.spec?.backoffLimit ?? null,
    failedIndexes: job.status?.failedIndexes ?? '',
    suspended: isTrue('Suspended') || job.spec?.suspend === true,
    over: isTrue('Complete') || isTrue('Failed'),
    complete: isTrue('Complete'),
    failed: failed ?? null,
    counts: {
      active: job.status?.active ?? 0,
      failed: job.status?.failed ?? 0,
      succeeded: job.status?.succeeded ?? 0,
    },
    deletionAskedAt: deletionAskedAt(job.metadata),
  };
}

/** What rules ask of a Node. */
export function indexNode(node: Node): NodeFacts {
  return {
    name: node.metadata?.name ?? '',
    source: `Node/${node.metadata?.name ?? ''}`,
    conditions: conditionsOf(node.status?.conditions),
    taints: (node.spec?.taints ?? []).map((one) => ({ key: one.key, effect: one.effect })),
  };
}

/** What rules ask of a TaskRun or a PipelineRun (tekton.dev/v1). */
export function indexTekton(kind: string, run: JsonObject): TektonFacts {
  const meta = objectOf(run, 'metadata');
  const spec = objectOf(run, 'spec');
  const status = objectOf(run, 'status');
  const found = listOf(status, 'conditions').find((one) => one['type'] === 'Succeeded');
  const succeeded =
    found &&
    conditionOf({
      type: 'Succeeded',
      status: textOf(found, 'status'),
      reason: textOf(found, 'reason'),
      message: textOf(found, 'message'),
      lastTransitionTime: textOf(found, 'lastTransitionTime'),
    });
  return {
    kind,
    name: textOf(meta, 'name'),
    source: `${kind}/${textOf(meta, 'name')}`,
    succeeded: succeeded ?? null,
    over: succeeded?.status === 'True' || succeeded?.status === 'False',
    askedStatus: textOf(spec, 'status'),
    askedMessage: textOf(spec, 'statusMessage'),
    podName: textOf(status, 'podName'),
    completedAt: parseInstant(textOf(status, 'completionTime')),
    timeout: textOf(spec, 'timeout'),
    params: spec,
  };
}
