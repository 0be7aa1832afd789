import type { Instant } from '../../api/instant.js';
import type { ConditionFacts, Facts } from '../facts/facts.js';
import { hadEndedBefore } from '../facts/queries.js';

/**
 * The DisruptionTarget condition: who takes the pod away, set before its containers are stopped (Kubernetes 1.26). It
 * outranks exit codes, unless the containers had ended by themselves before.
 */
export function disruptionOf(facts: Facts): ConditionFacts | null {
  const condition = facts.pod?.conditions['DisruptionTarget'];
  if (condition?.status !== 'True') return null;
  return hadEndedBefore(facts, condition.at) ? null : condition;
}

/** The instant from which on ends are the doing of whoever disrupted the pod. */
export function disruptedAt(facts: Facts): Instant | null {
  return facts.pod?.conditions['DisruptionTarget']?.at ?? null;
}
