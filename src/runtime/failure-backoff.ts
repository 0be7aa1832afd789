/** client-go's ItemExponentialFailureRateLimiter with its defaults: 5 ms, doubled, at most 1000 s. */
const BASE_MS = 5;
const CAP_MS = 1_000_000;

/** Failures in a row of each key, and the delays that they lead to. A key that is not forgotten is kept for ever. */
export class FailureBackoff {
  readonly #failures = new Map<string, number>();

  get size(): number {
    return this.#failures.size;
  }

  /** Counts one more failure and returns the delay before the next try. */
  next(key: string): number {
    const failures = this.of(key);
    this.#failures.set(key, failures + 1);
    return Math.min(CAP_MS, BASE_MS * 2 ** failures);
  }

  of(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }
}
