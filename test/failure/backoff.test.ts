import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, type RetryBudget } from '../../src/failure/index.js';

const budget: RetryBudget = { limit: 5, baseMs: 30_000, factor: 2, capMs: 300_000, jitterPercent: 0 };

describe('the wait before the next try', () => {
  it('doubles from the base to the cap (kubernaut behaviour 48: 30 s, 5 min, ×2, no jitter)', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((n) => backoffMs(budget, n, 'seed'))).toEqual(
      [30, 30, 60, 120, 240, 300, 300].map((s) => s * 1_000),
    );
  });

  it('is nothing for a base of nothing, constant for a factor of one, and never overflows (kubernaut behaviour 49)', () => {
    expect(backoffMs({ ...budget, baseMs: 0 }, 10_000, 'seed')).toBe(0);
    expect(backoffMs({ ...budget, factor: 1 }, 50, 'seed')).toBe(30_000);
    expect(backoffMs(budget, 100_000, 'seed')).toBe(300_000);
    expect(backoffMs({ ...budget, factor: 10 }, 400, 'seed')).toBe(300_000);
  });

  it('spreads by the jitter on both sides, at the cap as well (kubernaut behaviour 50, without its pile at the bounds)', () => {
    const draws = Array.from({ length: 2_000 }, (_, index) =>
      backoffMs({ ...budget, jitterPercent: 10 }, 9, `uid/step/${index}`),
    );
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(270_000);
    expect(Math.max(...draws)).toBeLessThanOrEqual(330_000);
    // Uniform: each of ten equal parts of the range gets about a tenth.
    const parts = new Array<number>(10).fill(0);
    for (const draw of draws)
      parts[Math.min(9, Math.floor((draw - 270_000) / 6_000))] =
        (parts[Math.min(9, Math.floor((draw - 270_000) / 6_000))] ?? 0) + 1;
    for (const count of parts) expect(count).toBeGreaterThan(130);
  });

  it('is the same for the same seed, and within the jitter of the plain wait', () => {
    const anyBudget = fc.record({
      limit: fc.constant(5),
      baseMs: fc.integer({ min: 0, max: 60_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      capMs: fc.integer({ min: 60_000, max: 600_000 }),
      jitterPercent: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(anyBudget, fc.integer({ min: 1, max: 50 }), fc.string(), (any, n, seed) => {
        const wait = backoffMs(any, n, seed);
        expect(backoffMs(any, n, seed)).toBe(wait);
        const plain = backoffMs({ ...any, jitterPercent: 0 }, n, seed);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(plain * (1 - any.jitterPercent / 100)) - 1);
        expect(wait).toBeLessThanOrEqual(Math.ceil(plain * (1 + any.jitterPercent / 100)) + 1);
      }),
    );
  });
});
