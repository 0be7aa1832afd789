import type { StopWhy, Verdict } from '../../api/types.js';
import { formatDuration } from '../../api/duration.js';

/** Verdicts on what only we know: no evidence of the cluster bears on them. */
const NOTHING = { retryable: false, evidence: [], missing: [] } as const;

const BECAUSE: Readonly<Record<StopWhy, string>> = {
  Cancel: 'cancelled on request',
  Terminate: 'terminated on request',
  Delete: 'its run was deleted',
  RunTimeout: 'the time of the whole run was over',
  StartTimeout: 'it had not started in time',
  RunBound: 'it ran longer than its bound',
  FailFast: 'waiting could not help',
  SiblingFailed: 'another step failed (onFailure: CancelRunning)',
  ExternallyDeleted: 'somebody deleted its object',
  SpecChanged: 'its definition changed',
};

/** Stops that a passed bound asks for: not a cancellation, but a failure. */
const BOUNDS: ReadonlySet<StopWhy> = new Set(['StartTimeout', 'RunBound', 'RunTimeout']);
/** Stops that the catalogue of reasons has a subreason for. */
const NAMED: ReadonlySet<StopWhy> = new Set([...BOUNDS, 'FailFast', 'SiblingFailed', 'SpecChanged']);
/** Stops that only end what could not get on: why it could not is what counts. */
const CAUSED: ReadonlySet<StopWhy> = new Set([...BOUNDS, 'FailFast']);

/** A task without an object was stopped: it changed nothing. */
export function cancelledVerdict(task: string, why: StopWhy): Verdict {
  return {
    ...NOTHING,
    reason: BOUNDS.has(why) ? 'DeadlineExceeded' : 'Cancelled',
    subreason: NAMED.has(why) ? why : 'UserCancelled',
    stage: 'Execution',
    effects: 'None',
    confidence: 'Certain',
    message: `${task} was stopped: ${BECAUSE[why]}`,
  };
}

/**
 * Stopped before it was ever created: a create that might still have landed was ruled out. `refusal`: what the API
 * server said to the creates.
 */
export function neverCreatedVerdict(task: string, why: StopWhy, refusal: Verdict | null): Verdict {
  if (refusal !== null && CAUSED.has(why)) return refusal;
  return {
    ...cancelledVerdict(task, why),
    stage: 'PreExecution',
    // Nobody was there to create it in time (a controller that was down, say): the same again is safe, and may succeed.
    retryable: why === 'StartTimeout',
    message: `${task} was stopped before it was created: ${BECAUSE[why]}`,
  };
}

/** Its object is not there any more although we keep it with a finalizer: somebody took that off. */
export function goneVerdict(object: string): Verdict {
  return {
    ...NOTHING,
    reason: 'Unknown',
    subreason: 'PodsGone',
    stage: 'Execution',
    effects: 'Unknown',
    mayStillRun: true,
    confidence: 'None',
    message: `${object} is gone and its end was not seen: somebody removed the finalizer that kept it`,
    missing: [`final status of ${object}`],
  };
}

/** A person says that it is stopped; what it did is not known. */
export function assertedVerdict(task: string, by: string, provisional: Verdict | null): Verdict {
  return {
    ...(provisional ?? {
      reason: 'Unknown',
      subreason: 'FailedWithoutDetail',
      stage: 'Execution',
      evidence: [] as const,
    }),
    retryable: false,
    effects: 'Unknown',
    confidence: 'None',
    message: `${provisional === null ? `${task} did not confirm that it stopped` : provisional.message}; ${by} asserted that it is stopped`,
    missing: ['confirmation that it stopped'],
  };
}

/** The run's own bound passed while nothing was running. */
export function runTimeoutMessage(timeoutMs: number): string {
  return `the run did not end within ${formatDuration(timeoutMs)}`;
}
