import type { Clock } from '../../api/clock.js';

/** The sooner of two waits in milliseconds; null means: none. */
export function soonest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

/** Sleeps until poked; a poke while awake makes the next sleep end at once. */
export class Wakeup {
  readonly #clock: Clock;
  #poked = false;
  #wake: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  poke(): void {
    this.#poked = true;
    this.#wake?.();
  }

  /** Resolves after `ms` (null: never), on a poke, or when the signal is aborted. */
  async sleep(ms: number | null, signal: AbortSignal): Promise<void> {
    if (!this.#poked && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          cancel?.();
          signal.removeEventListener('abort', wake);
          this.#wake = null;
          resolve();
        };
        const cancel = ms === null ? null : this.#clock.after(ms, wake);
        signal.addEventListener('abort', wake);
        this.#wake = wake;
      });
    }
    this.#poked = false;
  }
}
