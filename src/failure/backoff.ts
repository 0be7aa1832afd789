import { hash } from 'node:crypto';
import type { RetryBudget } from './policy.js';

/**
 * Milliseconds to wait after the n-th failure (n from 1): min(cap, base × factor^(n−1)), times a factor that is uniform
 * in [1 − jitter, 1 + jitter] and drawn from the seed, so that a replay waits as long. The jitter is also applied at the
 * cap: clamped to it, half of all waiters would wake at the same instant.
 */
export function backoffMs(budget: RetryBudget, n: number, seed: string): number {
  const growth = Math.pow(Math.max(1, budget.factor), Math.max(1, n) - 1);
  // factor^n overflows to Infinity for large n, and 0 × Infinity is NaN: a base of 0 stays 0.
  const plain = budget.baseMs === 0 ? 0 : Math.min(budget.capMs, budget.baseMs * growth);
  const share = Math.min(100, Math.max(0, budget.jitterPercent)) / 100;
  return Math.round(plain * (1 - share + 2 * share * unitOf(seed)));
}

/** A number in [0, 1) that depends on the seed alone. */
function unitOf(seed: string): number {
  return hash('sha256', seed, 'buffer').readUIntBE(0, 6) / 2 ** 48;
}
