// Names are those of controller-runtime's pkg/internal/controller/controller_test.go where it has them.
import { describe, expect, it } from 'vitest';
import {
  TerminalError,
  createWorkQueue,
  runController,
  type PassReport,
  type Reconcile,
  type WorkQueue,
} from '../../src/runtime/index.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';

class Site {
  readonly clock = new VirtualClock();
  readonly queue: WorkQueue = createWorkQueue(this.clock);
  readonly reports: PassReport[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(reconcile: Reconcile, workers = 1) {
    let passes = 0;
    const { clock, queue } = this;
    this.#running = runController(
      {
        queue,
        clock,
        reconcile,
        workers,
        newReconcileId: () => `pass-${(passes += 1)}`,
        onPass: (report) => this.reports.push(report),
      },
      this.#stop.signal,
    );
  }

  get outcomes(): readonly string[] {
    return this.reports.map(
      ({ key, outcome, nextInMs }) => `${key} ${outcome}${nextInMs === undefined ? '' : ` ${nextInMs}`}`,
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

describe('a controller', () => {
  it('should requeue a Request if there is an error and continue processing items', async () => {
    const site = new Site((key) => (key === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve('done')));
    site.queue.add('bad');
    site.queue.add('good');
    await site.clock.advance(16);
    expect(site.outcomes).toEqual(['bad failed 5', 'good done', 'bad failed 10', 'bad failed 20']);
    await site.stop();
  });

  it('should not requeue a Request if there is a terminal error', async () => {
    const site = new Site(() => Promise.reject(new TerminalError('somebody must act')));
    site.queue.add('a');
    await site.clock.advance(10_000);
    expect(site.outcomes).toEqual(['a terminal']);
    expect(site.queue.failures('a')).toBe(0);
    await site.stop();
  });

  it("should not reset backoff until there's a non-error result", async () => {
    let passes = 0;
    const site = new Site(() => {
      passes += 1;
      return passes === 3 ? Promise.resolve('done') : Promise.reject(new Error('no'));
    });
    site.queue.add('a');
    await site.clock.advance(15);
    expect(site.outcomes).toEqual(['a failed 5', 'a failed 10', 'a done']);
    site.queue.add('a');
    await settle();
    expect(site.outcomes.at(-1)).toBe('a failed 5');
    await site.stop();
  });

  it('should requeue after a duration, which is no failure', async () => {
    let passes = 0;
    const site = new Site(() => {
      passes += 1;
      return Promise.resolve(passes === 1 ? { requeueAfterMs: 60_000 } : 'done');
    });
    site.queue.add('a');
    await site.clock.advance(59_999);
    expect(site.outcomes).toEqual(['a requeued 60000']);
    await site.clock.advance(1);
    expect(site.outcomes).toEqual(['a requeued 60000', 'a done']);
    await site.stop();
  });

  it('should perform error behavior if error is not nil, regardless of RequeueAfter: what was asked for before is met', async () => {
    let passes = 0;
    const site = new Site(() => {
      passes += 1;
      return passes === 1 ? Promise.resolve({ requeueAfterMs: 1_000 }) : Promise.reject(new Error('no'));
    });
    site.queue.add('a');
    await site.clock.advance(1);
    site.queue.add('a');
    await site.clock.advance(6);
    expect(site.outcomes).toEqual(['a requeued 1000', 'a failed 5', 'a failed 10']);
    await site.stop();
  });

  it('should retain the priority when there was an error', async () => {
    const order: string[] = [];
    let failed = false;
    const site = new Site((key) => {
      order.push(key);
      if (key !== 'initial' || failed) return Promise.resolve('done');
      failed = true;
      for (const live of ['live-1', 'live-2']) site.queue.addAfter(live, 5);
      return Promise.reject(new Error('no'));
    });
    site.queue.add('initial', { priority: 'initial' });
    await site.clock.advance(10);
    expect(order).toEqual(['initial', 'live-1', 'live-2', 'initial']);
    await site.stop();
  });

  it('should recover panic if RecoverPanic is true by default: what is thrown at once is a failure like any', async () => {
    const site = new Site((key) => {
      if (key === 'bad') throw new TypeError('x is not a function');
      return Promise.resolve('done');
    });
    site.queue.add('bad');
    site.queue.add('good');
    await site.clock.advance(1);
    expect(site.outcomes).toEqual(['bad failed 5', 'good done']);
    await site.stop();
  });

  it('should create a new go routine for MaxConcurrentReconciles: works on many keys at a time, and never on one twice', async () => {
    const open = new Map<string, () => void>();
    const site = new Site(
      (key) =>
        new Promise((resolve) => {
          expect(open.has(key)).toBe(false);
          open.set(key, () => {
            open.delete(key);
            resolve('done');
          });
        }),
      3,
    );
    for (const key of ['a', 'b', 'c', 'd', 'a']) site.queue.add(key);
    await settle();
    site.queue.add('a');
    await settle();
    expect([...open.keys()]).toEqual(['a', 'b', 'c']);
    open.get('a')?.();
    await settle();
    expect([...open.keys()]).toEqual(['b', 'c', 'd']);
    for (const end of open.values()) end();
    await settle();
    expect([...open.keys()]).toEqual(['a']);
    for (const end of open.values()) end();
    await site.stop();
  });

  it('N4: aborts a pass that takes longer than 30 s, and tries again later', async () => {
    const site = new Site(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('too slow'));
          });
        }),
    );
    site.queue.add('a');
    await site.clock.advance(30_000);
    expect(site.outcomes).toEqual(['a failed 5']);
    await site.clock.advance(5 + 30_000);
    expect(site.outcomes).toEqual(['a failed 5', 'a failed 10']);
    await site.stop();
  });

  it('names each pass, and measures it', async () => {
    const ids: string[] = [];
    const site = new Site((_, { reconcileId }) => {
      ids.push(reconcileId);
      return Promise.resolve('done');
    });
    site.queue.add('a');
    site.queue.add('b');
    await settle();
    expect(ids).toEqual(['pass-1', 'pass-2']);
    expect(site.reports[0]).toEqual({ key: 'a', reconcileId: 'pass-1', outcome: 'done', seconds: 0 });
    await site.stop();
  });

  it('lets the passes under way end when it is stopped, and begins no other', async () => {
    const ended: string[] = [];
    let end = (): void => undefined;
    const site = new Site(async (key, { signal }) => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      expect(signal.aborted).toBe(false);
      ended.push(key);
      return 'done';
    });
    site.queue.add('a');
    site.queue.add('b');
    await settle();
    const stopped = site.stop();
    await settle();
    expect(ended).toEqual([]);
    end();
    await stopped;
    expect(ended).toEqual(['a']);
    expect(site.clock.pending).toBe(0);
  });

  it('should return if the queue is shutdown: ends when the queue is drained', async () => {
    const site = new Site(() => Promise.resolve('done'));
    site.queue.add('a');
    await site.queue.drain(new AbortController().signal);
    expect(site.outcomes).toEqual(['a done']);
    await site.stop();
  });
});
