/**
 * From first to last; within one, first come, first served. `live`: something happened to what is under way. `new`: nothing
 * was begun for it yet, so that a crowd of them does not hold up what was begun. `initial`: it merely existed at our
 * start (rule W4).
 */
export const PRIORITIES = ['live', 'new', 'initial'] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface AddOptions {
  /** Default `live`. An item that is queued already keeps the higher one. */
  readonly priority?: Priority;
}

/** Told what happens to the keys of a queue, for metrics, when client-go's workqueue tells its own. In seconds. */
export interface WorkQueueListener {
  /** A key was queued that was not; one that is being worked on counts too. */
  added(): void;
  /** A worker has it, after it was ready for so long. */
  taken(waitedSeconds: number): void;
  done(workedSeconds: number): void;
  /** It failed, and comes again later. */
  retried(): void;
}

/** How long keys have been worked on that are not done, in seconds: grows without end where a worker hangs. */
export interface Unfinished {
  readonly seconds: number;
  readonly longestSeconds: number;
}

/**
 * A queue of keys. A key is queued at most once and is never handed out twice at a time; one that is added while it is
 * being worked on comes again afterwards (client-go's workqueue).
 */
export interface WorkQueue {
  /** Number of keys that are ready and not handed out. */
  readonly size: number;
  unfinished(): Unfinished;
  /** Makes the key ready now; a wake-up that was set for it is thereby met. */
  add(key: string, options?: AddOptions): void;
  /** Makes the key ready in `ms` milliseconds; of several wake-ups the earliest counts. */
  addAfter(key: string, ms: number, options?: AddOptions): void;
  /** As addAfter, with a delay that doubles with each failure in a row; returns the delay. */
  addFailed(key: string, options?: AddOptions): number;
  /** Ends the row of failures (call it on success and when the object is deleted). */
  forget(key: string): void;
  /** Failures in a row. */
  failures(key: string): number;
  /** The next key; null once the queue is shut down and empty, or the signal is aborted. Call `done` for each key. */
  next(signal: AbortSignal): Promise<string | null>;
  done(key: string): void;
  /** Takes nothing more; what is ready is still handed out, wake-ups are dropped. */
  shutDown(): void;
  /** Shuts down, and resolves once nothing is ready or being worked on; rejects when the signal is aborted. */
  drain(signal: AbortSignal): Promise<void>;
}
