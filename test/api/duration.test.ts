import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/api/duration.js';
import { formatSeconds } from '../../src/api/instant.js';
import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';

/** The longest duration that the CRDs' maxLength of 32 characters leaves room for. */
const LONGEST = '999999h999999h999999h999999h';

function patternsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'pattern' && typeof member === 'string' && member.includes('ms)') ? [member] : patternsIn(member),
  );
}

describe('a duration', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['90s', 90_000],
    ['250ms', 250],
    ['1m1m', 120_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5 minutes', '5', 'm', '-1s', '1.5h', '1d', '99999999h'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it('is none to the program where it is none to the CRDs', () => {
    const patterns = [...new Set(patternsIn(CRD_MANIFESTS))];
    expect(patterns).toHaveLength(1);
    const [pattern = ''] = patterns;
    fc.assert(
      fc.property(fc.stringMatching(/^([0-9]{1,13}(h|m|s|ms|d)?){1,3}$/), (text) => {
        expect(parseDuration(text) !== null).toBe(new RegExp(pattern).test(text));
      }),
    );
  });

  it('that is the longest ends at an instant that the API server takes', () => {
    const ms = parseDuration(LONGEST) ?? Number.NaN;
    expect(formatSeconds(Date.parse('2026-01-01T00:00:00Z') + 10 * ms)).toMatch(/^\d{4}-/);
  });
});
