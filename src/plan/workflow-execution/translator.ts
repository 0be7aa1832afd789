import { API_VERSION } from '../../api/names.js';
import type { InputChecks } from '../input-checks.js';
import { ttlMsOf } from '../time-to-live.js';
import type { Translator } from '../translator.js';
import { projectStatus } from './project-status.js';
import { toPlan } from './to-plan.js';

/** WorkflowExecutions as plans. `executors`: the checks of their inputs; their names are the fields that a step may set. */
export function createWorkflowExecutionTranslator(executors: InputChecks): Translator {
  return {
    apiVersion: API_VERSION,
    kind: 'WorkflowExecution',
    plural: 'workflowexecutions',
    toPlan: (spec) => toPlan(spec, executors),
    ttlMs: ttlMsOf,
    projectStatus: (plan, state) => projectStatus(plan, state),
    conditions: () => [],
    onSpecChange: null,
  };
}
