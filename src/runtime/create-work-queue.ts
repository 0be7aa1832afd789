import type { CancelTimer, Clock } from '../api/clock.js';
import { AbortedError, onAbort } from './abort.js';
import { DelayHeap } from './delay-heap.js';
import { FailureBackoff } from './failure-backoff.js';
import { type AddOptions, PRIORITIES, type Priority, type WorkQueue } from './work-queue.js';

/** A work queue whose wake-ups follow the clock's monotonic time. */
export function createWorkQueue(clock: Clock): WorkQueue {
  return new KeyedWorkQueue(clock);
}

interface Processing {
  readonly priority: Priority;
  /** It was added meanwhile, with this priority. */
  again: Priority | null;
}

class KeyedWorkQueue implements WorkQueue {
  readonly #clock: Clock;
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

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.#ready[priority].size, 0);
  }

  add(key: string, { priority = 'live' }: AddOptions = {}): void {
    if (this.#shutDown) return;
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
      this.#processing.set(key, { priority, again: null });
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
      this.#processing.set(key, { priority, again: null });
      return key;
    }
    return null;
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
