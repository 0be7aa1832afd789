import pRetry from 'p-retry';
import type { Clock } from '../api/clock.js';
import type { ApiRequest, ApiResponse, ApiTransport } from '../api/http.js';
import { delay } from './abort.js';
import { ConnectionError } from './connection-error.js';

export interface SendAgainOptions {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The caller says that sending it twice does no harm. */
  readonly repeatable: boolean;
}

/** Tries after the first; what lasts longer is a matter for the work queue (design review N4: at most 2 s in a pass). */
const RETRIES = 5;
const WAIT_BUDGET_MS = 2_000;
const REFUSED_BASE_MS = 100;
/** Where a repetition is the same as once, by HTTP and by the API server. */
const IDEMPOTENT: ReadonlySet<ApiRequest['method']> = new Set(['GET', 'PUT', 'DELETE']);

/** An answer that asks to come again; never leaves this file. */
class BusyAnswer extends Error {
  readonly response: ApiResponse;

  constructor(response: ApiResponse) {
    super('busy');
    this.response = response;
  }
}

/**
 * Sends a request, and sends it again where this is safe: the server said that it did nothing and when to come again
 * (429, 503 with Retry-After); nothing was sent (refused); a kept-alive connection was dead and the call is idempotent
 * or repeatable. All waits together stay within two seconds; then the last answer or error is the result.
 */
export async function sendAgain(
  transport: ApiTransport,
  request: ApiRequest,
  options: SendAgainOptions,
): Promise<ApiResponse> {
  const { clock, signal } = options;
  let wait = 0;
  let waited = 0;
  const attempt = async (): Promise<ApiResponse> => {
    if (wait > 0) await delay(clock, wait, signal);
    const response = await transport.send(request, { signal });
    if (retryAfterMs(response) !== null) throw new BusyAnswer(response);
    return response;
  };
  try {
    return await pRetry(attempt, {
      retries: RETRIES,
      minTimeout: 0,
      shouldRetry({ error, attemptNumber }) {
        const next = waitBeforeNext(error, request, { ...options, attemptNumber });
        if (next === null || waited + next > WAIT_BUDGET_MS) return false;
        wait = next;
        waited += next;
        return true;
      },
    });
  } catch (error) {
    if (error instanceof BusyAnswer) return error.response;
    throw error;
  }
}

/** Milliseconds, or null where it must not be sent again. */
function waitBeforeNext(
  error: Error,
  request: ApiRequest,
  options: SendAgainOptions & { readonly attemptNumber: number },
): number | null {
  if (options.signal.aborted) return null;
  if (error instanceof BusyAnswer) return retryAfterMs(error.response);
  if (!(error instanceof ConnectionError)) return null;
  if (error.code === 'ECONNREFUSED' && error.notSent) {
    return REFUSED_BASE_MS * 2 ** (options.attemptNumber - 1) * (0.5 + options.random());
  }
  const harmless = IDEMPOTENT.has(request.method) || options.repeatable;
  return error.staleSocket && harmless ? 0 : null;
}

function retryAfterMs({ status, headers }: ApiResponse): number | null {
  if (status !== 429 && status !== 503) return null;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
