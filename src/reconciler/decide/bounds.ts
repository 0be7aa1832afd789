import { diagnoseWaiting } from '../../failure/index.js';
import type { Verdict } from '../../api/types.js';
import { CONTROLLER_ACTOR } from '../../audit/event.js';
import type { LiveAttempt } from '../../plan/run-state.js';
import { attemptContext } from './attempt-context.js';
import type { Draft } from './draft.js';
import { endRun } from './ending.js';
import { runDeadline } from './run-clock.js';
import { stopAttempt } from './stop-attempt.js';

/** Stops a live attempt that has passed its `start` or `run` bound. A stop never has a bound: it must be confirmed. */
export function applyAttemptBounds(draft: Draft, name: string): void {
  const { position } = draft.task(name);
  if (position.state !== 'Starting' && position.state !== 'Running') return;
  const { attempt } = position;
  if (attempt.object === null) return;
  const { startMs, runMs } = draft.planned(name).timeouts;
  const observation = draft.input.observations.get(name);
  // Seen to run, though not yet written: the start bound is met.
  if (position.state === 'Starting' && observation?.kind !== 'Running' && draft.now >= attempt.intentAt + startMs) {
    stopAttempt(draft, name, { why: 'StartTimeout', verdict: provisional(draft, name, attempt) });
  } else if (attempt.startedAt !== null && draft.now >= attempt.startedAt + runMs) {
    stopAttempt(draft, name, { why: 'RunBound', verdict: provisional(draft, name, attempt) });
  }
}

/** Ends the run where its own bound is passed. */
export function applyRunBound(draft: Draft): void {
  if (draft.state.ending !== null) return;
  const deadline = runDeadline(draft.plan, draft.state, draft.now);
  if (deadline === null || draft.now < deadline) return;
  endRun(draft, { why: 'Timeout', actor: CONTROLLER_ACTOR, reason: '' });
}

function provisional(draft: Draft, name: string, attempt: LiveAttempt): Verdict | null {
  const observation = draft.input.observations.get(name);
  if (observation === undefined) return null;
  const evidence = observation.kind === 'NotThere' ? observation.refusal : observation.evidence;
  return evidence && (diagnoseWaiting(evidence, attemptContext(draft, name, attempt, null))?.verdict ?? null);
}
