import { createHash } from 'node:crypto';
import { canonicalJson } from '../api/canonical-json.js';
import type { Json } from '../api/json.js';
import type { Plan } from './plan.js';

/** Gives a plan its digest: everything else in it, in canonical form, so that the order of keys does not matter. */
export function sealPlan(plan: Omit<Plan, 'digest'>): Plan {
  const content: unknown = JSON.parse(JSON.stringify(plan));
  const hash = createHash('sha256')
    .update(canonicalJson(content as Json))
    .digest('hex');
  return { ...plan, digest: `sha256:${hash}` };
}
