// The plan room: kinds → Plan; what a plan asks for next; parameters, outputs and conditions. Pure.
export { sealPlan } from './digest.js';
export { lintText, type LintProblem } from './lint/lint-text.js';
export { outputsTooLarge, parseOutputs } from './outputs.js';
export { indexPlan, type PlanIndex } from './plan-index.js';
export type {
  OutputDeclaration,
  Outputs,
  OutputType,
  ParameterValue,
  Plan,
  PlannedTask,
  RetryBudget,
  RetryPolicy,
} from './plan.js';
export { isOver, nextSteps, type NextSteps, type TaskSkip } from './ready-set.js';
export { type OutputsByTask, renderInput } from './render-input.js';
export { changedLive, changedSucceeded, definitionOf } from './definition.js';
export type { KindCondition, SpecChange, Translator } from './translator.js';
export { evaluateWhen, type WhenResult } from './when/index.js';
export type { InputChecks } from './input-checks.js';
export { projectStatus } from './workflow-execution/project-status.js';
export { toPlan } from './workflow-execution/to-plan.js';
export { createSequentialJobTranslator } from './sequential-job/translator.js';
export { createWorkflowExecutionTranslator } from './workflow-execution/translator.js';
