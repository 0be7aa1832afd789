import type { FieldProblem } from '../api/field-problem.js';
import type { Instant } from '../api/instant.js';
import { type JsonObject, isJsonObject } from '../api/json.js';
import type { Condition } from '../api/types.js';
import type { RunState } from '../plan/run-state.js';
import type { KindCondition } from '../plan/translator.js';
import { type ConditionContext, conditionsOf, stalledConditions, unreadableConditions } from './conditions.js';
import { encodeStatus } from './encode.js';
import { fitStatus } from './fit.js';
import { mergePatch } from './merge-patch.js';

/** The resource as it was when it was decided on. */
export interface SeenResource {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly status: JsonObject;
}

export interface NextStatus {
  readonly state: RunState;
  /** The kind's own part (Translator.projectStatus). */
  readonly own: JsonObject;
  /** The kind's own conditions (Translator.conditions). */
  readonly kindConditions?: readonly KindCondition[];
  /** Why the audit store takes nothing, or null. */
  readonly backlog: string | null;
  readonly now: Instant;
}

/**
 * The one merge patch for /status that a pass writes, or null where it would change nothing. It holds only what
 * changed, and the resourceVersion that it was decided on: the fence of everything that follows from it (design, rule 3), since
 * the server answers 409 where it is another one. The UID is for the reader: a real API server ignores it on /status
 * (seen on 1.35), and needs none, since no two objects of a cluster ever have the same resourceVersion.
 */
export function draftStatus(seen: SeenResource, next: NextStatus): JsonObject | null {
  const { state, own, kindConditions = [], backlog, now } = next;
  const fitted = fitStatus(state);
  const engine: unknown = encodeStatus(fitted);
  return draft(seen, {
    ...own,
    observedGeneration: seen.generation,
    conditions: conditionsOf(fitted, backlog, { ...contextOf(seen, now), kind: kindConditions }),
    engine: isJsonObject(engine) ? engine : {},
  });
}

/** For a run whose status this version cannot read: its conditions say so, all else stays as it is. */
export function draftUnreadable(
  seen: SeenResource,
  problems: readonly FieldProblem[],
  now: Instant,
): JsonObject | null {
  return draft(seen, { ...seen.status, conditions: unreadableConditions(problems, contextOf(seen, now)) });
}

/** For a run that must be left alone until a person looks at it (HistoryFork, StatusRejected): conditions only. */
export function draftStalled(
  seen: SeenResource,
  why: Parameters<typeof stalledConditions>[0],
  now: Instant,
): JsonObject | null {
  return draft(seen, { ...seen.status, conditions: stalledConditions(why, contextOf(seen, now)) });
}

function draft(
  seen: SeenResource,
  next: Omit<JsonObject, 'conditions'> & { readonly conditions: readonly Condition[] },
) {
  const conditions: unknown = next.conditions;
  const patch = mergePatch(seen.status, { ...next, conditions: Array.isArray(conditions) ? conditions : [] });
  if (patch === null) return null;
  return { metadata: { uid: seen.uid, resourceVersion: seen.resourceVersion }, status: patch };
}

function contextOf(seen: SeenResource, now: Instant): ConditionContext {
  return { previous: previousConditions(seen.status['conditions']), generation: seen.generation, now };
}

/** Conditions as they were read. The API server has checked them against the CRD; what is none is left out. */
function previousConditions(value: unknown): readonly Condition[] {
  return Array.isArray(value) ? value.filter(isCondition) : [];
}

function isCondition(value: unknown): value is Condition {
  return (
    isJsonObject(value) &&
    ['type', 'status', 'reason', 'message', 'lastTransitionTime'].every((name) => typeof value[name] === 'string')
  );
}
