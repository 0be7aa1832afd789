import { formatInstant } from '../../api/instant.js';
import type { StopWhy, Verdict } from '../../api/types.js';
import { CONTROLLER_ACTOR, extractVerdict } from '../../audit/event.js';
import { backoffMs, mayRetry } from '../../failure/index.js';
import type { Outputs } from '../../plan/plan.js';
import type { EndedAttempt, LiveAttempt, StopIntent, TaskState } from '../../plan/run-state.js';
import type { Draft } from './draft.js';
import { objectData } from './object-data.js';
import { failTask, succeedTask } from './end-task.js';
import { runDeadline } from './run-clock.js';

/** Stops whose end is what we wanted: the task is Cancelled. The others are failures of the attempt. */
const CANCELLING_STOPS: ReadonlySet<StopWhy> = new Set([
  'Cancel',
  'Terminate',
  'Delete',
  'SiblingFailed',
  'SpecChanged',
]);
/** Attempts that stay listed: the first and the last five (design review C10). */
const KEPT_LAST = 5;

/** How an attempt came to its end, which is confirmed, or asserted by a person. */
export type AttemptEnd =
  | { readonly outcome: 'Succeeded'; readonly outputs: Outputs }
  | { readonly outcome: 'Failed'; readonly verdict: Verdict };

interface Ended {
  readonly attempt: LiveAttempt;
  readonly stop: (StopIntent & { readonly confirmed: boolean }) | null;
}

/** Records the end of a live attempt, and what follows for its task: success, failure, or another try. */
export function endAttempt(draft: Draft, name: string, { attempt, stop }: Ended, end: AttemptEnd): void {
  draft.boundary = true;
  if (end.outcome === 'Succeeded') {
    const ended = append(draft, name, { ...attempt, finishedAt: draft.now, stop, result: { outcome: 'Succeeded' } });
    draft.record({
      type: 'attempt.succeeded',
      task: name,
      attempt: attempt.number,
      actor: CONTROLLER_ACTOR,
      data: { ...objectData(attempt), ...stopData(stop) },
    });
    succeedTask(draft, name, end.outputs, ended);
    return;
  }
  const cancelled = stop !== null && CANCELLING_STOPS.has(stop.why);
  const outcome = cancelled ? 'Cancelled' : 'Failed';
  const ended = append(draft, name, {
    ...attempt,
    finishedAt: draft.now,
    stop,
    result: { outcome, verdict: end.verdict },
  });
  draft.record({
    type: cancelled ? 'attempt.cancelled' : 'attempt.failed',
    task: name,
    attempt: attempt.number,
    actor: CONTROLLER_ACTOR,
    data: { verdict: extractVerdict(end.verdict), ...objectData(attempt), ...stopData(stop) },
  });
  if (cancelled) {
    if (stop.why === 'SpecChanged' && draft.state.ending === null) {
      // It is tried anew, as the spec is now; no budget is charged for that.
      draft.move(name, { state: 'BackingOff', nextAttemptAt: draft.now }, ended);
      return;
    }
    draft.move(name, { state: 'Cancelled', endedAt: draft.now }, ended);
    draft.record({
      type: 'task.cancelled',
      task: name,
      actor: CONTROLLER_ACTOR,
      data: { reason: stop.why, message: end.verdict.message },
    });
    return;
  }
  if (!retryLater(draft, name, { attempt, verdict: end.verdict, ended })) {
    failTask(draft, name, { attempt: attempt.number, verdict: end.verdict, recorded: true }, ended);
  }
}

interface Failed {
  readonly attempt: LiveAttempt;
  readonly verdict: Verdict;
  readonly ended: Partial<TaskState>;
}

/** Goes to BackingOff where the policy allows another try and the run still has time for it. */
function retryLater(draft: Draft, name: string, { attempt, verdict, ended }: Failed): boolean {
  const task = draft.task(name);
  const planned = draft.planned(name);
  const { ending } = draft.state;
  if (task.group === 'main' && ending !== null) return false;
  if (ending !== null && (ending.why === 'Terminate' || ending.why === 'Delete')) return false;
  const decision = mayRetry(verdict, {
    idempotent: planned.idempotent,
    retry: planned.retry,
    retriesUsed: task.retriesUsed,
  });
  if (!decision.retry) return false;
  const failures = task.retriesUsed[decision.budget] + 1;
  const seed = `${draft.input.run.ref.uid}/${name}/${attempt.number}`;
  const nextAttemptAt = draft.now + backoffMs(planned.retry[decision.budget], failures, seed);
  const deadline = task.group === 'main' ? runDeadline(draft.plan, draft.state, draft.now) : null;
  // A try that could only begin after the run's bound is none: fail now, with the root cause (design review C16).
  if (deadline !== null && nextAttemptAt >= deadline) return false;
  draft.move(
    name,
    { state: 'BackingOff', nextAttemptAt },
    { ...ended, retriesUsed: { ...task.retriesUsed, [decision.budget]: failures } },
  );
  draft.record({
    type: 'attempt.backing-off',
    task: name,
    attempt: attempt.number,
    actor: CONTROLLER_ACTOR,
    data: {
      nextAttemptAt: formatInstant(nextAttemptAt),
      stage: verdict.stage,
      retry: failures,
      limit: planned.retry[decision.budget].limit,
    },
  });
  return true;
}

function stopData(stop: Ended['stop']): { readonly stop?: { why: StopWhy; confirmed: boolean; assertedBy?: string } } {
  if (stop === null) return {};
  const { why, confirmed, assertedBy } = stop;
  return { stop: { why, confirmed, ...(assertedBy === null ? {} : { assertedBy }) } };
}

function append(draft: Draft, name: string, attempt: EndedAttempt): Partial<TaskState> {
  const task = draft.task(name);
  const all = [...task.ended, attempt];
  const [first] = all;
  if (all.length <= KEPT_LAST + 1 || first === undefined) return { ended: all };
  return { ended: [first, ...all.slice(-KEPT_LAST)], omitted: task.omitted + all.length - KEPT_LAST - 1 };
}
