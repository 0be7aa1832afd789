import type { Stage, Verdict } from '../api/types.js';
import type { BudgetName, RetriesUsed, RetryPolicy } from './policy.js';

/** Attempts of one task over all budgets, whatever their limits say (design review F10). */
const MAX_ATTEMPTS = 20;

export interface RetryTerms {
  readonly idempotent: boolean;
  readonly retry: RetryPolicy;
  readonly retriesUsed: RetriesUsed;
}

/** `why` is a sentence for people, e.g. "it had run and the step is not marked idempotent". */
export type RetryDecision =
  | { readonly retry: true; readonly stage: Stage; readonly budget: BudgetName }
  | { readonly retry: false; readonly why: string };

/**
 * Whether a failed attempt, confirmed stopped, is tried again by itself: the three axes of the design ("Failures").
 * `retryable` alone is never permission: what the attempt may have changed and `idempotent` are.
 */
export function mayRetry(verdict: Verdict, terms: RetryTerms): RetryDecision {
  const budget = budgetOf(verdict.stage);
  const refusal = refusalOf(verdict, terms) ?? exhaustion(budget, terms);
  return refusal === null ? { retry: true, stage: verdict.stage, budget } : { retry: false, why: refusal };
}

/** The budget that a retry after a failure of this stage is taken from. */
export function budgetOf(stage: Stage): BudgetName {
  switch (stage) {
    case 'PreExecution':
      return 'preExecution';
    case 'Infrastructure':
      return 'infrastructure';
    case 'Execution':
      return 'execution';
  }
}

function refusalOf(verdict: Verdict, terms: RetryTerms): string | null {
  if (verdict.mayStillRun === true) return 'it may still run';
  if (verdict.reason === 'Cancelled') return 'it was stopped on purpose';
  switch (verdict.stage) {
    case 'PreExecution':
      if (!verdict.retryable) return 'it needs a change';
      if (verdict.effects === 'None' || verdict.effects === 'InitOnly' || terms.idempotent) return null;
      return 'it may have changed something and the step is not marked idempotent';
    case 'Infrastructure':
      if (!verdict.retryable) return 'it is not known to be stopped, or needs a change';
      return terms.idempotent ? null : 'it had run and the step is not marked idempotent';
    case 'Execution':
      return executionRefusal(verdict, terms);
  }
}

function executionRefusal(verdict: Verdict, { idempotent, retry }: RetryTerms): string | null {
  const { limit, exitCodes } = retry.execution;
  if (limit === 0) return 'it had run';
  if (!idempotent) return 'it had run and the step is not marked idempotent';
  if (exitCodes.length === 0) return null;
  if (verdict.exitCode === undefined) return 'no exit code is known';
  return exitCodes.includes(verdict.exitCode) ? null : `exit code ${verdict.exitCode} is not among those to retry`;
}

function exhaustion(budget: BudgetName, { retry, retriesUsed }: RetryTerms): string | null {
  const { limit } = retry[budget];
  const total = retriesUsed.preExecution + retriesUsed.infrastructure + retriesUsed.execution;
  if (total + 1 >= MAX_ATTEMPTS) return `all ${MAX_ATTEMPTS} attempts that a step may have are used`;
  if (retriesUsed[budget] < limit) return null;
  return limit === 0 ? 'the step allows no retry of such a failure' : `all ${limit} retries are used`;
}
