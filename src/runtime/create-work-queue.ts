import type { CancelTimer, Clock } from '../api/clock.js';
import { AbortedError, onAbort } from './abort.js';
import { DelayHeap } from './delay-heap.js';
import { FailureBackoff } from './failure-backoff.js';
import { type AddOptions, PRIORITIES, type Priority, type Unfinished } from './work-queue.js';
import type { WorkQueue, WorkQueueListener } from './work-queue.js';

/** A work queue whose wake-ups follow the clock's monotonic time. */
export function createWorkQueue(clock: Clock, listener: WorkQueueListener = NOBODY): WorkQueue {
  return new KeyedWorkQueue(clock, listener);
}

const NOBODY: WorkQueueListener = {
  added: () => undefined,
  taken: () => undefined,
  done: () => undefined,
  retried: () => undefined,
};

interface Processing {
  readonly priority: Priority;
  readonly since: number;
  /** It was added meanwhile, with this priority. */
  again: Priority | null;
}

class KeyedWorkQueue implements WorkQueue {
  readonly #clock: Clock;
  readonly #listener: WorkQueueListener;
  /** Since when a key is queued, by the monotonic clock. */
  readonly #addedAt = new Map<string, number>();
  /** Each key in one of them. */
  readonly #ready = { live: new Set<string>(), new: new Set<string>(), initial: new Set<string>() };
  readonly #processing = new Map<string, Processing>();
  readonly #delayed = new DelayHeap();
  readonly #delayedPriority = new Map<string, Priority>();
  readonly #backoff = new FailureBackoff();
  readonly #takers = new Set<(key: string | null) => void>();
  readonly #drained = new Set<() => void>();
  #timer: { readonly due: number; readonly cancel: CancelTimer } | null = null;
  #shutDown = false;

  constructor(clock: Clock, listener: WorkQueueListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  get size(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.#ready[priority].size, 0);
  }

  unfinished(): Unfinished {
    const now = this.#clock.monotonic();
    const each = [...this.#processing.values()].map(({ since }) => (now - since) / 1_000);
    return { seconds: each.reduce((sum, seconds) => sum + seconds, 0), longestSeconds: Math.max(0, ...each) };
  }

  add(key: string, { priority = 'live' }: AddOptions = {}): void {
    if (this.#shutDown) return;
    this.#noteAdded(key);
    const processing = this.#processing.get(key);
    if (processing === undefined) this.#makeReady(key, priority);
    else processing.again = higher(priority, processing.again);
  }

  addAfter(key: string, ms: number, { priority = 'live' }: AddOptions = {}): void {
    if (this.#shutDown) return;
    if (ms <= 0) {
      this.add(key, { priority });
      return;
    }
    if (this.#readyWith(key) !== null) return;
    this.#delayed.set(key, this.#clock.monotonic() + ms);
    this.#delayedPriority.set(key, higher(priority, this.#delayedPriority.get(key) ?? null));
    this.#arm();
  }

  addFailed(key: string, options: AddOptions = {}): number {
    const ms = this.#backoff.next(key);
    this.#listener.retried();
    // What failed while it was being worked off at our start does not overtake what happens now.
    const priority = options.priority ?? this.#processing.get(key)?.priority ?? 'live';
    this.addAfter(key, ms, { priority });
    return ms;
  }

  forget(key: string): void {
    this.#backoff.forget(key);
  }

  failures(key: string): number {
    return this.#backoff.of(key);
  }

  next(signal: AbortSignal): Promise<string | null> {
    if (signal.aborted) return Promise.resolve(null);
    const key = this.#take();
    if (key !== null || this.#isOver()) return Promise.resolve(key);
    return new Promise((resolve) => {
      const taker = (taken: string | null): void => {
        stopListening();
        resolve(taken);
      };
      this.#takers.add(taker);
      const stopListening = onAbort(signal, () => {
        this.#takers.delete(taker);
        resolve(null);
      });
    });
  }

  done(key: string): void {
    const processing = this.#processing.get(key);
    if (processing === undefined) return;
    this.#processing.delete(key);
    this.#listener.done((this.#clock.monotonic() - processing.since) / 1_000);
    if (processing.again !== null) this.#makeReady(key, processing.again);
    this.#endIfOver();
  }

  shutDown(): void {
    this.#shutDown = true;
    this.#delayed.clear();
    this.#delayedPriority.clear();
    this.#arm();
    this.#endIfOver();
  }

  drain(signal: AbortSignal): Promise<void> {
    this.shutDown();
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const drained = (): void => {
        stopListening();
        resolve();
      };
      this.#drained.add(drained);
      const stopListening = onAbort(signal, () => {
        this.#drained.delete(drained);
        reject(new AbortedError('draining the work queue'));
      });
    });
  }

  /** The pass that comes of this decides anew when to come again: a wake-up that was set before is met. */
  #makeReady(key: string, priority: Priority): void {
    this.#delayed.delete(key);
    this.#delayedPriority.delete(key);
    const [taker] = this.#takers;
    if (taker !== undefined) {
      // Somebody waits, so nothing else is ready.
      this.#takers.delete(taker);
      this.#handOut(key, priority);
      taker(key);
      return;
    }
    const known = this.#readyWith(key);
    if (known !== null) {
      if (higher(priority, known) === known) return;
      this.#ready[known].delete(key);
    }
    this.#ready[priority].add(key);
  }

  /** The priority with which the key is ready; null where it is not. */
  #readyWith(key: string): Priority | null {
    return PRIORITIES.find((priority) => this.#ready[priority].has(key)) ?? null;
  }

  #take(): string | null {
    for (const priority of PRIORITIES) {
      const [key] = this.#ready[priority];
      if (key === undefined) continue;
      this.#ready[priority].delete(key);
      this.#handOut(key, priority);
      return key;
    }
    return null;
  }

  #noteAdded(key: string): void {
    if (this.#addedAt.has(key)) return;
    this.#addedAt.set(key, this.#clock.monotonic());
    this.#listener.added();
  }

  #handOut(key: string, priority: Priority): void {
    const since = this.#clock.monotonic();
    this.#processing.set(key, { priority, since, again: null });
    this.#listener.taken((since - (this.#addedAt.get(key) ?? since)) / 1_000);
    this.#addedAt.delete(key);
  }

  /** One timer for all wake-ups, at the earliest. */
  #arm(): void {
    const due = this.#delayed.earliest();
    if (this.#timer !== null && this.#timer.due === due) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (due === null) return;
    const cancel = this.#clock.after(due - this.#clock.monotonic(), () => {
      this.#timer = null;
      this.#wake();
    });
    this.#timer = { due, cancel };
  }

  #wake(): void {
    const now = this.#clock.monotonic();
    for (let key = this.#delayed.takeDue(now); key !== null; key = this.#delayed.takeDue(now)) {
      this.add(key, { priority: this.#delayedPriority.get(key) ?? 'live' });
    }
    this.#arm();
  }

  #isIdle(): boolean {
    return this.size === 0 && this.#processing.size === 0;
  }

  /** Nothing will ever come: what is being worked on may still be added again. */
  #isOver(): boolean {
    return this.#shutDown && this.#isIdle();
  }

  #endIfOver(): void {
    if (!this.#isOver()) return;
    for (const taker of this.#takers) taker(null);
    this.#takers.clear();
    for (const drained of this.#drained) drained();
    this.#drained.clear();
  }
}

function higher(one: Priority, other: Priority | null): Priority {
  return other === null || PRIORITIES.indexOf(one) < PRIORITIES.indexOf(other) ? one : other;
}
