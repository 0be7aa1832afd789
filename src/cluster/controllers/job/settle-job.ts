import { formatSeconds } from '../../../api/instant.js';
import type { Job, Pod } from '../../../api/kube.js';
import type { EventText } from '../machinery/event-recorder.js';
import {
  announcedEnding,
  changeCondition,
  COMPLETIONS_REACHED,
  newCondition,
  type Ending,
  type JobStatus,
} from './job-condition.js';
import { isFailed, isSuspended, isTracked, uidOf, uncountedOf, type JobView } from './job-view.js';
import type { JobPlan } from './plan-job.js';
import { judgeFailedPod } from './pod-failure-policy.js';

/** What became of the plan. */
export interface PlanOutcome {
  readonly created: number;
  readonly stopped: number;
  /** How many of the stopped ones were ready. */
  readonly stoppedReady: number;
}

/** The second half of a pass. */
export interface JobSettlement {
  readonly status: JobStatus;
  /** The status differs from the Job's and is written before the pods are released. */
  readonly write: boolean;
  /** Pods that lose the tracking finalizer, now that the status names them. */
  readonly release: readonly Pod[];
  readonly ending: Ending | null;
  /** The pods that are still terminating keep the Job from ending. */
  readonly terminating: number;
  readonly events: readonly EventText[];
}

/** Status never names more than this many pods at once (the Job controller's bound). */
const MAX_UNCOUNTED = 500;

export function settleJob(view: JobView, plan: JobPlan, outcome: PlanOutcome): JobSettlement {
  const active = plan.hidesActive ? 0 : view.active.length + outcome.created - outcome.stopped;
  const terminating = view.terminating + outcome.stopped;
  const ending = endingAfter(view, plan, { active, outcome });
  const suspension = plan.ending === null && ending === null ? suspensionChange(view) : null;
  const release = releasable(view, ending, plan.uncounted ? plan.stop : []);
  const uncounted = uncountedAfter(view, ending, release);
  let conditions = suspension?.conditions ?? view.job.status?.conditions ?? [];
  if (ending !== null && announcedEnding(view.job) === null) {
    const { interim, reason, message } = ending;
    conditions = [...conditions, newCondition(interim, view.now, { status: 'True', reason, message })];
  }
  const status = statusOf(view, {
    active,
    ready: view.ready - outcome.stoppedReady,
    terminating,
    conditions,
    uncountedTerminatedPods: uncounted,
    startTime: suspension?.resumed === true ? formatSeconds(view.now) : view.startTime,
  });
  const events = suspension === null ? [] : [suspension.event];
  return { status, write: differs(view.job, status), release, ending, terminating, events };
}

function endingAfter(
  view: JobView,
  plan: JobPlan,
  now: { readonly active: number; readonly outcome: PlanOutcome },
): Ending | null {
  // A pod that could not be deleted may still run: the ending is announced in a later pass.
  if (plan.ending !== null) return now.outcome.stopped === view.active.length ? plan.ending : null;
  const completions = view.job.spec?.completions;
  const reached = completions === undefined ? view.succeeded > 0 : view.succeeded >= completions;
  return reached && now.active === 0 ? COMPLETIONS_REACHED : null;
}

interface Suspension {
  readonly conditions: NonNullable<JobStatus['conditions']>;
  readonly event: EventText;
  readonly resumed: boolean;
}

function suspensionChange({ job, now }: JobView): Suspension | null {
  if (job.metadata?.deletionTimestamp !== undefined) return null;
  const suspended = isSuspended(job);
  const message = suspended ? 'Job suspended' : 'Job resumed';
  const condition = newCondition('Suspended', now, {
    status: suspended ? 'True' : 'False',
    reason: suspended ? 'JobSuspended' : 'JobResumed',
    message,
  });
  const conditions = changeCondition(job.status?.conditions ?? [], condition);
  if (conditions === null) return null;
  const event = { type: 'Normal', reason: suspended ? 'Suspended' : 'Resumed', message } as const;
  return { conditions, event, resumed: !suspended };
}

/** Pods whose end is known, or does not matter any more. */
function releasable(view: JobView, ending: Ending | null, stripped: readonly Pod[]): readonly Pod[] {
  const all = ending !== null || view.job.metadata?.deletionTimestamp !== undefined;
  return view.pods
    .filter((pod) => isTracked(pod) && !stripped.includes(pod))
    .filter((pod) => all || pod.status?.phase === 'Succeeded' || isFailed(pod, view.job))
    .slice(0, MAX_UNCOUNTED);
}

function uncountedAfter(
  view: JobView,
  ending: Ending | null,
  release: readonly Pod[],
): NonNullable<JobStatus['uncountedTerminatedPods']> {
  const before = uncountedOf(view.job);
  const succeeded = [...before.succeeded];
  const failed = [...before.failed];
  const { job } = view;
  for (const pod of release) {
    const uid = uidOf(pod);
    if (succeeded.includes(uid) || failed.includes(uid)) continue;
    if (pod.status?.phase === 'Succeeded') {
      succeeded.push(uid);
    } else if (isFailed(pod, job) || ending?.interim === 'FailureTarget') {
      // Once a Job fails, whatever had not ended counts as failed.
      if (judgeFailedPod(job.spec?.podFailurePolicy, pod).action !== 'Ignore') failed.push(uid);
    }
  }
  return uncountedStatus(succeeded, failed);
}

/** Empty lists are left out, as Go's omitempty does. */
export function uncountedStatus(
  succeeded: readonly string[],
  failed: readonly string[],
): NonNullable<JobStatus['uncountedTerminatedPods']> {
  return { ...(succeeded.length === 0 ? {} : { succeeded }), ...(failed.length === 0 ? {} : { failed }) };
}

interface Parts {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly conditions: NonNullable<JobStatus['conditions']>;
  readonly uncountedTerminatedPods: NonNullable<JobStatus['uncountedTerminatedPods']>;
  readonly startTime: string | undefined;
}

function statusOf(view: JobView, parts: Parts): JobStatus {
  const { active: _active, conditions: _conditions, ...kept } = view.job.status ?? {};
  const { startTime } = parts;
  return {
    ...kept,
    ...(parts.active === 0 ? {} : { active: parts.active }),
    ready: parts.ready,
    terminating: parts.terminating,
    ...(parts.conditions.length === 0 ? {} : { conditions: parts.conditions }),
    ...(startTime === undefined ? {} : { startTime }),
    uncountedTerminatedPods: parts.uncountedTerminatedPods,
  };
}

function differs(job: Job, status: JobStatus): boolean {
  const before = job.status ?? {};
  return (
    status.active !== before.active ||
    status.ready !== before.ready ||
    status.terminating !== before.terminating ||
    status.startTime !== before.startTime ||
    status.conditions !== before.conditions ||
    JSON.stringify(status.uncountedTerminatedPods) !== JSON.stringify(before.uncountedTerminatedPods)
  );
}
