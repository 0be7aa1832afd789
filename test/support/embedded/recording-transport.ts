import type { ApiRequest, ApiResponse, ApiTransport } from '../../../src/api/http.js';
import { ConnectionError } from '../../../src/runtime/index.js';
import { type ApiCall, apiCall } from './api-call.js';
import type { Answer, Fault, Faults } from './faults.js';
import { type Lifetime, never } from './lifetime.js';

interface RecordingOptions {
  readonly inner: ApiTransport;
  readonly life: Lifetime;
  readonly faults: Faults;
  readonly process: number;
  /** All calls of the world; this transport appends its own. */
  readonly calls: ApiCall[];
  /** Stands between the API server's watches and the process; default: nothing does. */
  readonly shape?: WatchShape | undefined;
}

/** Makes of what a watch brings what the process gets to see of it, and when. */
export type WatchShape = (call: ApiCall, pieces: AsyncIterable<string>) => AsyncIterable<string>;

const asItComes: WatchShape = (_, pieces) => pieces;

/** The way of a process to the API server: writes down each call, does to it what the faults say, and dies with it. */
export function recordingTransport(options: RecordingOptions): ApiTransport {
  const { inner, life, faults, process, calls, shape = asItComes } = options;
  let ofProcess = 0;
  return {
    async send(request, { signal } = {}) {
      signal?.throwIfAborted();
      if (life.signal.aborted) return never();
      ofProcess += 1;
      const call = apiCall(request, { number: calls.length + 1, process, ofProcess });
      calls.push(call);
      const fault = faults.next(call);
      const early = await beforeSending(fault, { call, life });
      if (early !== null) return early;
      await life.whileFrozen();
      const signals = [life.signal, ...(signal === undefined ? [] : [signal])];
      const response = await inner.send(request, { signal: AbortSignal.any(signals) });
      const other = await afterSending(fault, { call, life, signal });
      if (other !== null) return other;
      call.code = response.status;
      const { body } = response;
      return { ...response, body: typeof body === 'string' ? body : mortal(shape(call, body), life) };
    },
  };
}

/** The answer, where it is not the server's own. */
async function afterSending(
  fault: Fault | null,
  { call, life, signal }: { readonly call: ApiCall; readonly life: Lifetime; readonly signal: AbortSignal | undefined },
): Promise<ApiResponse | null> {
  if (fault?.kind === 'crash-after') life.end();
  if (fault?.kind === 'frozen-after') {
    life.freeze();
    fault.onFreeze?.();
  }
  if (!life.alive) return never();
  await life.whileFrozen();
  if (fault?.kind === 'lost') throw new ConnectionError('socket hang up', { code: 'ECONNRESET', notSent: false });
  if (fault?.kind === 'silent') return untilAborted(signal);
  if (fault?.kind !== 'turned') return null;
  call.code = fault.code;
  return answerOf(fault);
}

/** As a connection does on which nothing comes any more. */
function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new ConnectionError('aborted', { code: 'ABORTED', notSent: false }));
    });
  });
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
    case 'frozen-before':
      life.freeze();
      fault.onFreeze?.();
      return null;
    case 'frozen-after':
    case 'silent':
    case 'turned':
    case 'lost':
    case 'crash-after':
    case undefined:
      return null;
  }
}

function answerOf({ code, reason, message, retryAfterSeconds }: Answer): ApiResponse {
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
    await life.whileFrozen();
    yield piece;
  }
  if (!life.alive) await never();
}
