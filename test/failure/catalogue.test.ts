import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, explain, explainReason } from '../../src/failure/index.js';
import { fixOf } from '../../src/failure/catalogue.js';
import { corpus, inventedCases } from './corpus.js';

describe('the catalogue of reasons', () => {
  it('holds each reason once, in alphabetical order', () => {
    const reasons = CATALOGUE.map((entry) => entry.reason);
    expect(reasons).toEqual([...new Set(reasons)].sort());
    expect(reasons).toHaveLength(21);
  });

  it('knows what to do about every closer cause that the corpus shows', () => {
    for (const { id, input, expect: want } of [...corpus(), ...inventedCases()]) {
      const [answer] = explain([{ file: id, value: input }]);
      const entry = explainReason(answer?.reason ?? '');
      expect(Object.keys(entry?.subreasons ?? {}), id).toContain(answer?.subreason);
      expect(Object.keys(explainReason(want.reason)?.subreasons ?? {}), id).toContain(want.subreason);
    }
  });

  it('falls back to the fix of the reason', () => {
    expect(fixOf('ImagePull', 'NeverHeardOf')).toBe(explainReason('imagepull')?.fixes[0]);
    expect(explainReason('Nonsense')).toBeNull();
  });

  it('is what docs/failures.md was made from', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/generate-failures.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
