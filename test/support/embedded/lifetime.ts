import type { Clock } from '../../../src/api/clock.js';

/**
 * The life of a simulated process. Everything that a process does to the world goes through its clock, its transport and
 * its audit store; once those are dead, nothing of it happens any more, at whatever line its code stands: as with kill -9.
 */
export class Lifetime {
  readonly #death = new AbortController();
  readonly #timers = new Set<() => void>();
  /** Resolved at the thaw; null while the process is not frozen. */
  #frost: { readonly ended: Promise<void>; readonly end: () => void } | null = null;

  get alive(): boolean {
    return !this.#death.signal.aborted;
  }

  /** Aborted at the death: for what others hold on behalf of the process (its connections). */
  get signal(): AbortSignal {
    return this.#death.signal;
  }

  end(): void {
    this.#death.abort();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** Everything of the process stands still: what reaches it, and what it would do, waits for the thaw. */
  freeze(): void {
    if (this.#frost !== null) return;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#frost = { ended, end };
  }

  thaw(): void {
    this.#frost?.end();
    this.#frost = null;
  }

  /** Resolves at once, or at the thaw; never in a dead process. */
  async whileFrozen(): Promise<void> {
    while (this.#frost !== null) await this.#frost.ended;
    if (!this.alive) await never();
  }

  /** What a dead process gets to see: nothing, ever. */
  async whileAlive<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    return this.alive ? result : never();
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, fire) => {
        if (!this.alive) return () => undefined;
        const stop = (): void => {
          this.#timers.delete(stop);
          cancel();
        };
        const cancel = clock.after(ms, () => {
          this.#timers.delete(stop);
          if (this.#frost === null) fire();
          else void this.whileFrozen().then(fire);
        });
        this.#timers.add(stop);
        return stop;
      },
    };
  }
}

export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
