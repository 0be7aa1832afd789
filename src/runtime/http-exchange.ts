import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../api/clock.js';
import type { ApiRequest, ApiResponse } from '../api/http.js';
import { AbortedError, onAbort } from './abort.js';
import { ConnectionError } from './connection-error.js';
import { describeRequest, isStreaming } from './request-info.js';

/** Bounds in milliseconds. */
export interface ExchangeTimeouts {
  /** TCP and TLS handshake. */
  readonly connectMs: number;
  /** From the request to the head of the answer. */
  readonly headersMs: number;
  /** Between two pieces of a body that is read whole. A stream may be silent as long as it likes. */
  readonly idleMs: number;
}

export interface ExchangeOptions {
  readonly url: URL;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: ExchangeTimeouts;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** No list page, object or error of a Kubernetes API server comes near; something else is talking to us. */
const LARGEST_BODY = 128 * 1024 * 1024;

/** One request and its answer over node:http(s). Rejects with a ConnectionError or an AbortedError. */
export function exchange(request: ApiRequest, options: ExchangeOptions): Promise<ApiResponse> {
  const { url, agent, headers, signal, timeouts, clock } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new AbortedError(describeRequest(request)));
      return;
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const message = send(url, { method: request.method, agent, headers });
    const connection = watchConnection(message, {
      clock,
      connectMs: timeouts.connectMs,
      tls: url.protocol === 'https:',
    });
    const cancelHeaders = clock.after(timeouts.headersMs, () => {
      message.destroy(timeout(`no answer within ${timeouts.headersMs / 1_000} s`, false));
    });
    const stopListening = onAbort(signal, () => {
      message.destroy(new AbortedError(describeRequest(request)));
    });
    const settle = (): void => {
      cancelHeaders();
      stopListening();
    };
    message.on('error', (error) => {
      settle();
      connection.settle();
      reject(asFault(error, { connection, message, url, answered: false }));
    });
    message.on('response', (response) => {
      cancelHeaders();
      connection.settle();
      response.setEncoding('utf8');
      const fault = (error: unknown): Error => {
        if (signal?.aborted === true) return new AbortedError(describeRequest(request), { cause: error });
        return asFault(error, { connection, message, url, answered: true });
      };
      const head = { status: response.statusCode ?? 0, headers: flatten(response.headers) };
      if (isStreaming(request) && head.status < 400) {
        resolve({ ...head, body: pieces(response, { fault, settle }) });
        return;
      }
      readWhole(response, { clock, idleMs: timeouts.idleMs })
        .then(
          (body) => {
            resolve({ ...head, body });
          },
          (error: unknown) => {
            reject(fault(error));
          },
        )
        .finally(settle);
    });
    message.end(request.body);
  });
}

interface Connection {
  /** True once the request may have left this machine. */
  readonly made: boolean;
  settle(): void;
}

/** Follows the making of the connection and bounds it. */
function watchConnection(
  message: ClientRequest,
  { clock, connectMs, tls }: { readonly clock: Clock; readonly connectMs: number; readonly tls: boolean },
): Connection {
  let made = false;
  let cancel = (): void => undefined;
  message.on('socket', (socket) => {
    made = message.reusedSocket;
    if (made) return;
    cancel = clock.after(connectMs, () => {
      message.destroy(timeout(`no connection within ${connectMs / 1_000} s`, true));
    });
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      made = true;
      cancel();
    });
  });
  return {
    get made() {
      return made;
    },
    settle() {
      cancel();
    },
  };
}

function readWhole(
  response: IncomingMessage,
  { clock, idleMs }: { readonly clock: Clock; readonly idleMs: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: string[] = [];
    let size = 0;
    const arm = (): (() => void) =>
      clock.after(idleMs, () => {
        response.destroy(timeout(`the answer stopped coming for ${idleMs / 1_000} s`, false));
      });
    let cancel = arm();
    response.on('data', (part: string) => {
      cancel();
      size += part.length;
      if (size > LARGEST_BODY) {
        const code = 'TOO_LARGE';
        response.destroy(
          new ConnectionError(`the answer is larger than ${LARGEST_BODY} bytes`, { code, notSent: false }),
        );
        return;
      }
      parts.push(part);
      cancel = arm();
    });
    response.on('end', () => {
      cancel();
      resolve(parts.join(''));
    });
    response.on('error', (error) => {
      cancel();
      reject(error);
    });
    response.on('close', () => {
      cancel();
      // Without an 'end' before it; after one this changes nothing.
      reject(new Error('the connection was closed in the middle of the answer'));
    });
  });
}

async function* pieces(
  response: IncomingMessage,
  { fault, settle }: { readonly fault: (error: unknown) => Error; readonly settle: () => void },
): AsyncGenerator<string, void, undefined> {
  try {
    for await (const piece of response) yield String(piece);
  } catch (error) {
    throw fault(error);
  } finally {
    settle();
    response.destroy();
  }
}

function timeout(fault: string, notSent: boolean): ConnectionError {
  return new ConnectionError(fault, { code: 'TIMEOUT', notSent });
}

function asFault(
  error: unknown,
  at: {
    readonly connection: Connection;
    readonly message: ClientRequest;
    readonly url: URL;
    readonly answered: boolean;
  },
): Error {
  if (error instanceof ConnectionError || error instanceof AbortedError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
  const reset = code === 'ECONNRESET' || code === 'EPIPE';
  const text = error instanceof Error ? error.message : String(error);
  return new ConnectionError(`${faultOf(code, at.answered)} ${at.url.origin} (${text})`, {
    code,
    notSent: !at.answered && !at.connection.made && !reset,
    staleSocket: !at.answered && reset && at.message.reusedSocket,
    cause: error,
  });
}

function faultOf(code: string, answered: boolean): string {
  if (answered) return 'the answer broke off, from';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens at';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no such host:';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was closed by';
    default:
      return 'no connection to';
  }
}

function flatten(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
