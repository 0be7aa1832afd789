import type { StopWhy, Verdict } from '../../api/types.js';
import { CONTROLLER_ACTOR } from '../../audit/event.js';
import type { Actor } from '../../api/types.js';
import { startedContainers } from '../../failure/index.js';
import type { LiveAttempt } from '../../plan/run-state.js';
import type { Observation } from '../../executors/observation.js';
import type { Draft } from './draft.js';
import { endAttempt } from './end-attempt.js';
import { objectData } from './object-data.js';
import { cancelledVerdict } from './own-verdicts.js';

interface StopRequest {
  readonly why: StopWhy;
  readonly actor?: Actor;
  /** The diagnosis that stands; it is provisional until the end is confirmed (design review C3). */
  readonly verdict?: Verdict | null;
}

/**
 * Commits the intent to stop a live attempt. An attempt that is being stopped already keeps its first reason, unless a
 * person now wants the whole run ended: the end is then counted as that.
 */
export function stopAttempt(draft: Draft, name: string, request: StopRequest): void {
  const { position } = draft.task(name);
  if (position.state !== 'Starting' && position.state !== 'Running') return;
  const attempt = seenAtStop(position.attempt, draft.input.observations.get(name), request.verdict ?? null);
  draft.record({
    type: 'attempt.stopping',
    task: name,
    attempt: attempt.number,
    actor: request.actor ?? CONTROLLER_ACTOR,
    data: {
      why: request.why,
      ...objectData(attempt),
      ...(request.verdict ? { reason: request.verdict.reason, message: request.verdict.message } : {}),
    },
  });
  const stop = { why: request.why, at: draft.now, assertedBy: null };
  draft.move(name, { state: 'Stopping', attempt, stop });
  // A task without an object has nothing to be confirmed: it is stopped at once.
  if (attempt.object === null) {
    const verdict = cancelledVerdict(name, request.why);
    endAttempt(draft, name, { attempt, stop: { ...stop, confirmed: true } }, { outcome: 'Failed', verdict });
  }
}

/** What is known of an attempt that is to be stopped. Once its object is there, a refused create explains nothing. */
function seenAtStop(attempt: LiveAttempt, observation: Observation | undefined, verdict: Verdict | null): LiveAttempt {
  const created = observation !== undefined && observation.kind !== 'NotThere';
  return withSeen(created ? { ...attempt, seen: { ...attempt.seen, verdict: null } } : attempt, observation, verdict);
}

/** Adds to an attempt what an observation shows of it. */
export function withSeen(
  attempt: LiveAttempt,
  observation: Observation | undefined,
  verdict: Verdict | null,
): LiveAttempt {
  if (observation === undefined) return verdict === null ? attempt : { ...attempt, seen: { ...attempt.seen, verdict } };
  const started =
    'started' in observation
      ? observation.started
      : startedContainers(observation.kind === 'NotThere' ? {} : observation.evidence);
  const uid = 'object' in observation ? (observation.object?.uid ?? null) : null;
  const all = [...new Set([...attempt.seen.started, ...started])].sort();
  return {
    ...attempt,
    object: attempt.object && { ...attempt.object, uid: attempt.object.uid ?? uid },
    seen: { started: all, verdict: verdict ?? attempt.seen.verdict },
  };
}
