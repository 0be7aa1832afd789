import type { FieldProblem } from '../../api/field-problem.js';
import type { Verdict } from '../../api/types.js';
import { CONTROLLER_ACTOR } from '../../audit/event.js';
import type { Observation } from '../../executors/observation.js';
import { diagnoseWaiting, judge, verdictOfProblem } from '../../failure/index.js';
import { outputsTooLarge, parseOutputs } from '../../plan/outputs.js';
import { keptOutputs } from '../../plan/sensitive.js';
import type { LiveAttempt, LivePosition, StopIntent } from '../../plan/run-state.js';
import { attemptContext } from './attempt-context.js';
import type { Draft } from './draft.js';
import type { AttemptEnd } from './end-attempt.js';
import { endAttempt } from './end-attempt.js';
import { goneVerdict, neverCreatedVerdict } from './own-verdicts.js';
import { objectData } from './object-data.js';
import { outputsOf } from './outputs-of.js';
import { ABSENCE_AFTER_MS, PROGRESS_AFTER_MS } from './intervals.js';
import { stopAttempt, withSeen } from './stop-attempt.js';
import { noteWaiting } from './waiting.js';

/** Takes in what the cluster shows of a live attempt. */
export function observeAttempt(draft: Draft, name: string): void {
  const { position } = draft.task(name);
  if (position.state !== 'Starting' && position.state !== 'Running' && position.state !== 'Stopping') return;
  const observation = draft.input.observations.get(name);
  if (observation === undefined) return;
  const stop = position.state === 'Stopping' ? position.stop : null;
  switch (observation.kind) {
    case 'NotThere':
      observeAbsent(draft, name, position, observation);
      return;
    case 'Pending':
    case 'Running':
      observeLive(draft, name, position, observation);
      return;
    case 'Ended':
    case 'Stranger':
      observeEnd(draft, name, { attempt: withSeen(position.attempt, observation, null), stop }, observation);
      return;
    case 'Gone': {
      const verdict = goneVerdict(
        `${position.attempt.object?.kind ?? 'object'} ${position.attempt.object?.name ?? name}`,
      );
      endAttempt(
        draft,
        name,
        { attempt: position.attempt, stop: stop && { ...stop, confirmed: false } },
        { outcome: 'Failed', verdict },
      );
      return;
    }
  }
}

function observeAbsent(
  draft: Draft,
  name: string,
  position: LivePosition,
  observation: Extract<Observation, { kind: 'NotThere' }>,
): void {
  if (position.state === 'Stopping') {
    if (!observation.checked || draft.now < position.stop.at + ABSENCE_AFTER_MS) return;
    const { attempt, stop } = position;
    const verdict = neverCreatedVerdict(name, stop.why, attempt.seen.verdict);
    endAttempt(draft, name, { attempt, stop: { ...stop, confirmed: true } }, { outcome: 'Failed', verdict });
    return;
  }
  if (observation.refusal === null) return;
  const diagnosis = diagnoseWaiting(observation.refusal, attemptContext(draft, name, position.attempt, null));
  const { waiting } = draft.task(name);
  noteWaiting(draft, name, diagnosis);
  if (draft.task(name).waiting !== waiting) rememberRefusal(draft, name, diagnosis?.verdict ?? null);
}

/** A pass that observes no refusal of its own must know of this one when it stops the attempt. */
function rememberRefusal(draft: Draft, name: string, verdict: Verdict | null): void {
  const { position } = draft.task(name);
  if (position.state !== 'Starting') return;
  const { attempt } = position;
  draft.change(name, { position: { ...position, attempt: { ...attempt, seen: { ...attempt.seen, verdict } } } });
}

type LiveObservation = Extract<Observation, { kind: 'Pending' | 'Running' }>;

function observeLive(draft: Draft, name: string, position: LivePosition, observation: LiveObservation): void {
  const attempt = withSeen(position.attempt, observation, null);
  const grown = attempt.seen.started.length > position.attempt.seen.started.length;
  if (position.state === 'Stopping') {
    // What starts while we stop it decides whether it may be tried again: it must not be forgotten.
    if (grown) draft.change(name, { position: { ...position, attempt } });
    return;
  }
  if (observation.object.terminating) {
    const waiting = diagnoseWaiting(observation.evidence, attemptContext(draft, name, attempt, null));
    stopAttempt(draft, name, { why: 'ExternallyDeleted', verdict: waiting?.verdict ?? null });
    return;
  }
  if (observation.kind === 'Running' && position.state === 'Starting') {
    if (draft.now < attempt.intentAt + PROGRESS_AFTER_MS) return;
    draft.move(name, { state: 'Running', attempt: { ...attempt, startedAt: draft.now } });
    draft.record({
      type: 'attempt.started',
      task: name,
      attempt: attempt.number,
      actor: CONTROLLER_ACTOR,
      data: objectData(attempt),
    });
    return;
  }
  const waiting = diagnoseWaiting(observation.evidence, attemptContext(draft, name, attempt, null));
  noteWaiting(draft, name, waiting);
}

interface EndSeen {
  readonly attempt: LiveAttempt;
  readonly stop: StopIntent | null;
}

function observeEnd(
  draft: Draft,
  name: string,
  { attempt, stop }: EndSeen,
  observation: Extract<Observation, { kind: 'Ended' | 'Stranger' }>,
): void {
  const judgement = judge(observation.evidence, attemptContext(draft, name, attempt, stop));
  // A short attempt was never written as Running: its start is told with its end.
  if (attempt.startedAt === null && attempt.seen.started.length > 0) {
    draft.record({
      type: 'attempt.started',
      task: name,
      attempt: attempt.number,
      actor: CONTROLLER_ACTOR,
      data: objectData(attempt),
    });
  }
  const end: AttemptEnd =
    judgement.outcome === 'Failed'
      ? { outcome: 'Failed', verdict: judgement.verdict }
      : readOutputs(draft, name, judgement.terminationMessages);
  endAttempt(draft, name, { attempt, stop: stop && { ...stop, confirmed: true } }, end);
}

function readOutputs(draft: Draft, name: string, messages: Readonly<Record<string, string>>): AttemptEnd {
  const planned = draft.planned(name);
  const parsed = parseOutputs(planned, messages);
  if (!parsed.ok)
    return refuseOutputs('ResultNotEmitted', `step ${name} ran, but its outputs cannot be read`, parsed.problems);
  const kept = keptOutputs(planned, parsed.value, draft.input.run.ref.uid);
  const tooLarge = outputsTooLarge(planned, kept, { earlier: outputsOf(draft.state) });
  if (tooLarge !== null)
    return refuseOutputs('OutputsTooLarge', `step ${name} ran, but its outputs cannot be kept`, [tooLarge]);
  return { outcome: 'Succeeded', outputs: kept };
}

/** The code has run, so that something may have changed, although what it gave is of no use. */
function refuseOutputs(subreason: string, what: string, problems: readonly FieldProblem[]): AttemptEnd {
  const text = problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  return {
    outcome: 'Failed',
    verdict: {
      ...verdictOfProblem('ConfigurationError', subreason, `${what}: ${text}`),
      stage: 'Execution',
      effects: 'Possible',
    },
  };
}
