import type { AttemptContext } from '../../failure/context.js';
import { sensitiveValues } from '../../plan/sensitive.js';
import type { LiveAttempt, StopIntent } from '../../plan/run-state.js';
import type { Draft } from './draft.js';

/** What we know of an attempt from ourselves, for the failure room. */
export function attemptContext(
  draft: Draft,
  name: string,
  attempt: LiveAttempt,
  stop: StopIntent | null,
): AttemptContext {
  const planned = draft.planned(name);
  const executor = draft.input.executors.get(attempt.executor);
  const containers = executor?.kind === 'object' ? executor.containers(planned.input) : null;
  return {
    main: containers?.main ?? null,
    template: containers?.template ?? null,
    seenStarted: attempt.seen.started,
    // A deletion that we did not ask for is not our intent: the evidence must say whose it was.
    stop: stop === null || stop.why === 'ExternallyDeleted' ? null : { why: stop.why, at: stop.at },
    provisional: attempt.seen.verdict,
    boundMs: boundOf(planned.timeouts, stop),
    quoteLogs: planned.quoteLogs,
    sensitive: sensitiveValues(draft.plan),
  };
}

function boundOf(timeouts: { startMs: number; runMs: number }, stop: StopIntent | null): number | null {
  if (stop?.why === 'StartTimeout') return timeouts.startMs;
  if (stop?.why === 'RunBound') return timeouts.runMs;
  return null;
}
