import type { Logger } from 'pino';
import type { Clock } from '../../api/clock.js';
import { ApiError, NoAnswerError, delay } from '../../runtime/index.js';
import { AuditStoreError } from '../../audit/store-error.js';

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Does something that a process needs at its start, again and again while the API server or the audit store is away:
 * a controller that ends instead is started later and later by its kubelet.
 */
export async function untilAnswered<T>(
  what: string,
  work: () => Promise<T>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Logger; readonly signal: AbortSignal },
): Promise<T> {
  for (let wait = FIRST_MS; ; wait = Math.min(LONGEST_MS, 2 * wait)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      log.warn({ err: error, nextTryInMs: wait }, `${what}: not yet`);
    }
    await delay(clock, wait, signal);
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswerError || error instanceof AuditStoreError) return true;
  return error instanceof ApiError && (error.code >= 500 || error.code === 429);
}
