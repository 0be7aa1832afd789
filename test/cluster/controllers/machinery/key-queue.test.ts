import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyQueue } from '../../../../src/cluster/controllers/machinery/key-queue.js';
import { TimerHeap } from '../../../../src/cluster/controllers/machinery/timer-heap.js';
import { StatusError } from '../../../../src/cluster/status-error.js';
import { settle, VirtualClock } from '../../../support/virtual-clock.js';

const CONFLICT = new StatusError({ code: 409, reason: 'Conflict', message: 'the object has been modified' });

function queueOf(work: (key: string) => Promise<void>): { clock: VirtualClock; queue: KeyQueue; errors: unknown[] } {
  const clock = new VirtualClock(0);
  const errors: unknown[] = [];
  const queue = new KeyQueue({
    clock,
    work,
    onError: (error) => errors.push(error),
    retryBaseMs: 100,
    retryCapMs: 300,
  });
  queue.start();
  return { clock, queue, errors };
}

describe('the queue of keys', () => {
  it('hands out a key once however often it was added, and again if it is added meanwhile', async () => {
    const seen: string[] = [];
    const { queue } = queueOf((key) => {
      seen.push(key);
      if (seen.length === 1) queue.add('a');
      return Promise.resolve();
    });
    queue.add('a');
    queue.add('a');
    await settle();
    expect(seen).toEqual(['a', 'a']);
  });

  it('repeats a key that failed after a doubling delay, and tells of each failure', async () => {
    const at: number[] = [];
    const { clock, queue, errors } = queueOf(() => {
      at.push(clock.now());
      return at.length < 5 ? Promise.reject(new Error('no')) : Promise.resolve();
    });
    queue.add('a');
    await clock.advance(2_000);
    expect(at).toEqual([0, 100, 300, 600, 900]);
    expect(errors).toHaveLength(4);
  });

  it('repeats a key that met a conflict, and tells of it only when it meets one again and again', async () => {
    let conflicts = 0;
    const { clock, queue, errors } = queueOf(() => {
      conflicts += 1;
      return conflicts === 6 ? Promise.resolve() : Promise.reject(CONFLICT);
    });
    queue.add('a');
    await clock.advance(2_000);
    expect(conflicts).toBe(6);
    expect(errors).toEqual([]);
    queue.add('a');
    await clock.advance(2_000);
    expect(conflicts).toBeGreaterThan(12);
    expect(errors).toHaveLength(conflicts - 6 - 5);
  });

  it('of several wake-ups takes the earliest', async () => {
    const at: number[] = [];
    const { clock, queue } = queueOf(() => {
      at.push(clock.now());
      return Promise.resolve();
    });
    queue.addAfter('a', 50);
    queue.addAfter('a', 20);
    queue.addAfter('a', 80);
    await clock.advance(200);
    expect(at).toEqual([20]);
    expect(clock.pending).toBe(0);
  });

  it('when it is stopped finishes the key at hand and begins no other', async () => {
    const seen: string[] = [];
    let finish = (): void => undefined;
    const { queue, clock } = queueOf((key) => {
      seen.push(key);
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    await settle();
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    finish();
    await stopping;
    await clock.advance(100);
    expect(seen).toEqual(['a']);
  });

  it('keeps the earliest timer on top, whatever comes in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (dues) => {
        const heap = new TimerHeap();
        for (const due of dues) heap.push('k', due);
        const out = dues.map(() => heap.pop()?.due);
        expect(out).toEqual(dues.toSorted((a, b) => a - b));
      }),
    );
  });
});
