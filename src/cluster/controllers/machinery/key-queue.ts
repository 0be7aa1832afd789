import type { CancelTimer, Clock } from '../../../api/clock.js';
import { isConflict } from './status-code.js';
import { TimerHeap } from './timer-heap.js';

/** Conflicts of a key in a row that are nothing to tell: somebody else wrote in between, and the key comes again. */
const QUIET_CONFLICTS = 5;

export interface KeyQueueOptions {
  readonly clock: Clock;
  /** Does the work of one key; a throw repeats it after a growing delay. */
  readonly work: (key: string) => Promise<void>;
  /** Told of each throw but a conflict that has not come often in a row; the key is repeated all the same. */
  readonly onError: (error: unknown, key: string) => void;
  /** Delay after the first failure in a row, in milliseconds; it doubles with each. Default 5 (client-go's queue). */
  readonly retryBaseMs?: number;
  /** Longest delay after a failure, in milliseconds. Default 60 000. */
  readonly retryCapMs?: number;
}

/**
 * Keys that wait for their turn, now or later, one worked on at a time: controllers of one process need no more, and
 * the order is the same in every run. A key is queued once; one added while it is worked on comes again afterwards.
 */
export class KeyQueue {
  readonly #options: KeyQueueOptions;
  readonly #ready = new Set<string>();
  readonly #due = new Map<string, number>();
  readonly #heap = new TimerHeap();
  readonly #failures = new Map<string, number>();
  #timer: { readonly due: number; readonly cancel: CancelTimer } | null = null;
  #working: Promise<void> | null = null;
  #state: 'new' | 'running' | 'stopped' = 'new';

  constructor(options: KeyQueueOptions) {
    this.#options = options;
  }

  /** Begins to work; what was added before waits until then. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    this.#pump();
  }

  /** Takes and begins nothing more; resolves once the key at hand is done. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#timer?.cancel();
    this.#timer = null;
    this.#ready.clear();
    this.#due.clear();
    await this.#working;
  }

  add(key: string): void {
    if (this.#state === 'stopped') return;
    this.#due.delete(key);
    this.#ready.add(key);
    this.#pump();
  }

  /** Makes the key ready in `ms` milliseconds; of several wake-ups the earliest counts. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    if (this.#state === 'stopped' || this.#ready.has(key)) return;
    const due = this.#options.clock.monotonic() + ms;
    const known = this.#due.get(key);
    if (known !== undefined && known <= due) return;
    this.#due.set(key, due);
    this.#heap.push(key, due);
    this.#arm();
  }

  #pump(): void {
    if (this.#state !== 'running' || this.#working !== null || this.#ready.size === 0) return;
    this.#working = this.#drain().finally(() => {
      this.#working = null;
      this.#pump();
    });
  }

  async #drain(): Promise<void> {
    // The first key begins in a later microtask: whoever adds several keys in one go sees them worked on in order.
    await Promise.resolve();
    for (const key of this.#ready) {
      if (this.#stopped()) return;
      this.#ready.delete(key);
      await this.#workOn(key);
    }
  }

  #stopped(): boolean {
    return this.#state === 'stopped';
  }

  async #workOn(key: string): Promise<void> {
    try {
      await this.#options.work(key);
      this.#failures.delete(key);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      if (!isConflict(error) || failures > QUIET_CONFLICTS) this.#options.onError(error, key);
      const { retryBaseMs = 5, retryCapMs = 60_000 } = this.#options;
      this.addAfter(key, Math.min(retryCapMs, retryBaseMs * 2 ** (failures - 1)));
    }
  }

  #arm(): void {
    const next = this.#nextDue();
    if (next === null || (this.#timer !== null && this.#timer.due <= next)) return;
    this.#timer?.cancel();
    const fire = (): void => {
      this.#timer = null;
      this.#release();
    };
    this.#timer = { due: next, cancel: this.#options.clock.after(next - this.#options.clock.monotonic(), fire) };
  }

  /** Entries of the heap that a later call has overtaken are dropped here. */
  #nextDue(): number | null {
    for (let top = this.#heap.peek(); top !== undefined; top = this.#heap.peek()) {
      if (this.#due.get(top.key) === top.due) return top.due;
      this.#heap.pop();
    }
    return null;
  }

  #release(): void {
    const now = this.#options.clock.monotonic();
    for (let due = this.#nextDue(); due !== null && due <= now; due = this.#nextDue()) {
      const top = this.#heap.pop();
      if (top !== undefined) this.add(top.key);
    }
    this.#arm();
  }
}
