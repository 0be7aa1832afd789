import { formatSeconds, type Instant } from '../../../api/instant.js';
import type { Job } from '../../../api/kube.js';
import type { EventText } from '../machinery/event-recorder.js';
import { newCondition, type Ending, type JobStatus } from './job-condition.js';
import { uncountedOf } from './job-view.js';
import { uncountedStatus } from './settle-job.js';

export interface FinishInput {
  /** As it was answered by the last write. */
  readonly job: Job;
  /** UIDs of pods that still have the tracking finalizer. */
  readonly tracked: ReadonlySet<string>;
  readonly ending: Ending | null;
  readonly terminating: number;
  readonly now: Instant;
}

export interface Finish {
  readonly status: JobStatus;
  readonly write: boolean;
  readonly events: readonly EventText[];
}

/**
 * The last third of a pass: pods that have lost their finalizer are counted; when none is left to be counted and none is
 * still terminating, the Job is Complete or Failed.
 */
export function finishJob({ job, tracked, ending, terminating, now }: FinishInput): Finish {
  const { succeeded, failed } = uncountedOf(job);
  const stillSucceeded = succeeded.filter((uid) => tracked.has(uid));
  const stillFailed = failed.filter((uid) => tracked.has(uid));
  const counted: JobStatus = {
    ...job.status,
    ...count('succeeded', (job.status?.succeeded ?? 0) + succeeded.length - stillSucceeded.length),
    ...count('failed', (job.status?.failed ?? 0) + failed.length - stillFailed.length),
    uncountedTerminatedPods: uncountedStatus(stillSucceeded, stillFailed),
  };
  const left = stillSucceeded.length + stillFailed.length;
  if (ending === null || left > 0 || terminating > 0) {
    return { status: counted, write: succeeded.length + failed.length > left, events: [] };
  }
  return { status: ended(counted, ending, now), write: true, events: endEvents(job, counted, ending) };
}

/** Zero is left out, as Go's omitempty does. */
function count(field: 'succeeded' | 'failed', value: number): JobStatus {
  return value === 0 ? {} : { [field]: value };
}

function ended(status: JobStatus, ending: Ending, now: Instant): JobStatus {
  const { reason, message } = ending;
  const complete = ending.interim === 'SuccessCriteriaMet';
  const condition = newCondition(complete ? 'Complete' : 'Failed', now, { status: 'True', reason, message });
  return {
    ...status,
    conditions: [...(status.conditions ?? []), condition],
    ...(complete ? { completionTime: formatSeconds(now) } : {}),
  };
}

function endEvents(job: Job, status: JobStatus, ending: Ending): readonly EventText[] {
  if (ending.interim === 'FailureTarget') {
    return [{ type: 'Warning', reason: ending.reason, message: ending.message }];
  }
  const completed: EventText = { type: 'Normal', reason: 'Completed', message: 'Job completed' };
  if ((status.succeeded ?? 0) <= (job.spec?.completions ?? Infinity)) return [completed];
  const message = 'Too many succeeded pods running after completion count reached';
  return [{ type: 'Warning', reason: 'TooManySucceededPods', message }, completed];
}
