import type { Verdict } from '../../api/types.js';
import { mayRetry, type RetryDecision } from '../may-retry.js';
import type { SummaryAttempt, SummaryInput, SummaryState, SummaryStep } from './summary.js';

/** The step that a summary is about, with its place. */
export interface Focus {
  readonly step: SummaryStep;
  readonly number: number;
  readonly of: number;
  /** The attempt that tells: the last one that ended badly, or null. */
  readonly attempt: SummaryAttempt | null;
  readonly verdict: Verdict | null;
}

/** A stop takes so long that a person must look: until then nothing goes on. */
export function isStuck(input: SummaryInput): boolean {
  return input.reason === 'NotConfirmedStopped';
}

/** What the first line begins with. */
export function stateOf(input: SummaryInput): SummaryState {
  if (isStuck(input)) return 'BLOCKED';
  switch (input.phase) {
    case 'Failed':
      return 'FAILED';
    case 'Succeeded':
      return 'SUCCEEDED';
    case 'Cancelled':
      return 'CANCELLED';
    case 'Cancelling':
      return 'CANCELLING';
    case 'Blocked':
      return 'BLOCKED';
    case 'Suspended':
      return 'SUSPENDED';
    case 'Pending':
      return 'PENDING';
    case 'Running':
      if (input.steps.some((step) => step.state === 'BackingOff')) return 'RETRYING';
      return input.steps.some((step) => isLive(step) && step.waiting !== null) ? 'WAITING' : 'RUNNING';
  }
}

/** The step that matters most now: the one that somebody must look at, that decided, that backs off, that waits, that runs; else none. */
export function focusOf(input: SummaryInput): Focus | null {
  const step =
    (isStuck(input) ? input.steps.find((one) => one.state === 'Stopping') : undefined) ??
    input.steps.find((one) => one.name === input.failure?.step) ??
    firstFailed(input.steps) ??
    input.steps.find((one) => one.state === 'BackingOff') ??
    input.steps.find((one) => isLive(one) && one.waiting !== null) ??
    input.steps.find((one) => one.state === 'Cancelled') ??
    input.steps.find(isLive);
  if (step === undefined) return null;
  const peers = input.steps.filter((one) => one.group === step.group);
  const attempt = tellingAttempt(step, input.failure?.step === step.name ? input.failure.attempt : null);
  return {
    step,
    number: peers.indexOf(step) + 1,
    of: peers.length,
    attempt,
    verdict: attempt?.verdict ?? step.verdict,
  };
}

/** The earliest failure leads: later ones are often its consequences. */
function firstFailed(steps: readonly SummaryStep[]): SummaryStep | undefined {
  return steps
    .filter((one) => one.state === 'Failed')
    .sort((a, b) => (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity))[0];
}

function isLive({ state }: SummaryStep): boolean {
  return state === 'Starting' || state === 'Running' || state === 'Stopping';
}

function tellingAttempt(step: SummaryStep, number: number | null): SummaryAttempt | null {
  const named = step.attempts.find((one) => one.number === number && one.verdict !== null);
  return named ?? step.attempts.findLast((one) => one.verdict !== null) ?? null;
}

/** How the last failure of a step was or would be dealt with. */
export function retryDecision(step: SummaryStep, verdict: Verdict): RetryDecision {
  return mayRetry(verdict, { idempotent: step.idempotent, retry: step.retry, retriesUsed: step.retriesUsed });
}
