import { sha256Of } from '../api/digest.js';
import type { Plan } from './plan.js';
import { planForDigest } from './sensitive.js';

/** Gives a plan its digest: everything else in it but sensitive values, in canonical form, so that the order of keys does not matter. */
export function sealPlan(plan: Omit<Plan, 'digest'>): Plan {
  return { ...plan, digest: sha256Of(planForDigest(plan)) };
}
