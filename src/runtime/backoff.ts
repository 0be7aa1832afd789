import type { Clock } from '../api/clock.js';

export interface BackoffOptions {
  readonly baseMs: number;
  readonly factor: number;
  /** Before jitter. */
  readonly capMs: number;
  /** 1: each delay is drawn from [d, 2d). */
  readonly jitter: number;
  /** After this long without a failure the next delay is the base again. */
  readonly resetMs: number;
}

/** client-go's reflector: wait.NewExponentialBackoffManager(800ms, 30s, 2min, 2.0, 1.0). */
export const REFLECTOR_BACKOFF: BackoffOptions = {
  baseMs: 800,
  factor: 2,
  capMs: 30_000,
  jitter: 1,
  resetMs: 120_000,
};

/** Delays that grow with each failure. */
export interface Backoff {
  /** Milliseconds to wait after one more failure. */
  next(): number;
}

/** A backoff by a clock's monotonic time. `random` gives numbers in [0, 1). */
export function createBackoff(
  options: BackoffOptions,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): Backoff {
  let failures = 0;
  let last: number | null = null;
  return {
    next() {
      const now = clock.monotonic();
      if (last !== null && now - last > options.resetMs) failures = 0;
      const delay = Math.min(options.capMs, options.baseMs * options.factor ** failures);
      // It is not asked again before the delay is over.
      last = now + delay;
      failures += 1;
      return delay * (1 + options.jitter * random());
    },
  };
}
