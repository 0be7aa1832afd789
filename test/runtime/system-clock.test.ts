import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/runtime/index.js';

const DAY_MS = 86_400_000;

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fires once, after the time', () => {
    let fired = 0;
    systemClock.after(50, () => (fired += 1));
    vi.advanceTimersByTime(49);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(100);
    expect(fired).toBe(1);
  });

  it('waits longer than setTimeout can, which fires at once from 2^31 ms on', () => {
    let fired = 0;
    systemClock.after(60 * DAY_MS, () => (fired += 1));
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
  });

  it('can be cancelled, also after the first 24 days and after it fired', () => {
    let fired = 0;
    const cancel = systemClock.after(60 * DAY_MS, () => (fired += 1));
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(60 * DAY_MS);
    cancel();
    expect(fired).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
