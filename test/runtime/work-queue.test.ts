// Names in capitals at the start of a test are those of client-go's (util/workqueue) and controller-runtime's tests.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkQueue, type WorkQueue } from '../../src/runtime/index.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';

const never = new AbortController().signal;

function setUp(): { clock: VirtualClock; queue: WorkQueue } {
  const clock = new VirtualClock();
  return { clock, queue: createWorkQueue(clock) };
}

/** What can be taken now, in order. */
async function takeAll(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.size > 0) {
    const key = await queue.next(never);
    if (key !== null) keys.push(key);
  }
  return keys;
}

describe('a work queue', () => {
  it('TestBasic: hands out each key once, in the order in which they came, to many workers', async () => {
    const { queue } = setUp();
    const seen: string[] = [];
    const workers = Array.from({ length: 10 }, async () => {
      for (let key = await queue.next(never); key !== null; key = await queue.next(never)) {
        seen.push(key);
        await settle();
        queue.done(key);
      }
    });
    const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`);
    for (const key of keys) queue.add(key);
    await queue.drain(never);
    await Promise.all(workers);
    expect(seen).toEqual(keys);
  });

  it('TestAddWhileProcessing: never hands out a key twice at a time, but hands it out again afterwards', async () => {
    const { queue } = setUp();
    queue.add('a');
    expect(await queue.next(never)).toBe('a');
    queue.add('a');
    expect(queue.size).toBe(0);
    queue.done('a');
    expect(queue.size).toBe(1);
    expect(await queue.next(never)).toBe('a');
    queue.done('a');
    expect(queue.size).toBe(0);
  });

  it('TestLen, TestCollapse: counts a key once however often it is added', () => {
    const { queue } = setUp();
    queue.add('a');
    queue.add('b');
    queue.add('a');
    expect(queue.size).toBe(2);
  });

  it('TestReinsert: hands out a key again that was added after its pass', async () => {
    const { queue } = setUp();
    queue.add('a');
    await queue.next(never);
    queue.done('a');
    queue.add('a');
    expect(await queue.next(never)).toBe('a');
  });

  it('TestCollapseWhileProcessing: many adds during a pass lead to one more pass', async () => {
    const { queue } = setUp();
    queue.add('a');
    await queue.next(never);
    for (let n = 0; n < 5; n += 1) queue.add('a');
    queue.done('a');
    expect(await takeAll(queue)).toEqual(['a']);
  });

  it('TestNoQueueDrainageUsingShutDown: after shutDown hands out what is ready, then null, and takes nothing more', async () => {
    const { queue } = setUp();
    queue.add('a');
    queue.shutDown();
    queue.add('b');
    expect(await queue.next(never)).toBe('a');
    queue.done('a');
    expect(await queue.next(never)).toBeNull();
  });

  it('TestQueueDrainageUsingShutDownWithDrain: drain waits for what is being worked on', async () => {
    const { queue } = setUp();
    queue.add('a');
    await queue.next(never);
    let drained = false;
    const draining = queue.drain(never).then(() => {
      drained = true;
    });
    await settle();
    expect(drained).toBe(false);
    queue.done('a');
    await draining;
    expect(drained).toBe(true);
  });

  it('TestQueueDrainageUsingShutDownWithDrainWithDirtyItem: what was added during a pass is still worked off', async () => {
    const { queue } = setUp();
    queue.add('a');
    await queue.next(never);
    queue.add('a');
    const draining = queue.drain(never);
    queue.done('a');
    expect(await queue.next(never)).toBe('a');
    queue.done('a');
    await draining;
  });

  it('TestForceQueueShutdownUsingShutDown: a drain can be given up', async () => {
    const { queue } = setUp();
    const giveUp = new AbortController();
    queue.add('a');
    await queue.next(never);
    const draining = queue.drain(giveUp.signal);
    giveUp.abort();
    await expect(draining).rejects.toThrow('draining the work queue');
  });

  it('ends the wait of a worker whose signal is aborted, and loses no key by it', async () => {
    const { queue } = setUp();
    const stop = new AbortController();
    const waiting = queue.next(stop.signal);
    stop.abort();
    expect(await waiting).toBeNull();
    queue.add('a');
    expect(await queue.next(never)).toBe('a');
  });
});

describe('wake-ups', () => {
  it('TestSimpleQueue: a key is ready after its delay and not before', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 50);
    await clock.advance(49);
    expect(queue.size).toBe(0);
    await clock.advance(1);
    expect(queue.size).toBe(1);
  });

  it('TestDeduping: of several delays of a key the earliest counts, and it comes once', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 70);
    queue.addAfter('a', 30);
    queue.addAfter('a', 50);
    await clock.advance(30);
    expect(await takeAll(queue)).toEqual(['a']);
    queue.done('a');
    await clock.advance(1_000);
    expect(queue.size).toBe(0);
  });

  it('TestAddTwoFireEarly: a later add with a shorter delay fires first', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('late', 1_000);
    queue.addAfter('early', 50);
    await clock.advance(50);
    expect(await takeAll(queue)).toEqual(['early']);
    await clock.advance(950);
    expect(await takeAll(queue)).toEqual(['late']);
  });

  it('TestCopyShifting: come in the order of their instants', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('third', 3_000);
    queue.addAfter('first', 1_000);
    queue.addAfter('second', 2_000);
    await clock.advance(5_000);
    expect(await takeAll(queue)).toEqual(['first', 'second', 'third']);
  });

  it('need one timer, however many there are', () => {
    const { clock, queue } = setUp();
    for (let n = 1; n <= 100; n += 1) queue.addAfter(`key-${n}`, n);
    expect(clock.pending).toBe(1);
  });

  it('are met by a pass that comes for another reason', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 50);
    queue.add('a');
    await queue.next(never);
    queue.done('a');
    await clock.advance(100);
    expect(queue.size).toBe(0);
  });

  it('that are due while the key is being worked on lead to one more pass', async () => {
    const { clock, queue } = setUp();
    queue.add('a');
    await queue.next(never);
    queue.addAfter('a', 50);
    await clock.advance(50);
    expect(queue.size).toBe(0);
    queue.done('a');
    expect(queue.size).toBe(1);
  });

  it('are dropped by shutDown, with their timer', () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 50);
    queue.shutDown();
    expect(clock.pending).toBe(0);
  });
});

describe('failures', () => {
  it('TestItemExponentialFailureRateLimiter: double the delay from 5 ms, each key for itself, until forgotten', () => {
    const { queue } = setUp();
    expect([1, 2, 3, 4, 5].map(() => queue.addFailed('one'))).toEqual([5, 10, 20, 40, 80]);
    expect(queue.failures('one')).toBe(5);
    expect(queue.addFailed('two')).toBe(5);
    queue.forget('one');
    expect(queue.failures('one')).toBe(0);
    expect(queue.addFailed('one')).toBe(5);
  });

  it('TestItemExponentialFailureRateLimiterOverFlow: never wait longer than 1000 s', () => {
    const { queue } = setUp();
    let last = 0;
    for (let n = 0; n < 2_000; n += 1) last = queue.addFailed('one');
    expect(last).toBe(1_000_000);
  });
});

describe('priorities', () => {
  it('W4: live keys overtake initial ones, in their order', async () => {
    const { queue } = setUp();
    queue.add('old-1', { priority: 'initial' });
    queue.add('old-2', { priority: 'initial' });
    queue.add('new-1');
    queue.add('new-2');
    expect(await takeAll(queue)).toEqual(['new-1', 'new-2', 'old-1', 'old-2']);
  });

  it('what is under way overtakes what is new, and both overtake what was there at the start', async () => {
    const { queue } = setUp();
    queue.add('there', { priority: 'initial' });
    queue.add('new-1', { priority: 'new' });
    queue.add('new-2', { priority: 'new' });
    queue.add('begun');
    queue.add('new-2');
    queue.add('begun', { priority: 'new' });
    expect(queue.size).toBe(4);
    expect(await takeAll(queue)).toEqual(['begun', 'new-2', 'new-1', 'there']);
  });

  it('a queued key keeps the highest priority it was given', async () => {
    const { queue } = setUp();
    queue.add('a', { priority: 'initial' });
    queue.add('b', { priority: 'initial' });
    queue.add('b');
    queue.add('b', { priority: 'initial' });
    expect(await takeAll(queue)).toEqual(['b', 'a']);
  });

  it('gets pushed to the front if the priority increases', async () => {
    const { queue } = setUp();
    for (const key of ['a', 'b', 'c']) queue.add(key, { priority: 'initial' });
    queue.add('c', { priority: 'live' });
    expect(await takeAll(queue)).toEqual(['c', 'a', 'b']);
  });

  it('retains the lowest after duration, with the highest priority that was given', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('late', 10, { priority: 'initial' });
    queue.addAfter('late', 60_000, { priority: 'live' });
    queue.addAfter('other', 10, { priority: 'new' });
    await clock.advance(10);
    expect(await takeAll(queue)).toEqual(['late', 'other']);
  });

  it("doesn't include non-ready items in Len()", async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 10);
    expect(queue.size).toBe(0);
    await clock.advance(10);
    expect(queue.size).toBe(1);
  });

  it('follows FIFO order in the new priority queue when item priority changes', async () => {
    const { queue } = setUp();
    queue.add('low', { priority: 'initial' });
    queue.add('first', { priority: 'live' });
    queue.add('low', { priority: 'live' });
    queue.add('last', { priority: 'live' });
    expect(await takeAll(queue)).toEqual(['first', 'low', 'last']);
  });

  it('a failed initial key does not overtake live ones', async () => {
    const { clock, queue } = setUp();
    queue.add('old', { priority: 'initial' });
    await queue.next(never);
    queue.addFailed('old');
    queue.done('old');
    await clock.advance(5);
    queue.add('new');
    expect(await takeAll(queue)).toEqual(['new', 'old']);
  });
});

type Step = { do: 'add' | 'addAfter' | 'take' | 'done' | 'advance'; key: number; ms: number };

describe('client-go: metrics_test', () => {
  function measured() {
    const told: unknown[] = [];
    const clock = new VirtualClock();
    const queue = createWorkQueue(clock, {
      added: () => told.push('added'),
      taken: (seconds) => told.push(['taken', seconds]),
      done: (seconds) => told.push(['done', seconds]),
      retried: () => told.push('retried'),
    });
    return { clock, queue, told };
  }

  it('TestMetrics: a key is counted once while it waits, and how long it waits and is worked on is told', async () => {
    const { clock, queue, told } = measured();
    queue.add('a');
    queue.add('a');
    await clock.advance(50);
    await queue.next(never);
    await clock.advance(25);
    queue.done('a');
    expect(told).toEqual(['added', ['taken', 0.05], ['done', 0.025]]);
  });

  it('TestMetrics: a key that is added while it is worked on waits from then on', async () => {
    const { clock, queue, told } = measured();
    queue.add('a');
    await queue.next(never);
    queue.add('a');
    queue.add('a');
    await clock.advance(40);
    queue.done('a');
    await queue.next(never);
    expect(told).toEqual(['added', ['taken', 0], 'added', ['done', 0.04], ['taken', 0.04]]);
  });

  it('TestMetrics: a failure is a retry, which is added when its delay is over', async () => {
    const { clock, queue, told } = measured();
    queue.addFailed('a');
    expect(told).toEqual(['retried']);
    await clock.advance(5);
    await queue.next(never);
    expect(told).toEqual(['retried', 'added', ['taken', 0]]);
  });

  it('TestMetrics: unfinished work grows until it is done', async () => {
    const { clock, queue } = measured();
    queue.add('a');
    await queue.next(never);
    await clock.advance(2_000);
    queue.add('b');
    await queue.next(never);
    await clock.advance(1_000);
    expect(queue.unfinished()).toEqual({ seconds: 4, longestSeconds: 3 });
    queue.done('a');
    queue.done('b');
    expect(queue.unfinished()).toEqual({ seconds: 0, longestSeconds: 0 });
  });
});

it('a key is never handed out twice at a time, and no add is forgotten, whatever the order of events', async () => {
  const step = fc.record<Step>({
    do: fc.constantFrom('add', 'addAfter', 'take', 'done', 'advance'),
    key: fc.integer({ min: 0, max: 4 }),
    ms: fc.integer({ min: 1, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, queue } = setUp();
      const held = new Set<string>();
      const owed = new Set<string>();
      const take = async (): Promise<void> => {
        const key = await queue.next(never);
        if (key === null) return;
        expect(held.has(key)).toBe(false);
        held.add(key);
        owed.delete(key);
      };
      for (const { do: what, key: number, ms } of steps) {
        const key = String(number);
        if (what === 'add') queue.add(key);
        if (what === 'addAfter') queue.addAfter(key, ms);
        if (what === 'add' || what === 'addAfter') owed.add(key);
        if (what === 'take' && queue.size > 0) await take();
        if (what === 'done' && held.delete(key)) queue.done(key);
        if (what === 'advance') await clock.advance(ms);
      }
      for (const key of held) queue.done(key);
      held.clear();
      await clock.advance(1_000);
      while (queue.size > 0) await take();
      expect([...owed]).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
