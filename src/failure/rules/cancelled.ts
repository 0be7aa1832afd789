import { cite, citeCondition, citeEnd, citeEvent, citeRun } from '../cite.js';
import type { Facts } from '../facts/facts.js';
import { deciding, hadEndedBefore } from '../facts/queries.js';
import type { Citation, Finding, Rule } from '../finding.js';
import { sayExit } from './exit-codes.js';

/** Somebody suspended the Job. */
export const jobSuspended: Rule = {
  name: 'job-suspended',
  basis:
    'The Job controller deletes the pods of a suspended Job and sets Suspended; it starts again when it is resumed.',
  apply(facts) {
    const { job } = facts;
    if (job === null || !job.suspended || job.over) return null;
    const events = facts.events
      .filter((one) => one.reason === 'Suspended' || one.reason === 'SuccessfulDelete')
      .slice(-2);
    return cancelled(facts, {
      subreason: 'JobSuspended',
      message: `Job ${job.name} was suspended; it starts again when it is resumed.`,
      citations: [...citeCondition(job, 'Suspended'), ...events.map(citeEvent)],
      mayStillRun: true,
    });
  },
};

/** Somebody cancelled the TaskRun or PipelineRun. */
export const runCancelled: Rule = {
  name: 'tekton-run-cancelled',
  basis:
    'A user cancels a Tekton run by spec.status; the reason then says Cancelled, and the steps get exit code 1 by the controller.',
  apply(facts) {
    const runs = [...(facts.pipelineRun === null ? [] : [facts.pipelineRun]), ...facts.taskRuns];
    const run = runs.find(
      (one) =>
        /^(?:TaskRunCancelled|Cancelled|CancelledRunFinally|StoppedRunFinally|PipelineRunCancelled)$/.test(
          one.succeeded?.reason ?? '',
        ) || /Cancelled|Stopped/.test(one.askedStatus),
    );
    if (run === undefined || run.succeeded?.status === 'True') return null;
    return cancelled(facts, {
      subreason: 'UserCancelled',
      message: `${run.kind} ${run.name} was cancelled: ${run.succeeded?.message || run.askedMessage || run.askedStatus}`,
      citations: [
        ...citeRun(run),
        ...(run.askedStatus === '' ? [] : [cite(run.source, 'spec.status', run.askedStatus)]),
      ],
    });
  },
};

/** Somebody deleted the pod, or the Job that it belongs to. */
export const podDeleted: Rule = {
  name: 'pod-deleted',
  basis:
    'A pod with a deletionTimestamp and no DisruptionTarget was deleted by a client; the kubelet then stops its containers.',
  apply(facts) {
    const { pod, job } = facts;
    const target = pod?.deletionAskedAt !== null && pod !== null ? pod : job?.deletionAskedAt !== null ? job : null;
    if (target?.deletionAskedAt == null || hadEndedBefore(facts, target.deletionAskedAt)) return null;
    const killing = facts.events.filter((one) => one.reason === 'Killing').slice(-1);
    return cancelled(facts, {
      subreason: 'PodDeleted',
      message: `${target.source.replace('/', ' ')} was deleted by somebody else while it was not over.`,
      citations: [
        cite(target.source, 'metadata.deletionTimestamp', 'deletion was asked for', target.deletionAskedAt),
        ...killing.map(citeEvent),
      ],
    });
  },
};

interface Cancellation {
  readonly subreason: string;
  readonly message: string;
  readonly citations: readonly Citation[];
  readonly mayStillRun?: boolean;
}

/** A cancellation, with how its container ended: an end with 0 after a request to stop is no success. */
export function cancelled(facts: Facts, { subreason, message, citations, mayStillRun }: Cancellation): Finding {
  const main = deciding(facts);
  const container =
    main.find((one) => one.ended !== null && one.ended.exitCode !== 0) ?? main.find((one) => one.ended !== null);
  const end = container?.ended ?? null;
  const real = end !== null && end.ran && !end.synthetic;
  const how = !real
    ? ''
    : end.exitCode === 0
      ? ' It ended with 0 after it was asked to stop: how far it got is not known.'
      : ` It ended with ${sayExit(end)}.`;
  return {
    reason: 'Cancelled',
    subreason,
    clears: false,
    message: message + how,
    ...(container !== undefined && real ? { container, ending: end } : {}),
    ...(mayStillRun === undefined ? {} : { mayStillRun }),
    citations: [...citations, ...(container !== undefined && end !== null ? [citeEnd(container, end)] : [])],
  };
}
