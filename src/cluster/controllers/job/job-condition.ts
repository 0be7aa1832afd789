import { formatSeconds, type Instant } from '../../../api/instant.js';
import type { Job } from '../../../api/kube.js';

export type JobStatus = NonNullable<Job['status']>;
export type JobCondition = NonNullable<JobStatus['conditions']>[number];

/** The conditions that this controller writes. */
export type JobConditionType = 'SuccessCriteriaMet' | 'Complete' | 'FailureTarget' | 'Failed' | 'Suspended';

export function findJobCondition(job: Job, type: JobConditionType): JobCondition | undefined {
  return job.status?.conditions?.find((condition) => condition.type === type);
}

export function holds(job: Job, type: JobConditionType): boolean {
  return findJobCondition(job, type)?.status === 'True';
}

/** Complete or Failed: nothing is done for the Job any more. */
export function isFinished(job: Job): boolean {
  return holds(job, 'Complete') || holds(job, 'Failed');
}

/** The first condition comes before the pods' finalizers go, its successor after all pods have ended. */
export type Interim = 'SuccessCriteriaMet' | 'FailureTarget';

export interface Ending {
  readonly interim: Interim;
  readonly reason: string;
  readonly message: string;
}

export const COMPLETIONS_REACHED: Ending = {
  interim: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};
export const BACKOFF_LIMIT_EXCEEDED: Ending = {
  interim: 'FailureTarget',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
export const DEADLINE_EXCEEDED: Ending = {
  interim: 'FailureTarget',
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
};

/** The ending that was announced in an earlier pass. */
export function announcedEnding(job: Job): Ending | null {
  for (const interim of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const condition = findJobCondition(job, interim);
    if (condition?.status === 'True') {
      return { interim, reason: condition.reason ?? '', message: condition.message ?? '' };
    }
  }
  return null;
}

export function newCondition(
  type: JobConditionType,
  now: Instant,
  content: { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string },
): JobCondition {
  return { type, ...content, lastProbeTime: formatSeconds(now), lastTransitionTime: formatSeconds(now) };
}

/**
 * Sets a condition; null where it changes nothing. From nothing to False is no change, as in Kubernetes.
 */
export function changeCondition(
  conditions: readonly JobCondition[],
  next: JobCondition,
): readonly JobCondition[] | null {
  const old = conditions.find((condition) => condition.type === next.type);
  if (old === undefined) return next.status === 'False' ? null : [...conditions, next];
  if (old.status === next.status && old.reason === next.reason && old.message === next.message) return null;
  return conditions.map((condition) => (condition === old ? next : condition));
}
