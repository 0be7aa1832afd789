import { describe, expect, it } from 'vitest';
import { settle, VirtualClock } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('fires timers in the order of their instants, and what they set within the span', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`b@${clock.now()}`));
    clock.after(10, () => {
      seen.push(`a@${clock.now()}`);
      clock.after(5, () => seen.push(`c@${clock.now()}`));
    });
    await clock.advance(20);
    expect(seen).toEqual(['a@10', 'c@15', 'b@20']);
  });

  it('settles long chains of promises between two timers', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    const chain = async (): Promise<void> => {
      for (let i = 0; i < 50; i += 1) await Promise.resolve();
      seen.push('chain');
    };
    clock.after(1, () => void chain());
    clock.after(1, () => seen.push('second'));
    await clock.advance(1);
    expect(seen).toEqual(['chain', 'second']);
  });

  it('does not fire a cancelled timer, and cancelling twice does nothing', async () => {
    const clock = new VirtualClock();
    let fired = false;
    const cancel = clock.after(1, () => {
      fired = true;
    });
    cancel();
    cancel();
    await clock.advance(10);
    expect(fired).toBe(false);
  });

  it('lets the wall clock jump without firing anything', async () => {
    const clock = new VirtualClock(0);
    let fired = false;
    clock.after(1_000, () => {
      fired = true;
    });
    clock.jump(5_000);
    await settle();
    expect([fired, clock.now(), clock.monotonic()]).toEqual([false, 5_000, 0]);
  });

  it('says why a condition never held', async () => {
    await expect(new VirtualClock().advanceUntil(() => false)).rejects.toThrow('no timer is left');
  });
});
