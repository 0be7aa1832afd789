import { formatDuration } from '../api/duration.js';
import type { StopWhy, Verdict } from '../api/types.js';
import { cite } from './cite.js';
import { conclude } from './conclude.js';
import type { Facts } from './facts/facts.js';
import { deciding, endedBefore, isClean } from './facts/queries.js';
import type { Finding } from './finding.js';
import { cancelled } from './rules/cancelled.js';

interface Stop {
  readonly why: StopWhy;
  readonly at: number;
}

/** Our own committed intent outranks every other answer to "who stopped it" (design review F7). */
export function ownStopVerdict(facts: Facts, stop: Stop, found: Finding): Verdict {
  switch (stop.why) {
    case 'Cancel':
    case 'Terminate':
    case 'Delete':
      return conclude(facts, ownCancel(facts, stop, { subreason: 'UserCancelled', message: SAID[stop.why] }));
    case 'SiblingFailed':
    case 'SpecChanged':
      return conclude(facts, ownCancel(facts, stop, { subreason: stop.why, message: SAID[stop.why] }));
    case 'ExternallyDeleted':
      return conclude(facts, found);
    case 'FailFast':
      return (
        rootCause(facts, found) ??
        conclude(facts, ownCancel(facts, stop, { subreason: 'FailFast', message: SAID[stop.why] }))
      );
    case 'StartTimeout':
    case 'RunBound':
    case 'RunTimeout':
      return boundVerdict(facts, stop, found);
  }
}

const SAID = {
  Cancel: 'The run was cancelled by an action.',
  Terminate: 'The run was terminated by an action.',
  Delete: 'The run was deleted.',
  SiblingFailed: 'It was stopped because another step failed (onFailure: CancelRunning).',
  SpecChanged: 'It was stopped because the spec was changed.',
  FailFast: 'It was stopped because waiting could not help.',
} as const;

function ownCancel(
  facts: Facts,
  stop: Stop,
  { subreason, message }: { readonly subreason: string; readonly message: string },
): Finding {
  return cancelled(facts, { subreason, message, citations: [ownIntent(stop)] });
}

function ownIntent(stop: Stop): ReturnType<typeof cite> {
  return cite('Lockstep', 'stop', stop.why, stop.at);
}

/** A passed bound names the root cause; it is a cause of its own only when nothing else is wrong. */
function boundVerdict(facts: Facts, stop: Stop, found: Finding): Verdict {
  const after = facts.context.boundMs === null ? '' : ` after ${formatDuration(facts.context.boundMs)}`;
  const cause = rootCause(facts, found);
  if (cause !== null) return { ...cause, message: `${cause.message} (Given up${after}.)`.slice(0, 1_024) };
  const bound = stop.why === 'StartTimeout' ? 'start bound' : stop.why === 'RunBound' ? 'run bound' : "run's timeout";
  const how = cancelled(facts, {
    subreason: '',
    message: `It did not ${stop.why === 'StartTimeout' ? 'start' : 'end'} within its ${bound}${after}.`,
    citations: [ownIntent(stop)],
  });
  return conclude(facts, { ...how, reason: 'DeadlineExceeded', subreason: stop.why });
}

/**
 * Why it could not get on, from what was seen before the stop (the final status may have lost it) or from what is left.
 * What our own stop brought about is no cause: kills, deletions, and ends with 0.
 */
function rootCause(facts: Facts, found: Finding): Verdict | null {
  const { provisional, stop } = facts.context;
  const own = stop !== null && deciding(facts).some((one) => endedBefore(one, stop.at) && !isClean(one.ended));
  if (own || OUTRANKS.has(found.reason)) return conclude(facts, found);
  if (provisional !== null) return refreshed(facts, provisional, found);
  return CONSEQUENCES.has(found.reason) || isConsequence(facts, found) ? null : conclude(facts, found);
}

/** What would have ended it without us. */
const OUTRANKS: ReadonlySet<string> = new Set([
  'OOMKilled',
  'NodeLost',
  'Evicted',
  'Preempted',
  'ImagePull',
  'ConfigurationError',
  'QuotaExceeded',
  'VolumeMount',
  'SandboxFailed',
  'ContainerCannotRun',
]);
const CONSEQUENCES: ReadonlySet<string> = new Set(['Cancelled', 'Unknown', 'DeadlineExceeded']);

function isConsequence(facts: Facts, found: Finding): boolean {
  return found.reason === 'TaskFailed' && facts.context.stop !== null && found.container?.ended === found.ending;
}

/** The provisional verdict, with stage, effects and retryability as the final facts have them. */
function refreshed(facts: Facts, provisional: Verdict, found: Finding): Verdict {
  const final = conclude(facts, {
    ...found,
    reason: provisional.reason,
    subreason: provisional.subreason ?? '',
    clears: provisional.retryable,
  });
  const evidence = [...provisional.evidence, ...final.evidence]
    .slice(0, 16)
    .map((one, index) => ({ ...one, id: `E${index + 1}` }));
  const { exitCode: _code, signal: _signal, container: _container, logTail: _tail, ...rest } = final;
  return {
    ...rest,
    message: provisional.message,
    confidence: provisional.confidence,
    missing: provisional.missing,
    evidence,
    ...(provisional.container === undefined ? {} : { container: provisional.container }),
  };
}
