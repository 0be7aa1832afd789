import { clip } from '../api/clip.js';
import type { EvidenceItem, Verdict } from '../api/types.js';
import { boundVerdict, firstItems } from '../audit/bounded-verdict.js';

/** How much of a verdict is kept: all that boundVerdict keeps, 512 bytes of evidence, or only what it says. */
export type VerdictSize = 'Full' | 'Excerpt' | 'Message' | 'Word';

/** How far a status is shortened. */
export interface Shrinking {
  /** Of the attempt that decided the run. */
  readonly decidesRun: VerdictSize;
  /** Of the last attempt of each other task. */
  readonly decidesTask: VerdictSize;
  readonly other: VerdictSize;
  /** Most characters of messages that are not a verdict's. */
  readonly text: number;
  /** Whether attempts that are over keep what was seen of them while they lived. */
  readonly seen: boolean;
  /** Most attempts that are listed, beside the live one. */
  readonly attempts: number;
}

/** From what is usual to what surely fits; the first that fits the budget is taken. */
export const SHRINKING: readonly Shrinking[] = [
  { decidesRun: 'Full', decidesTask: 'Full', other: 'Excerpt', text: 1_000, seen: true, attempts: 6 },
  { decidesRun: 'Full', decidesTask: 'Full', other: 'Message', text: 1_000, seen: true, attempts: 6 },
  { decidesRun: 'Full', decidesTask: 'Excerpt', other: 'Message', text: 500, seen: true, attempts: 6 },
  { decidesRun: 'Full', decidesTask: 'Message', other: 'Word', text: 240, seen: false, attempts: 3 },
  { decidesRun: 'Excerpt', decidesTask: 'Word', other: 'Word', text: 40, seen: false, attempts: 1 },
];

/** Bytes of evidence of an attempt that did not decide (design, "Sizes"). */
const EXCERPT_BYTES = 512;

/** A verdict of at most that size. Idempotent; a smaller size of a larger one is the same as the smaller at once. */
export function shrinkVerdict(verdict: Verdict, size: VerdictSize): Verdict {
  const bounded = boundVerdict(verdict);
  if (size === 'Full') return bounded;
  const { logTail: _logTail, ...rest } = bounded;
  if (size === 'Excerpt') return { ...rest, evidence: excerpt(rest.evidence) };
  const missing = rest.missing.slice(0, 1);
  if (size === 'Message') return { ...rest, message: clip(rest.message, 240), evidence: [], missing };
  return { ...rest, message: clip(rest.message, 40), evidence: [], missing: [] };
}

function excerpt(evidence: readonly EvidenceItem[]): readonly EvidenceItem[] {
  const fitting = firstItems(evidence, EXCERPT_BYTES);
  if (fitting.length > 0 || evidence.length === 0) return fitting;
  const short = evidence.slice(0, 1).map((item) => ({
    ...item,
    source: clip(item.source, 100),
    path: clip(item.path, 100),
    value: clip(item.value, 120),
  }));
  return firstItems(short, EXCERPT_BYTES);
}
