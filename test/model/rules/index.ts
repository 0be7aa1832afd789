import type { Chronicle } from '../chronicle.js';
import { CONDITIONAL_CALLS } from './conditional-calls.js';
import { CONFIRMED_STOPS } from './confirmed-stops.js';
import { DECIDED_ONCE } from './decided-once.js';
import { EVIDENCE } from './evidence.js';
import { INTENT_FIRST } from './intent-first.js';
import { ONLY_THE_PLAN } from './only-the-plan.js';
import type { Rule } from './rule.js';

/** The design's six rules, as far as they show from outside. */
export const RULES: readonly Rule[] = [
  ...DECIDED_ONCE,
  ...ONLY_THE_PLAN,
  ...INTENT_FIRST,
  ...CONDITIONAL_CALLS,
  ...EVIDENCE,
  ...CONFIRMED_STOPS,
];

/** Every way in which a history breaks a rule, and what the crash harness has against it; empty: it is right. */
export function breachesOf(chronicle: Chronicle): readonly string[] {
  const ofRules = RULES.flatMap(({ says, breaches }) => breaches(chronicle).map((breach) => `${says}: ${breach}`));
  return [...chronicle.broken, ...ofRules];
}
