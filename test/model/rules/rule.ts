import type { Chronicle } from '../chronicle.js';

/** One thing that must hold of every history. */
export interface Rule {
  /** As a sentence. */
  readonly says: string;
  /** Every way in which a history breaks it. */
  readonly breaches: (chronicle: Chronicle) => readonly string[];
}
