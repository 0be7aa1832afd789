import type { Verdict } from '../api/types.js';
import { conclude } from './conclude.js';
import type { AttemptContext } from './context.js';
import type { Evidence } from './evidence.js';
import type { Facts } from './facts/facts.js';
import { indexEvidence } from './facts/index-evidence.js';
import { CLOCK_SKEW_MS, deciding, isClean } from './facts/queries.js';
import type { Finding } from './finding.js';
import { ownStopVerdict } from './own-stop.js';
import { RULES } from './rules/index.js';
import { hookFailureOf, probeKillOf, stopAskedAt } from './rules/stop-causes.js';

/** How an attempt ended. `terminationMessages`: what each main container left, by container, raw. */
export type Judgement =
  | { readonly outcome: 'Succeeded'; readonly terminationMessages: Readonly<Record<string, string>> }
  | { readonly outcome: 'Failed'; readonly verdict: Verdict };

/** The judgement on an attempt that ended, or was refused: evidence and what we know of ourselves → outcome. */
export function judge(evidence: Evidence, context: AttemptContext): Judgement {
  const facts = indexEvidence(evidence, context);
  if (hasSucceeded(facts)) return { outcome: 'Succeeded', terminationMessages: messagesOf(facts) };
  const verdict =
    context.stop === null ? conclude(facts, find(facts)) : ownStopVerdict(facts, context.stop, find(facts));
  return { outcome: 'Failed', verdict };
}

/** What the first rule that applies says; the last one always does. */
export function find(facts: Facts): Finding {
  for (const rule of RULES) {
    const finding = rule.apply(facts);
    if (finding !== null) return finding;
  }
  throw new Error('The last rule must apply to everything.');
}

/**
 * All deciding containers ended with 0 and nobody asked them to stop: programs end with 0 on SIGTERM too. Of a Job, the
 * Complete condition counts, unless a container shows that the kernel killed a part of it.
 */
export function hasSucceeded(facts: Facts): boolean {
  const { pod, job, refusal } = facts;
  if (refusal !== null) return false;
  const main = deciding(facts);
  if (main.some((one) => one.ended?.reason === 'OOMKilled')) return false;
  if (job !== null && (job.over || pod === null)) return job.complete;
  if (pod === null) return false;
  if (
    main.length === 0 ||
    !main.every((one) => one.state === 'terminated' && isClean(one.ended) && one.ended?.ran === true)
  )
    return false;
  // A pod that is Failed though all its containers are clean contradicts itself; a disruption that came later does not.
  const failed = facts.containers.some((one) => one.ended !== null && !isClean(one.ended));
  if (pod.phase === 'Failed' && !failed && stopAskedAt(facts) === null) return false;
  if (main.some((one) => probeKillOf(facts, one) !== null || hookFailureOf(facts, one) !== null)) return false;
  const asked = stopAskedAt(facts);
  return asked === null || main.every((one) => (one.ended?.finishedAt ?? Infinity) + CLOCK_SKEW_MS <= asked);
}

function messagesOf(facts: Facts): Record<string, string> {
  return Object.fromEntries(deciding(facts).map((one) => [one.name, one.ended?.message ?? '']));
}
