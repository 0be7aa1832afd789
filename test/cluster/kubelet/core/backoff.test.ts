import { describe, expect, it } from 'vitest';
import { BackoffTable } from '../../../../src/cluster/kubelet/core/backoff.js';
import { goDuration } from '../../../../src/cluster/kubelet/core/go-duration.js';

describe('a back-off', () => {
  it('begins with 10 s, doubles, and stops at 5 minutes', () => {
    const table = new BackoffTable();
    const seen: number[] = [];
    for (let now = 0; seen.length < 8; now += table.current('k')) {
      table.raise('k', now);
      seen.push(table.current('k'));
    }
    expect(seen).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it('begins anew after ten quiet minutes', () => {
    const table = new BackoffTable();
    table.raise('k', 0);
    table.raise('k', 10_000);
    table.raise('k', 700_000);
    expect(table.current('k')).toBe(10_000);
    expect(table.remaining('k', 2_000_000)).toBe(0);
  });

  it('counts from the end of the container where one is given', () => {
    const table = new BackoffTable();
    table.raise('k', 0);
    expect(table.remaining('k', 9_000)).toBe(1_000);
    expect(table.remaining('k', 9_000, 8_000)).toBe(9_000);
    expect(table.remaining('other', 9_000)).toBe(0);
  });

  it('is told as Go tells durations', () => {
    expect([10_000, 80_000, 300_000, 3_600_000].map(goDuration)).toEqual(['10s', '1m20s', '5m0s', '1h0m0s']);
  });
});
