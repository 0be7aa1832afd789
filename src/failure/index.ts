// The failure room: evidence → verdict → summary. Pure.
export { backoffMs } from './backoff.js';
export type { AttemptContext } from './context.js';
export { NO_CONTEXT } from './context.js';
export type { WaitingDiagnosis } from './diagnose-waiting.js';
export { diagnoseWaiting } from './diagnose-waiting.js';
export type { Evidence } from './evidence.js';
export type { Judgement } from './judge.js';
export { judge } from './judge.js';
export type { RetryDecision, RetryTerms } from './may-retry.js';
export { mayRetry } from './may-retry.js';
export type { BudgetName, RetriesUsed, RetryBudget, RetryPolicy } from './policy.js';
export { verdictOfProblem } from './problem.js';
export { startedContainers } from './started-containers.js';
