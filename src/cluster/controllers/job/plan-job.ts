import { parseInstant, type Instant } from '../../../api/instant.js';
import type { Job, Pod } from '../../../api/kube.js';
import { isReady } from '../machinery/pod-facts.js';
import { earliestCreation } from './backoff-record.js';
import { announcedEnding, BACKOFF_LIMIT_EXCEEDED, DEADLINE_EXCEEDED, type Ending } from './job-condition.js';
import { isFailed, isSuspended, replacesOnlyFailed, type JobView } from './job-view.js';
import { judgeFailedPod } from './pod-failure-policy.js';

/** The Job controller creates at most this many pods in one pass. */
const MAX_CREATES = 500;

/** The first half of a pass: what is done to pods before the status is known. */
export interface JobPlan {
  /** The Job ends, for this reason, once all its pods have stopped. */
  readonly ending: Ending | null;
  readonly stop: readonly Pod[];
  /** A surplus or suspended pod loses its tracking first: it is neither a success nor a failure. */
  readonly uncounted: boolean;
  readonly create: number;
  /** A missing pod waits for its backoff: the status says meanwhile that none is active, whatever runs. */
  readonly hidesActive: boolean;
  /** When the Job must be looked at again although nothing changes. */
  readonly wakeAt: Instant | null;
}

const NOTHING = { ending: null, stop: [], uncounted: false, create: 0, hidesActive: false, wakeAt: null } as const;

export function planJob(view: JobView): JobPlan {
  const ending = announcedEnding(view.job) ?? newFailure(view);
  if (ending !== null) return { ...NOTHING, ending, stop: view.active };
  const deadline = deadlineOf(view);
  if (view.job.metadata?.deletionTimestamp !== undefined) return { ...NOTHING, wakeAt: deadline };
  return { ...NOTHING, ...planPods(view, deadline) };
}

function newFailure(view: JobView): Ending | null {
  const { job, pods } = view;
  for (const pod of pods) {
    if (!isFailed(pod, job)) continue;
    const verdict = judgeFailedPod(job.spec?.podFailurePolicy, pod);
    if (verdict.action === 'FailJob') {
      return { interim: 'FailureTarget', reason: 'PodFailurePolicy', message: verdict.message };
    }
  }
  if (view.failed > backoffLimit(job) || restartedTooOften(view)) return BACKOFF_LIMIT_EXCEEDED;
  const deadline = deadlineOf(view);
  return deadline !== null && view.now >= deadline ? DEADLINE_EXCEEDED : null;
}

/** 6 by the API's default. */
function backoffLimit(job: Job): number {
  return job.spec?.backoffLimit ?? 6;
}

/** With restartPolicy OnFailure the restarts of live pods are the failures. */
function restartedTooOften({ job, pods }: JobView): boolean {
  if (job.spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    const { initContainerStatuses = [], containerStatuses = [] } = status;
    for (const container of [...initContainerStatuses, ...containerStatuses]) restarts += container.restartCount;
  }
  const limit = backoffLimit(job);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** activeDeadlineSeconds after the start; while a Job is suspended it has none. */
function deadlineOf({ job, startTime }: JobView): Instant | null {
  const seconds = job.spec?.activeDeadlineSeconds;
  const start = parseInstant(startTime);
  return seconds === undefined || start === null || isSuspended(job) ? null : start + seconds * 1_000;
}

function planPods(view: JobView, deadline: Instant | null): Partial<JobPlan> {
  const { job, active } = view;
  if (isSuspended(job)) return { stop: active, uncounted: true };
  const wanted = wantedActive(view);
  if (active.length > wanted) {
    return { stop: surplus(active, active.length - wanted), uncounted: true, wakeAt: deadline };
  }
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? view.terminating : 0);
  if (missing <= 0) return { wakeAt: deadline };
  const earliest = earliestCreation(view.backoff);
  if (earliest !== null && view.now < earliest) {
    // manageJob returns 0 there (seen on Kubernetes 1.35.4): `active` alone never proves that nothing runs.
    return { hidesActive: true, wakeAt: Math.min(earliest, deadline ?? earliest) };
  }
  return { create: Math.min(missing, MAX_CREATES), wakeAt: deadline };
}

function wantedActive({ job, active, succeeded }: JobView): number {
  const parallelism = job.spec?.parallelism ?? 1;
  const completions = job.spec?.completions;
  // Without completions the first success ends the creation of pods; those that run may go on.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** The least advanced first: unbound, then pending, then not ready, then the youngest. */
function surplus(active: readonly Pod[], count: number): readonly Pod[] {
  const rank = (pod: Pod): number =>
    (pod.spec?.nodeName === undefined ? 0 : 4) + (pod.status?.phase === 'Running' ? 2 : 0) + (isReady(pod) ? 1 : 0);
  const created = (pod: Pod): string => pod.metadata?.creationTimestamp ?? '';
  return active.toSorted((a, b) => rank(a) - rank(b) || created(b).localeCompare(created(a))).slice(0, count);
}
