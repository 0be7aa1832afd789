import type { Instant } from '../../../api/instant.js';

/** 10 s, doubled each time, at most 300 s: the kubelet's back-off for image pulls and restarts (kubelet.go). */
const INITIAL_MS = 10_000;
const LIMIT_MS = 300_000;

interface Entry {
  readonly ms: number;
  readonly updatedAt: Instant;
}

/** Back-offs by key. As client-go's util/flowcontrol.Backoff: an entry that was idle for two limits starts anew. */
export class BackoffTable {
  readonly #entries = new Map<string, Entry>();

  /** Milliseconds of the current back-off of the key; 0 where it has none. */
  current(key: string): number {
    return this.#entries.get(key)?.ms ?? 0;
  }

  /** Milliseconds that the key must still wait, counted from `since` (default: the last raise); 0: go on. */
  remaining(key: string, now: Instant, since?: Instant): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || now - entry.updatedAt > 2 * LIMIT_MS) return 0;
    return Math.max(0, entry.ms - (now - (since ?? entry.updatedAt)));
  }

  /** Raises the back-off of the key. */
  raise(key: string, now: Instant): void {
    const entry = this.#entries.get(key);
    const fresh = entry === undefined || now - entry.updatedAt > 2 * LIMIT_MS;
    this.#entries.set(key, { ms: fresh ? INITIAL_MS : Math.min(LIMIT_MS, entry.ms * 2), updatedAt: now });
  }
}
