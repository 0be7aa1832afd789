import type { Instant } from '../api/instant.js';
import type { Confidence, Effects, Reason, Stage } from '../api/types.js';
import type { ContainerFacts, Facts, Termination } from './facts/facts.js';

/** A piece of evidence that a rule rests on; ids are given later. */
export interface Citation {
  readonly source: string;
  readonly path: string;
  readonly value: string;
  readonly at: Instant | null;
}

/** What a rule concludes. Stage, effects and what may still run follow from the facts, for all rules in the same way. */
export interface Finding {
  readonly reason: Reason;
  readonly subreason: string;
  /** One or two sentences for people; quotes the platform where its words tell more. */
  readonly message: string;
  /** The cause can clear without anybody changing the spec. */
  readonly clears: boolean;
  readonly container?: ContainerFacts;
  readonly ending?: Termination;
  /** Exit code and container where only a text names them (a Job's condition about a pod that is gone). */
  readonly named?: { readonly container: string; readonly exitCode: number | null };
  readonly confidence?: Confidence;
  readonly citations: readonly Citation[];
  readonly missing?: readonly string[];
  /** Only where the facts alone would mislead; the rule says why. */
  readonly stage?: Stage;
  readonly effects?: Effects;
  /** Something of the attempt may still run, for a cause that the rule knows (an open create, a lost node). */
  readonly mayStillRun?: boolean;
}

/**
 * A rule: a named pure function from facts to a finding, or null where it does not apply. `basis` is the behaviour of the
 * platform that it rests on; `waiting` rules also diagnose attempts that are alive and cannot get on.
 */
export interface Rule {
  readonly name: string;
  readonly basis: string;
  readonly waiting?: boolean;
  readonly apply: (facts: Facts) => Finding | null;
}
