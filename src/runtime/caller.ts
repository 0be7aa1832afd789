import type { Clock } from '../api/clock.js';
import type { ApiRequest, ApiResponse, ApiTransport } from '../api/http.js';
import { AbortedError, startDeadline, type Deadline } from './abort.js';
import { NoAnswerError, errorOfResponse } from './api-error.js';
import { ConnectionError } from './connection-error.js';
import { InFlightLimit } from './in-flight-limit.js';
import { measured, type CallReport } from './measured-transport.js';
import { describeRequest } from './request-info.js';
import { sendAgain } from './send-again.js';

export interface CallerOptions {
  readonly transport: ApiTransport;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Sent with every request, e.g. `lockstep/0.1.0 (linux/x64) controller`. */
  readonly userAgent: string;
  /** Calls at a time; streams do not count. Default 64. */
  readonly maxInFlight?: number;
  readonly onCall?: (report: CallReport) => void;
  /** The server's Warning header, e.g. of an unknown field or a deprecated version. */
  readonly onWarning?: (warning: string, request: ApiRequest) => void;
}

export interface CallContext {
  readonly signal?: AbortSignal | undefined;
  readonly repeatable?: boolean | undefined;
}

/** The server itself gives up a mutating call after this time, so that it cannot be carried out later (C5). */
const SERVER_TIMEOUT_SECONDS = 10;
/** How long we wait for an answer: longer than the server may take, so that in most cases it is the server that says so. */
const WRITE_DEADLINE_MS = 15_000;
const READ_DEADLINE_MS = 30_000;
const MAX_IN_FLIGHT = 64;

/** Sends requests with a deadline, safe repetitions and a bound on their number; turns failures into our errors. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #wire: ApiTransport;
  readonly #limit: InFlightLimit;

  constructor(options: CallerOptions) {
    const { clock, onCall } = options;
    this.#options = options;
    this.#wire = onCall === undefined ? options.transport : measured(options.transport, { clock, onCall });
    this.#limit = new InFlightLimit(options.maxInFlight ?? MAX_IN_FLIGHT);
  }

  /** The text of the answer. Rejects with ApiError, NoAnswerError or AbortedError. */
  async text(request: ApiRequest, context: CallContext = {}): Promise<string> {
    const mutating = request.method !== 'GET';
    const complete = this.#complete(mutating ? withServerTimeout(request) : request);
    const deadline = startDeadline(
      this.#options.clock,
      mutating ? WRITE_DEADLINE_MS : READ_DEADLINE_MS,
      context.signal,
    );
    try {
      const limited: ApiTransport = {
        send: (again, options) => this.#limit.run(deadline.signal, () => this.#wire.send(again, options)),
      };
      const response = await this.#send(limited, complete, { deadline, repeatable: context.repeatable ?? false });
      return await whole(response);
    } catch (error) {
      throw failure(error, complete, { deadline, signal: context.signal });
    } finally {
      deadline.close();
    }
  }

  /** The answer in pieces, once its head has come. The deadline is for the head; the stream lasts until the signal ends it. */
  async pieces(request: ApiRequest, context: CallContext = {}): Promise<AsyncIterable<string>> {
    const complete = this.#complete(request);
    const { signal } = context;
    const deadline = startDeadline(this.#options.clock, READ_DEADLINE_MS, signal);
    try {
      const response = await this.#send(this.#wire, complete, { deadline, repeatable: false });
      deadline.disarm();
      return guarded(response.body, complete, { deadline, signal });
    } catch (error) {
      deadline.close();
      throw failure(error, complete, { deadline, signal });
    }
  }

  #complete(request: ApiRequest): ApiRequest {
    const headers = { 'user-agent': this.#options.userAgent, accept: 'application/json', ...request.headers };
    return { ...request, headers };
  }

  async #send(
    transport: ApiTransport,
    request: ApiRequest,
    { deadline, repeatable }: { readonly deadline: Deadline; readonly repeatable: boolean },
  ): Promise<ApiResponse> {
    const { clock, random, onWarning } = this.#options;
    const response = await sendAgain(transport, request, { clock, random, signal: deadline.signal, repeatable });
    const warning = response.headers['warning'];
    if (warning !== undefined) onWarning?.(warning, request);
    if (response.status < 400) return response;
    throw errorOfResponse(request, { ...response, body: await whole(response) });
  }
}

function withServerTimeout(request: ApiRequest): ApiRequest {
  return { ...request, query: { timeout: `${SERVER_TIMEOUT_SECONDS}s`, ...request.query } };
}

async function whole({ body }: ApiResponse): Promise<string> {
  if (typeof body === 'string') return body;
  const parts: string[] = [];
  for await (const part of body) parts.push(part);
  return parts.join('');
}

async function* guarded(
  body: ApiResponse['body'],
  request: ApiRequest,
  at: { readonly deadline: Deadline; readonly signal: AbortSignal | undefined },
): AsyncGenerator<string, void, undefined> {
  try {
    if (typeof body === 'string') yield body;
    else yield* body;
  } catch (error) {
    throw failure(error, request, at);
  } finally {
    at.deadline.close();
  }
  // A transport may also end a stream quietly when it is aborted.
  if (at.signal?.aborted === true) throw new AbortedError(describeRequest(request));
}

function failure(
  error: unknown,
  request: ApiRequest,
  { deadline, signal }: { readonly deadline: Deadline; readonly signal: AbortSignal | undefined },
): unknown {
  if (signal?.aborted === true) return new AbortedError(describeRequest(request), { cause: error });
  if (deadline.expired) {
    return new NoAnswerError(request, `no answer within ${deadline.ms / 1_000} s`, { notSent: false, cause: error });
  }
  if (!(error instanceof ConnectionError)) return error;
  return new NoAnswerError(request, error.message, { notSent: error.notSent, cause: error });
}
