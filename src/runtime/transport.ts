import { createHash } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Clock } from '../api/clock.js';
import type { ApiRequest, ApiResponse, ApiTransport } from '../api/http.js';
import type { Access, Credentials, TlsAccess } from './access.js';
import { exchange, type ExchangeTimeouts } from './http-exchange.js';
import { isStreaming } from './request-info.js';

export interface HttpTransportOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly timeouts?: Partial<ExchangeTimeouts>;
}

/** Carries requests over node:http(s), on connections that are kept alive. */
export interface HttpTransport extends ApiTransport {
  /** Closes all connections; what is under way fails. */
  close(): void;
}

/** The API server gives no answer later than 60 s, watches apart (--request-timeout). */
const TIMEOUTS: ExchangeTimeouts = { connectMs: 10_000, headersMs: 65_000, idleMs: 30_000 };
/** Below the 90 s after which the API server (net/http's IdleTimeout) and the 60 s after which many proxies close. */
const FREE_SOCKET_MS = 45_000;
/** Calls at a time per server; the client's own limit is below. */
const CALL_SOCKETS = 128;
/** Connections with outdated certificates that may go on until their watches end by themselves. */
const RETIRED_POOLS = 2;

interface Pool {
  readonly fingerprint: string;
  /** Watches live for minutes: they must not take the sockets of calls. */
  readonly calls: HttpAgent;
  readonly streams: HttpAgent;
}

/** The transport to a real API server (or the embedded one over HTTP). */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const pools: Pool[] = [];
  let current: { readonly access: Access; readonly pool: Pool } | null = null;

  function poolOf(access: Access): Pool {
    if (current?.access === access) return current.pool;
    const fingerprint = fingerprintOf(access);
    let pool = pools.find((each) => each.fingerprint === fingerprint);
    if (pool === undefined) {
      pool = createPool(access, fingerprint);
      pools.unshift(pool);
      for (const retired of pools.splice(1 + RETIRED_POOLS)) destroy(retired);
    }
    current = { access, pool };
    return pool;
  }

  function sendAs(access: Access, request: ApiRequest, signal: AbortSignal | undefined): Promise<ApiResponse> {
    const pool = poolOf(access);
    return exchange(request, {
      url: urlOf(access.server, request),
      agent: isStreaming(request) ? pool.streams : pool.calls,
      headers: headersOf(request, access),
      timeouts,
      clock: options.clock,
      signal,
    });
  }

  return {
    async send(request, { signal } = {}): Promise<ApiResponse> {
      const access = await options.credentials();
      const response = await sendAs(access, request, signal);
      if (response.status !== 401) return response;
      // Whoever is not let in has changed nothing, so anything may be sent again, once, under newer credentials.
      const renewed = await renewedOr(access, options.credentials);
      return renewed === access ? response : sendAs(renewed, request, signal);
    },
    close() {
      for (const pool of pools.splice(0)) destroy(pool);
      current = null;
    },
  };
}

/** The refused access itself where there is none newer, or none that can be read: then the refusal is the answer. */
async function renewedOr(refused: Access, credentials: Credentials): Promise<Access> {
  try {
    return await credentials({ refused });
  } catch {
    // The 401 says what is wrong; the next call tells why the credentials cannot be read.
    return refused;
  }
}

function createPool(access: Access, fingerprint: string): Pool {
  const common = { keepAlive: true, keepAliveMsecs: 30_000, timeout: FREE_SOCKET_MS, scheduling: 'lifo' as const };
  const create = (maxSockets: number): HttpAgent =>
    access.server.startsWith('https:')
      ? new HttpsAgent({ ...common, ...access.tls, maxSockets })
      : new HttpAgent({ ...common, maxSockets });
  return { fingerprint, calls: create(CALL_SOCKETS), streams: create(Infinity) };
}

function destroy(pool: Pool): void {
  pool.calls.destroy();
  pool.streams.destroy();
}

/** Equal for the same server and TLS material: connections made with the one serve for the other. */
function fingerprintOf({ server, tls }: Access): string {
  const hash = createHash('sha256').update(server);
  const names: (keyof TlsAccess)[] = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'servername', 'rejectUnauthorized'];
  for (const name of names) {
    hash.update(`\0${name}\0`);
    for (const part of [tls[name]].flat()) hash.update(bytesOf(part));
  }
  return hash.digest('hex');
}

function bytesOf(part: unknown): string | Uint8Array {
  return part instanceof Uint8Array ? part : JSON.stringify({ part });
}

function urlOf(server: string, request: ApiRequest): URL {
  const url = new URL(server);
  url.pathname = url.pathname.replace(/\/$/, '') + request.path;
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.append(name, value);
  return url;
}

function headersOf(request: ApiRequest, access: Access): Readonly<Record<string, string>> {
  const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
  return { ...request.headers, ...length, ...access.headers };
}
