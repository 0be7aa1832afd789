import type { Reason, Verdict } from '../api/types.js';
import type { AttemptContext } from './context.js';
import type { Evidence } from './evidence.js';

/** Why a live attempt cannot get on. */
export interface WaitingDiagnosis {
  readonly reason: Reason;
  readonly subreason: string | null;
  readonly message: string;
  /** What would be concluded if it were stopped now. */
  readonly verdict: Verdict;
  /** How long this waiting may last before it is a failure, in ms; 0: fail at once; null: until the start bound. */
  readonly graceMs: number | null;
}

/** Why a live attempt cannot get on, or null where nothing is wrong. */
export function diagnoseWaiting(_evidence: Evidence, _context: AttemptContext): WaitingDiagnosis | null {
  return null;
}
