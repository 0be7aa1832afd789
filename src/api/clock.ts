import type { Instant } from './instant.js';

/** Stops a timer; calling it again, or after it fired, does nothing. */
export type CancelTimer = () => void;

/** The only source of time and timers of everything that is not pure; a test gives a virtual one. */
export interface Clock {
  /** Wall clock. It may jump. */
  now(): Instant;
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number;
  /** Calls `fire` once, `ms` milliseconds from now (any length: longer than setTimeout's 2^31-1 too). */
  after(ms: number, fire: () => void): CancelTimer;
}
