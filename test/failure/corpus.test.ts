import { describe, expect, it } from 'vitest';
import { explain, type Explanation } from '../../src/failure/index.js';
import { corpus, retryIsUnsafe, type CorpusCase } from './corpus.js';

const cases = corpus();
const answers = new Map(cases.map((one) => [one.id, answerTo(one)]));

function answerTo({ id, input }: CorpusCase): Explanation {
  const items = explain([{ file: id, value: input }]);
  const [first] = items;
  if (items.length !== 1 || first === undefined) throw new Error(`${id}: ${items.length} items`);
  return first;
}

function flat(text: string | null | undefined): string {
  return (text ?? '').toLowerCase().replace(/[^a-z]/g, '');
}

/** Cases where a check applies and fails, as `id: what`. */
function wrong(check: (one: CorpusCase, answer: Explanation) => string | null): string[] {
  return cases.flatMap((one) => {
    const answer = answers.get(one.id);
    const fault = answer === undefined ? 'no answer' : check(one, answer);
    return fault === null ? [] : [`${one.id}: ${fault}`];
  });
}

function expectShare(faults: readonly string[], share: number): void {
  const allowed = Math.floor(cases.length * (1 - share) + 1e-9);
  expect(faults.length, faults.join('\n')).toBeLessThanOrEqual(allowed);
}

describe('the corpus of real failures', () => {
  it('gets the root cause right in 97 % of the cases, strictly', () => {
    expectShare(
      wrong(({ expect: want }, got) =>
        flat(got.reason) === flat(want.reason) ? null : `${want.reason}, not ${got.reason ?? 'none'}`,
      ),
      0.97,
    );
  });

  it('gets the root cause right in 95 % on average over the reasons', () => {
    const shares = new Map<string, boolean[]>();
    for (const one of cases) {
      const right = flat(answers.get(one.id)?.reason) === flat(one.expect.reason);
      shares.set(one.expect.reason, [...(shares.get(one.expect.reason) ?? []), right]);
    }
    const means = [...shares.values()].map((rights) => rights.filter(Boolean).length / rights.length);
    expect(means.reduce((sum, one) => sum + one, 0) / means.length).toBeGreaterThanOrEqual(0.95);
  });

  it('gets the stage right in 98 % of the cases', () => {
    expectShare(
      wrong(({ expect: want }, got) =>
        want.lenient?.includes('stage') === true || flat(got.stage) === flat(want.stage)
          ? null
          : `${want.stage}, not ${got.stage ?? ''}`,
      ),
      0.98,
    );
  });

  it('gets retryability right in 98 % of the cases', () => {
    expectShare(
      wrong(({ expect: want }, got) =>
        want.lenient?.includes('retryable') === true || got.retryable === want.retryable
          ? null
          : `${String(want.retryable)} expected`,
      ),
      0.98,
    );
  });

  it('never calls retryable what could run the work twice', () => {
    expect(wrong(({ expect: want }, got) => (got.retryable === true && retryIsUnsafe(want) ? 'unsafe' : null))).toEqual(
      [],
    );
  });

  it('names the failed container in 98 % of the cases', () => {
    expectShare(
      wrong(({ expect: want }, got) => {
        if (want.container === null || want.lenient?.includes('container') === true) return null;
        const names = [want.container, want.container.replace(/^(?:step|sidecar)-/, '')];
        return names.includes(got.container ?? '') ? null : `${want.container}, not ${got.container ?? 'none'}`;
      }),
      0.98,
    );
  });

  it('names the exit code in 98 % of the cases', () => {
    expectShare(
      wrong(({ expect: want }, got) => {
        if (want.exitCode === null || want.lenient?.includes('exitCode') === true) return null;
        return got.exitCode === want.exitCode ? null : `${want.exitCode}, not ${got.exitCode ?? 'none'}`;
      }),
      0.98,
    );
  });

  it('tells what the person on call needs in 97 % of the summaries', () => {
    expectShare(
      wrong(({ expect: want }, got) => {
        const summary = got.summary.toLowerCase();
        const untold = want.mustMention.filter((one) => !summary.includes(one.toLowerCase()));
        return untold.length === 0 ? null : untold.join(', ');
      }),
      0.97,
    );
  });

  it('begins every summary with a line of at most 120 characters that names the workload', () => {
    expect(
      wrong((_, got) => {
        const [line = ''] = got.summary.split('\n');
        return line.length <= 120 && line.includes(got.name) ? null : line;
      }),
    ).toEqual([]);
  });

  it('cites evidence for every verdict but those that nothing supports', () => {
    expect(wrong((_, got) => (got.evidence.length > 0 ? null : 'no evidence'))).toEqual([]);
  });
});
