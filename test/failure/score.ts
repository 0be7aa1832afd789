import type { Explanation } from '../../src/failure/index.js';
import { retryIsUnsafe, type CorpusCase } from './corpus.js';

/** Compared without case and punctuation, as the referee of the corpus does. */
function flat(text: string | null | undefined): string {
  return (text ?? '').toLowerCase().replace(/[^a-z]/g, '');
}

/** Whether a field of a case is scored at all. */
function counts({ expect }: CorpusCase, field: 'stage' | 'retryable' | 'container' | 'exitCode'): boolean {
  return expect[field] !== null && expect.lenient?.includes(field) !== true;
}

/** What is wrong with an answer in one respect; null where it is right, or where the case leaves it open. */
export const MEASURES = {
  reason: ({ expect: want }, got) =>
    flat(got.reason) === flat(want.reason) ? null : `${want.reason}, not ${got.reason ?? 'none'}`,
  reasonOrAlternative: ({ expect: want }, got) =>
    [want.reason, ...(want.altReasons ?? [])].some((one) => flat(one) === flat(got.reason))
      ? null
      : `${want.reason}, not ${got.reason ?? 'none'}`,
  stage: (one, got) =>
    !counts(one, 'stage') || flat(got.stage) === flat(one.expect.stage)
      ? null
      : `${one.expect.stage}, not ${got.stage ?? 'none'}`,
  retryable: (one, got) =>
    !counts(one, 'retryable') || got.retryable === one.expect.retryable
      ? null
      : `${String(one.expect.retryable)} expected`,
  safe: ({ expect: want }, got) => (got.retryable === true && retryIsUnsafe(want) ? 'unsafe' : null),
  container: (one, got) => {
    const want = one.expect.container ?? '';
    if (!counts(one, 'container')) return null;
    return [want, want.replace(/^(?:step|sidecar)-/, '')].includes(got.container ?? '')
      ? null
      : `${want}, not ${got.container ?? 'none'}`;
  },
  exitCode: (one, got) =>
    !counts(one, 'exitCode') || got.exitCode === one.expect.exitCode
      ? null
      : `${String(one.expect.exitCode)}, not ${String(got.exitCode)}`,
  mentions: ({ expect: want }, got) => {
    const summary = got.summary.toLowerCase();
    const untold = want.mustMention.filter((one) => !summary.includes(one.toLowerCase()));
    return untold.length === 0 ? null : untold.join(', ');
  },
  firstLine: (_, got) => {
    const [line = ''] = got.summary.split('\n');
    return line.length > 0 && line.length <= 120 && line.includes(got.name) ? null : line;
  },
  evidence: (_, got) => (got.evidence.length > 0 ? null : 'no evidence'),
} as const satisfies Record<string, (one: CorpusCase, got: Explanation) => string | null>;

export type Measure = keyof typeof MEASURES;

/** What is wrong in one respect, as `id: what`. */
export function faults(answers: readonly (readonly [CorpusCase, Explanation])[], measure: Measure): string[] {
  return answers.flatMap(([one, got]) => {
    const fault = MEASURES[measure](one, got);
    return fault === null ? [] : [`${one.id}: ${fault}`];
  });
}

/** The share of right answers on average over the reasons, since classes are unequal. */
export function macroAverage(answers: readonly (readonly [CorpusCase, Explanation])[]): number {
  const rights = new Map<string, boolean[]>();
  for (const [one, got] of answers) {
    const { reason } = one.expect;
    rights.set(reason, [...(rights.get(reason) ?? []), MEASURES.reason(one, got) === null]);
  }
  const means = [...rights.values()].map((each) => each.filter(Boolean).length / each.length);
  return means.reduce((sum, mean) => sum + mean, 0) / means.length;
}
