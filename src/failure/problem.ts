import type { Reason, Verdict } from '../api/types.js';

/**
 * The verdict on what failed without the cluster having a part in it: an input that cannot be resolved, a `when` in
 * error, outputs that cannot be read. Nothing ran; nothing changes without another spec.
 */
export function verdictOfProblem(reason: Reason, subreason: string, message: string): Verdict {
  return {
    reason,
    subreason: subreason.slice(0, 64),
    stage: 'PreExecution',
    retryable: false,
    effects: 'None',
    message: message.slice(0, 1024),
    confidence: 'Certain',
    evidence: [],
    missing: [],
  };
}
