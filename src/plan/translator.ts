import type { Checked } from '../api/field-problem.js';
import type { Instant } from '../api/instant.js';
import type { JsonObject } from '../api/json.js';
import type { Plan } from './plan.js';
import type { RunState } from './run-state.js';

/**
 * Turns a kind into a plan and a run's state into that kind's status. A new kind is one of these, registered by the
 * composition root; nothing else knows kinds.
 */
export interface Translator {
  readonly apiVersion: string;
  readonly kind: string;
  /** The resource's name in URLs, e.g. `workflowexecutions`. */
  readonly plural: string;
  /** Pure; problems carry the path of the field. */
  toPlan(spec: JsonObject): Checked<Plan>;
  /** The kind's own part of the status: everything but observedGeneration, conditions and engine. */
  projectStatus(plan: Plan | null, state: RunState, now: Instant): JsonObject;
}
