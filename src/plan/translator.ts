import type { Checked } from '../api/field-problem.js';
import type { Instant } from '../api/instant.js';
import type { JsonObject } from '../api/json.js';
import type { Plan } from './plan.js';
import type { RunState } from './run-state.js';

/** A condition that only this kind has. The generation, and the time of the transition, are added where it is written. */
export interface KindCondition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** Left out unless the condition was set before: for what is not worth a word as long as it never happened. */
  readonly onlyIfSet?: true;
}

/**
 * What follows from a spec that changed after the run had begun:
 *
 * - Hold: nobody works on the run until a person has looked at it; the message says what to do.
 * - Replan: the new plan is followed. `restart`: tasks that live and are to be stopped and, once that is confirmed, tried
 *   anew. What has ended stands; what has not begun is whatever the new plan says.
 */
export type SpecChange =
  | { readonly kind: 'Hold'; readonly message: string }
  | { readonly kind: 'Replan'; readonly restart: readonly string[] };

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
  /**
   * Milliseconds after its end at which a run is deleted, or null for never: what the plan of the same spec says. Asked for
   * each run that is over when a controller starts, so it makes no plan. Pure.
   */
  ttlMs(spec: JsonObject): number | null;
  /** The kind's own part of the status: everything but observedGeneration, conditions and engine. */
  projectStatus(plan: Plan | null, state: RunState, now: Instant): JsonObject;
  /** The kind's own conditions, beside those that every run has. What was set once is never removed. Pure. */
  conditions(plan: Plan | null, state: RunState): readonly KindCondition[];
  /**
   * Asked when the plan of a run that is not over is another one than it began with. Null: the spec of this kind never
   * changes, so that another plan means another version of Lockstep; the run is held. Such a kind's attempts carry no
   * definition. A kind whose spec may change puts all values into its inputs itself, and has no parameters. Pure.
   */
  readonly onSpecChange: ((plan: Plan, state: RunState) => SpecChange) | null;
}
