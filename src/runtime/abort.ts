import type { Clock } from '../api/clock.js';

/** The caller wanted it no longer: its signal was aborted. Not a failure. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';

  constructor(what: string, options?: ErrorOptions) {
    super(`${what}: stopped by the caller`, options);
  }
}

/** Calls `react` once when the signal is aborted (at once where it is already); returns how to stop listening. */
export function onAbort(signal: AbortSignal | undefined, react: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    react();
    return () => undefined;
  }
  signal.addEventListener('abort', react, { once: true });
  return () => {
    signal.removeEventListener('abort', react);
  };
}

/** Waits; rejects with an AbortedError as soon as the signal is aborted. */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.reject(new AbortedError('waiting'));
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      stopListening();
      resolve();
    });
    const stopListening = onAbort(signal, () => {
      cancel();
      reject(new AbortedError('waiting'));
    });
  });
}

/** A signal that is aborted with its parent, or by itself after a while. Call `close` when the work is over. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Length in milliseconds. */
  readonly ms: number;
  /** True once the time ran out (and not the parent was aborted). */
  readonly expired: boolean;
  /** Lifts the bound by time; the parent still counts. */
  disarm(): void;
  close(): void;
}

/** Bounds a piece of work by time and by its caller's signal. */
export function startDeadline(clock: Clock, ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const stopListening = onAbort(parent, () => {
    controller.abort(parent?.reason);
  });
  const disarm = clock.after(ms, () => {
    expired = !controller.signal.aborted;
    controller.abort();
  });
  return {
    signal: controller.signal,
    ms,
    get expired() {
      return expired;
    },
    disarm,
    close() {
      stopListening();
      disarm();
    },
  };
}
