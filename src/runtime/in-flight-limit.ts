import { AbortedError, onAbort } from './abort.js';

/** Lets at most `max` pieces of work run at a time; the others wait in the order in which they came. */
export class InFlightLimit {
  readonly #max: number;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Work that waits for its turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Rejects with an AbortedError where the signal is aborted before its turn comes. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#max) await this.#turn(signal);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Whoever is let in takes over the place of the one that has left. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        stopListening();
        resolve();
      };
      this.#waiting.add(enter);
      const stopListening = onAbort(signal, () => {
        this.#waiting.delete(enter);
        reject(new AbortedError('waiting for other calls to the API server'));
      });
    });
  }

  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
