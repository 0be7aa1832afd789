import type { ApiRequest, ApiResponse, ApiTransport } from '../../../src/api/http.js';
import { ConnectionError } from '../../../src/runtime/index.js';
import { type ApiCall, apiCall } from './api-call.js';
import type { Fault, Faults } from './faults.js';
import { type Lifetime, never } from './lifetime.js';

interface RecordingOptions {
  readonly inner: ApiTransport;
  readonly life: Lifetime;
  readonly faults: Faults;
  readonly process: number;
  /** All calls of the world; this transport appends its own. */
  readonly calls: ApiCall[];
}

/** The way of a process to the API server: writes down each call, does to it what the faults say, and dies with it. */
export function recordingTransport({ inner, life, faults, process, calls }: RecordingOptions): ApiTransport {
  return {
    async send(request, { signal } = {}) {
      signal?.throwIfAborted();
      if (life.signal.aborted) return never();
      const call = apiCall(request, { number: calls.length + 1, process });
      calls.push(call);
      const fault = faults.next(call);
      const early = await beforeSending(fault, { call, life });
      if (early !== null) return early;
      const signals = [life.signal, ...(signal === undefined ? [] : [signal])];
      const response = await inner.send(request, { signal: AbortSignal.any(signals) });
      if (fault?.kind === 'crash-after') life.end();
      if (!life.alive) return never();
      if (fault?.kind === 'lost') throw new ConnectionError('socket hang up', { code: 'ECONNRESET', notSent: false });
      call.code = response.status;
      return { ...response, body: typeof response.body === 'string' ? response.body : mortal(response.body, life) };
    },
  };
}

/** The answer, where the call does not get to the server. */
async function beforeSending(
  fault: Fault | null,
  { call, life }: { readonly call: ApiCall; readonly life: Lifetime },
): Promise<ApiResponse | null> {
  switch (fault?.kind) {
    case 'crash-before':
      life.end();
      return never();
    case 'unsent':
      throw new ConnectionError('connection refused', { code: 'EPIPE', notSent: true });
    case 'answer':
      call.code = fault.code;
      return answerOf(fault);
    case 'meanwhile':
      await fault.act();
      return null;
    case 'lost':
    case 'crash-after':
    case undefined:
      return null;
  }
}

function answerOf({ code, reason, message, retryAfterSeconds }: Extract<Fault, { kind: 'answer' }>): ApiResponse {
  const body = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code,
    reason,
    message,
  });
  const headers: ApiRequest['headers'] = { 'content-type': 'application/json' };
  return {
    status: code,
    headers: retryAfterSeconds === undefined ? headers : { ...headers, 'retry-after': String(retryAfterSeconds) },
    body,
  };
}

/** A stream that brings a dead process nothing any more, not even its end. */
async function* mortal(pieces: AsyncIterable<string>, life: Lifetime): AsyncIterable<string> {
  for await (const piece of pieces) {
    if (!life.alive) await never();
    yield piece;
  }
  if (!life.alive) await never();
}
