import { describe, expect, it } from 'vitest';
import { skewBounds } from '../../src/runtime/clock-skew.js';
import { createClockSkew } from '../../src/server/clock-skew.js';
import { createMetrics } from '../../src/server/metrics.js';

const SERVER = Date.UTC(2026, 0, 1, 12, 0, 0);

/** What an answer says whose Date the server sets `atMs` after SERVER, in the middle of the call, by a clock so far off. */
function answer(atMs: number, skewMs: number, tookMs = 20) {
  const date = new Date(SERVER + atMs).toUTCString();
  const middle = SERVER + atMs + skewMs;
  const bounds = skewBounds(date, { sentAt: middle - tookMs / 2, answeredAt: middle + tookMs / 2 });
  if (bounds === null) throw new Error('the answer has a Date');
  return bounds;
}

function follow() {
  const told: { readonly ms: number; readonly far: boolean }[] = [];
  const skew = createClockSkew((change) => told.push(change));
  return { skew, told };
}

describe('the skew of our clock against the Date of answers', () => {
  it.each([0, 700, -4_000, 90_000])('C16: is known ever more exactly, though a Date has whole seconds: %i ms', (ms) => {
    const { skew } = follow();
    for (let at = 0; at < 40_000; at += 1_111) skew.note(answer(at, ms));
    expect(Math.abs((skew.ms ?? Infinity) - ms)).toBeLessThanOrEqual(120);
  });

  it.each([2_500, -2_500])('C16: of more than 2 s is told once, and once more when it is over: %i ms', (ms) => {
    const { skew, told } = follow();
    for (let at = 0; at < 40_000; at += 1_111) skew.note(answer(at, ms));
    expect(told).toMatchObject([{ far: true }]);
    expect(Math.abs((told[0]?.ms ?? 0) - ms)).toBeLessThan(600);
    for (let at = 40_000; at < 80_000; at += 1_111) skew.note(answer(at, 10));
    expect(told).toMatchObject([{ far: true }, { far: false }]);
  });

  it('C16: below 2 s is told to nobody, however slow the answers are', () => {
    const { skew, told } = follow();
    for (let at = 0; at < 40_000; at += 1_111) skew.note(answer(at, 1_900, at % 9_000));
    expect(told).toEqual([]);
    expect(skew.ms).not.toBeNull();
  });

  it('says nothing without a Date, and where our clock was put back during the call', () => {
    const at = { sentAt: SERVER, answeredAt: SERVER };
    expect(skewBounds(undefined, at)).toBeNull();
    expect(skewBounds('yesterday', at)).toBeNull();
    expect(skewBounds(new Date(SERVER).toUTCString(), { sentAt: SERVER + 5_000, answeredAt: SERVER })).toBeNull();
  });

  it('C16: is a metric', async () => {
    const metrics = createMetrics('1.2.3');
    const told: number[] = [];
    metrics.onSkew(({ ms }) => told.push(ms));
    const call = { verb: 'get', resource: 'pods', subresource: null, code: 200, seconds: 0.02 } as const;
    expect(await metrics.registry.metrics()).not.toMatch(/^lockstep_clock_skew_seconds [1-9]/m);
    metrics.call({ ...call, skew: null });
    metrics.call({ ...call, skew: { atLeastMs: 4_000, atMostMs: 5_000 } });
    expect(await metrics.registry.metrics()).toMatch(/^lockstep_clock_skew_seconds 4\.5$/m);
    expect(told).toEqual([4_500]);
  });
});
