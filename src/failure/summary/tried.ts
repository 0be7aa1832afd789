import { formatDuration } from '../../api/duration.js';
import { formatSeconds } from '../../api/instant.js';
import type { Verdict } from '../../api/types.js';
import { budgetOf } from '../may-retry.js';
import { briefOf } from './brief.js';
import type { Focus } from './run-state.js';
import { retryDecision } from './run-state.js';
import type { Summary, SummaryAttempt, SummaryStep } from './summary.js';

/** What becomes of the step by itself. */
export function retryOf({ step, verdict }: Focus): Summary['retry'] {
  if (verdict === null) return undefined;
  const { limit } = step.retry[budgetOf(verdict.stage)];
  if (step.state === 'BackingOff' && step.nextAttemptAt !== null) {
    return { will: true, at: formatSeconds(step.nextAttemptAt), try: attemptsOf(step) + 1, of: limit + 1 };
  }
  const decision = retryDecision(step, verdict);
  return { will: false, why: decision.retry ? 'the run ended before' : decision.why };
}

/** Attempts so far, also those that are no longer listed. */
export function attemptsOf({ attempts, omitted }: SummaryStep): number {
  return attempts.length + omitted;
}

/** The sentence of the first line about retries. */
export function retrySentence(focus: Focus): string {
  const retry = retryOf(focus);
  if (retry === undefined) return '';
  if (retry.will) return `Try ${retry.try ?? ''} of ${retry.of ?? ''} at ${(retry.at ?? '').slice(11)}.`;
  if (focus.verdict?.reason === 'Cancelled') return '';
  const tries = attemptsOf(focus.step);
  return tries > 1 ? `Gave up after ${tries} tries.` : `Not retried (${retry.why ?? ''}).`;
}

/** What was tried, and why it was not tried again. */
export function triedLines(focus: Focus): string[] {
  const { step, verdict } = focus;
  const total = attemptsOf(step);
  if (total === 0 || verdict === null) return [];
  const lines = folded(step.attempts.filter((one) => one.outcome !== null));
  const omitted = step.omitted === 0 ? [] : [`${step.omitted} more in between.`];
  const retry = retryOf(focus);
  const next =
    retry?.will === true
      ? `Next: try ${retry.try ?? ''} of ${retry.of ?? ''} at ${retry.at ?? ''}.`
      : `Not tried again: ${retry?.why ?? 'nothing is known of it'}.`;
  return [`${total} ${total === 1 ? 'attempt' : 'attempts'}.`, ...lines, ...omitted, next];
}

/** Attempts that ended in the same way are told together. */
function folded(attempts: readonly SummaryAttempt[]): string[] {
  const groups: { readonly key: string; readonly members: SummaryAttempt[] }[] = [];
  for (const attempt of attempts) {
    const key = attempt.verdict === null ? (attempt.outcome ?? '') : causeKey(attempt.verdict);
    const last = groups.at(-1);
    if (last?.key === key) last.members.push(attempt);
    else groups.push({ key, members: [attempt] });
  }
  return groups.map(({ members }) => sayGroup(members));
}

function causeKey(verdict: Verdict): string {
  return `${verdict.reason}/${verdict.subreason ?? ''}/${verdict.container ?? ''}/${verdict.exitCode ?? ''}`;
}

function sayGroup(members: readonly SummaryAttempt[]): string {
  const [first] = members;
  const last = members.at(-1);
  if (first === undefined || last === undefined) return '';
  const which = first === last ? `Try ${first.number}` : `Tries ${first.number}-${last.number}`;
  const when =
    first === last
      ? timeOf(first)
      : `${formatSeconds(first.intentAt).slice(11)} to ${formatSeconds(last.intentAt).slice(11)}`;
  return `${which} (${when}): ${first.verdict === null ? (first.outcome ?? '').toLowerCase() : briefOf(first.verdict)}.`;
}

function timeOf({ intentAt, finishedAt }: SummaryAttempt): string {
  const start = formatSeconds(intentAt).slice(11);
  return finishedAt === null ? start : `${start}, ${formatDuration(finishedAt - intentAt)}`;
}
