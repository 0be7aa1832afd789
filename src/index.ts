// Lockstep as a library: what it takes to run a kind of one's own. A kind is a Translator: it turns a spec into a plan,
// and the state of a run into the kind's status. Its CRD holds ENGINE_SCHEMA under status.engine.
export type { Clock } from './api/clock.js';
export { ENGINE_SCHEMA } from './api/engine-schema.js';
export type { Checked, FieldProblem } from './api/field-problem.js';
export { type Instant, formatSeconds } from './api/instant.js';
export type { Json, JsonObject } from './api/json.js';
export { MemoryAuditStore } from './audit/memory-store.js';
export { openSqliteAuditStore } from './audit/sqlite/sqlite-store.js';
export type { AuditStore } from './audit/store.js';
export { type RunningController, type RunningSetup, startController } from './cli/controller/running-controller.js';
export { TRANSLATORS } from './cli/kinds.js';
export { INPUT_CHECKS } from './executors/input-checks.js';
export { hasBegun } from './plan/definition.js';
export {
  changedLive,
  changedSucceeded,
  createSequentialJobTranslator,
  createWorkflowExecutionTranslator,
  type InputChecks,
  type KindCondition,
  type Plan,
  type PlannedTask,
  type RetryPolicy,
  sealPlan,
  type SpecChange,
  type Translator,
} from './plan/index.js';
export { readDuration } from './plan/read-duration.js';
export { readRetry } from './plan/read-retry.js';
export type { RunState, TaskState } from './plan/run-state.js';
export { SpecReader } from './plan/spec-reader.js';
export { summaryLine } from './plan/summary-line.js';
export { createClient, createHttpTransport, loadCredentials, systemClock } from './runtime/index.js';
export { createMetrics } from './server/metrics.js';
