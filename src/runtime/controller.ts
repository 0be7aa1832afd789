import type { Clock } from '../api/clock.js';
import { startDeadline } from './abort.js';
import type { WorkQueue } from './work-queue.js';

export interface PassContext {
  /** Aborted when the pass has taken too long. A stop of the controller lets the pass finish. */
  readonly signal: AbortSignal;
  /** Names this pass in logs. */
  readonly reconcileId: string;
}

/** `done`: come back when something changes. `requeueAfterMs`: and at the latest after this time. */
export type PassResult = 'done' | { readonly requeueAfterMs: number };

/** Brings one object nearer to what it should be. Throws a TerminalError where trying again is of no use. */
export type Reconcile = (key: string, context: PassContext) => Promise<PassResult>;

/** The pass cannot succeed until somebody changes something: it is not tried again by itself. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** How a pass ended, for logs and metrics. */
export interface PassReport {
  readonly key: string;
  readonly reconcileId: string;
  readonly outcome: 'done' | 'requeued' | 'failed' | 'terminal';
  readonly seconds: number;
  /** Present where it failed. */
  readonly error?: unknown;
  /** Present where it comes again by itself. */
  readonly nextInMs?: number;
}

export interface ControllerOptions {
  readonly queue: WorkQueue;
  readonly reconcile: Reconcile;
  readonly clock: Clock;
  /** Passes at a time; never two of one key. */
  readonly workers: number;
  /** After this time a pass's signal is aborted. Default 30 s (design review N4). */
  readonly passTimeoutMs?: number;
  readonly newReconcileId: () => string;
  readonly onPass: (report: PassReport) => void;
}

const PASS_TIMEOUT_MS = 30_000;

/**
 * Works the queue off until it is shut down and empty, or the signal is aborted; then it takes no new key and resolves
 * when the passes under way have ended. Start it when the caches have synced.
 */
export async function runController(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  await Promise.all(Array.from({ length: options.workers }, () => work(options, signal)));
}

async function work(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { queue } = options;
  for (let key = await queue.next(signal); key !== null; key = await queue.next(signal)) {
    try {
      options.onPass(await pass(options, key));
    } finally {
      queue.done(key);
    }
  }
}

async function pass(options: ControllerOptions, key: string): Promise<PassReport> {
  const { queue, reconcile, clock, passTimeoutMs = PASS_TIMEOUT_MS } = options;
  const reconcileId = options.newReconcileId();
  const start = clock.monotonic();
  const report = (rest: Pick<PassReport, 'outcome' | 'error' | 'nextInMs'>): PassReport => ({
    key,
    reconcileId,
    seconds: (clock.monotonic() - start) / 1_000,
    ...rest,
  });
  const deadline = startDeadline(clock, passTimeoutMs);
  try {
    const result = await reconcile(key, { signal: deadline.signal, reconcileId });
    queue.forget(key);
    if (result === 'done') return report({ outcome: 'done' });
    queue.addAfter(key, result.requeueAfterMs);
    return report({ outcome: 'requeued', nextInMs: result.requeueAfterMs });
  } catch (error) {
    if (error instanceof TerminalError) {
      queue.forget(key);
      return report({ outcome: 'terminal', error });
    }
    return report({ outcome: 'failed', error, nextInMs: queue.addFailed(key) });
  } finally {
    deadline.close();
  }
}
