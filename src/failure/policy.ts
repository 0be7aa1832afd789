/** How often and how late a failed attempt of one stage is tried again. `limit` counts retries: 5 = 6 attempts. */
export interface RetryBudget {
  readonly limit: number;
  readonly baseMs: number;
  readonly factor: number;
  readonly capMs: number;
  readonly jitterPercent: number;
}

/** The budgets of a step, one per stage of failure. */
export interface RetryPolicy {
  readonly preExecution: RetryBudget;
  readonly infrastructure: RetryBudget;
  /** `exitCodes`: the only ones that are retried; all where it is empty. */
  readonly execution: RetryBudget & { readonly exitCodes: readonly number[] };
}

/** One budget per stage, so that waiting for a quota cannot eat the retries of running code (design review F10). */
export type BudgetName = 'preExecution' | 'infrastructure' | 'execution';

export type RetriesUsed = Readonly<Record<BudgetName, number>>;
