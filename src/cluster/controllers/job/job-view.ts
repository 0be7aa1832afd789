import { formatSeconds, type Instant } from '../../../api/instant.js';
import type { Job, Pod } from '../../../api/kube.js';
import { isReady, isTerminal, isTerminating } from '../machinery/pod-facts.js';
import { recordEnded, type BackoffRecord } from './backoff-record.js';
import { judgeFailedPod } from './pod-failure-policy.js';

/** On each pod of a Job until its end has been counted in the Job's status. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

/** A Job with its pods (those that it controls), as seen at `now`, and what follows from them by counting. */
export interface JobView {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly now: Instant;
  /** RFC 3339; undefined while a Job that never ran is suspended. */
  readonly startTime: string | undefined;
  readonly active: readonly Pod[];
  readonly ready: number;
  /** Asked to stop, not yet stopped. */
  readonly terminating: number;
  /** Counted, being counted, and to be counted. */
  readonly succeeded: number;
  readonly failed: number;
  readonly backoff: BackoffRecord;
}

export interface JobInput {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly now: Instant;
  /** As it was after the last pass that wrote the status. */
  readonly backoff: BackoffRecord;
}

export function viewJob({ job, pods, now, backoff }: JobInput): JobView {
  const uncounted = uncountedOf(job);
  const active = pods.filter((pod) => !isTerminal(pod) && !isTerminating(pod));
  const toCount = pods.filter(isTracked);
  const newlySucceeded = toCount.filter(
    (pod) =>
      pod.status?.phase === 'Succeeded' &&
      !uncounted.succeeded.includes(uidOf(pod)) &&
      !uncounted.failed.includes(uidOf(pod)),
  );
  const newlyFailed = toCount.filter((pod) => isFailed(pod, job) && !uncounted.failed.includes(uidOf(pod)));
  const policy = job.spec?.podFailurePolicy;
  const counting = newlyFailed.filter((pod) => judgeFailedPod(policy, pod).action !== 'Ignore');
  return {
    job,
    pods,
    now,
    startTime: startTimeOf(job, now),
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => isTerminating(pod) && !isTerminal(pod)).length,
    succeeded: (job.status?.succeeded ?? 0) + newlySucceeded.length + uncounted.succeeded.length,
    failed: (job.status?.failed ?? 0) + counting.length + uncounted.failed.length,
    backoff: recordEnded(backoff, newlySucceeded, newlyFailed),
  };
}

/**
 * A Job starts when it is first seen not suspended. One that is resumed still has its old start here: its deadline may
 * have passed while it was suspended, and then it fails (seen on Kubernetes 1.35.4); else it starts anew.
 */
function startTimeOf(job: Job, now: Instant): string | undefined {
  return job.status?.startTime ?? (isSuspended(job) ? undefined : formatSeconds(now));
}

/** The pod's end has not been counted yet. */
export function isTracked(pod: Pod): boolean {
  return pod.metadata?.finalizers?.includes(TRACKING_FINALIZER) === true;
}

/**
 * The pod counts as failed. Unless the Job replaces only what has failed, one that is being deleted does too: it may
 * never get to the phase Failed.
 */
export function isFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return isTerminating(pod) && pod.status?.phase !== 'Succeeded';
}

export function replacesOnlyFailed(job: Job): boolean {
  return job.spec?.podReplacementPolicy === 'Failed';
}

export function isSuspended(job: Job): boolean {
  return job.spec?.suspend === true;
}

export function uidOf(pod: Pod): string {
  return pod.metadata?.uid ?? '';
}

export interface Uncounted {
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
}

export function uncountedOf(job: Job): Uncounted {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  return { succeeded, failed };
}
