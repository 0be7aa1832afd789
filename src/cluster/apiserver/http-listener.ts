import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { ApiRequest, ApiResponse } from '../../api/http.js';
import type { UserInfo } from './admission.js';
import type { ApiServer } from './api-server.js';
import { errorAnswer } from './answers.js';
import type { KeyAndCertificate } from './certificate.js';
import { ANONYMOUS } from './authentication.js';
import { mediaType } from './decode-object.js';
import { methodNotAllowedError } from './errors.js';
import { PROTOBUF, readProtobuf } from './protobuf/protobuf-body.js';
import { StatusError } from '../status-error.js';

export interface ListenOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Loopback by default. */
  readonly host?: string;
  /** What TLS is spoken with; absent: plain HTTP. */
  readonly tls?: KeyAndCertificate;
  /** Who sends a request without a token. */
  readonly anonymous?: UserInfo;
}

export interface Listening {
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Ends open requests and frees the port. */
  close(): Promise<void>;
}

/** etcd takes 1.5 MiB, kube-apiserver 3 MiB a request; more is refused with 413 as there. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Serves the API server over HTTP/1.1, with or without TLS. */
export async function listen(server: ApiServer, options: ListenOptions = {}): Promise<Listening> {
  const { host = '127.0.0.1', port = 0, anonymous = ANONYMOUS, tls } = options;
  const take = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void serve(server, { incoming, outgoing, anonymous });
  };
  const http = tls === undefined ? createServer(take) : createTlsServer({ key: tls.key, cert: tls.certificate }, take);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const address = http.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `${tls === undefined ? 'http' : 'https'}://${host}:${actual}`, close: () => close(http) };
}

async function close(http: Server | TlsServer): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    http.close(() => {
      resolve();
    });
  });
  http.closeAllConnections();
  await closed;
}

async function serve(
  server: ApiServer,
  exchange: {
    readonly incoming: IncomingMessage;
    readonly outgoing: ServerResponse;
    readonly anonymous: UserInfo;
  },
): Promise<void> {
  const { incoming, outgoing, anonymous } = exchange;
  const gone = new AbortController();
  outgoing.once('close', () => {
    gone.abort();
  });
  try {
    const answer = await answerTo(server, { incoming, anonymous, signal: gone.signal });
    await send(answer, outgoing, gone.signal);
  } catch {
    // Nobody is left to be told: the connection broke while the request was read or the answer written.
    outgoing.destroy();
  }
}

async function answerTo(
  server: ApiServer,
  exchange: { readonly incoming: IncomingMessage; readonly anonymous: UserInfo; readonly signal: AbortSignal },
): Promise<ApiResponse> {
  const { incoming, anonymous, signal } = exchange;
  const method = METHODS.find((each) => each === incoming.method);
  if (method === undefined) return errorAnswer(methodNotAllowedError());
  const bytes = await readAll(incoming);
  if (bytes === undefined) return errorAnswer(tooLargeError());
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  try {
    const request: ApiRequest = {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      ...asText(bytes, headersOf(incoming)),
    };
    return await server.handle(request, { signal, anonymous });
  } catch (error) {
    return errorAnswer(error);
  }
}

/** Protobuf becomes JSON here: the server knows nothing else. Of kinds that are not read in protobuf it says so (415). */
function asText(bytes: Buffer, headers: Record<string, string>): Pick<ApiRequest, 'headers' | 'body'> {
  if (bytes.length === 0 || mediaType(headers['content-type'] ?? '') !== PROTOBUF)
    return { headers, body: bytes.toString('utf8') };
  const object = readProtobuf(bytes);
  if (object === undefined) return { headers, body: '' };
  return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(object) };
}

function tooLargeError(): StatusError {
  const message = `the body of the request is larger than ${MAX_BODY_BYTES} bytes`;
  return new StatusError({ code: 413, reason: 'RequestEntityTooLarge', message });
}

/** Undefined where there is more than is allowed. */
async function readAll(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length <= MAX_BODY_BYTES) chunks.push(bytes);
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}

async function send(answer: ApiResponse, outgoing: ServerResponse, gone: AbortSignal): Promise<void> {
  if (typeof answer.body === 'string') {
    const length = Buffer.byteLength(answer.body);
    outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': length }).end(answer.body);
    return;
  }
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.flushHeaders();
  for await (const piece of answer.body) {
    if (gone.aborted) break;
    if (!outgoing.write(piece)) await drained(outgoing, gone);
  }
  outgoing.end();
}

/** Waits for a slow reader; its watch is cut off meanwhile if too much waits (WatchSettings.maxPending). */
async function drained(outgoing: ServerResponse, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done);
      gone.removeEventListener('abort', done);
      resolve();
    };
    outgoing.once('drain', done);
    gone.addEventListener('abort', done, { once: true });
  });
}
