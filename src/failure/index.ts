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
export { redact } from './redact.js';
export { extractOf } from './extract.js';
export type { ReasonEntry } from './catalogue.js';
export { CATALOGUE, explainReason } from './catalogue.js';
export type { Explanation } from './explain/explain.js';
export { explain } from './explain/explain.js';
export type { SourceDocument } from './explain/sort-documents.js';
export { jsonOf, lineOf, markdownOf, textOf } from './summary/render.js';
export { summarize } from './summary/summarize.js';
export type {
  OnCall,
  Summary,
  SummaryAction,
  SummaryAttempt,
  SummaryInput,
  SummaryState,
  SummaryStep,
} from './summary/summary.js';
