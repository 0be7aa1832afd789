import type { Reason, Verdict } from '../api/types.js';
import { conclude } from './conclude.js';
import type { AttemptContext } from './context.js';
import type { Evidence } from './evidence.js';
import { indexEvidence } from './facts/index-evidence.js';
import { graceOf } from './grace.js';
import { RULES } from './rules/index.js';
import { briefOf } from './summary/brief.js';

/** Why a live attempt cannot get on. */
export interface WaitingDiagnosis {
  readonly reason: Reason;
  readonly subreason: string | null;
  /** The cause in a few words, for a line. */
  readonly brief: string;
  readonly message: string;
  /** What would be concluded if it were stopped now. */
  readonly verdict: Verdict;
  /** How long this waiting may last before it is a failure, in ms; 0: fail at once; null: until the start bound. */
  readonly graceMs: number | null;
}

/** Why a live attempt cannot get on, or null where nothing is wrong that is known. */
export function diagnoseWaiting(evidence: Evidence, context: AttemptContext): WaitingDiagnosis | null {
  const facts = indexEvidence(evidence, context);
  for (const rule of RULES) {
    if (rule.waiting !== true) continue;
    const finding = rule.apply(facts);
    // What runs again gets on, however often it had failed before.
    if (finding === null || finding.container?.state === 'running') continue;
    const verdict = conclude(facts, finding, { stopping: true });
    return {
      reason: verdict.reason,
      subreason: verdict.subreason ?? null,
      brief: briefOf(verdict),
      message: verdict.message,
      verdict,
      graceMs: graceOf(finding),
    };
  }
  return null;
}
