import type { ApiRequest, ApiResponse, ApiTransport } from '../../src/api/http.js';
import type { JsonObject } from '../../src/api/json.js';

type Answer = (request: ApiRequest, signal: AbortSignal | undefined) => ApiResponse | Promise<ApiResponse>;

/** A stream of watch events that a test writes. */
export class ScriptedWatch {
  readonly #pieces: string[] = [];
  #ended = false;
  #fault: Error | null = null;
  #notify = (): void => undefined;

  event(type: string, object: JsonObject): void {
    this.piece(`${JSON.stringify({ type, object })}\n`);
  }

  piece(text: string): void {
    this.#pieces.push(text);
    this.#notify();
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  fail(error: Error): void {
    this.#fault = error;
    this.#notify();
  }

  async *read(signal: AbortSignal | undefined): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        yield piece;
        continue;
      }
      if (this.#fault !== null) throw this.#fault;
      if (this.#ended) return;
      if (signal?.aborted === true) throw new Error('aborted');
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
        signal?.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      });
    }
  }
}

/** A transport that answers what the test has written down, in that order, and keeps what was asked. */
export class ScriptedApi implements ApiTransport {
  readonly requests: ApiRequest[] = [];
  readonly #answers: Answer[] = [];

  /** Answers the next request with JSON. */
  reply(body: JsonObject, status = 200, headers: Record<string, string> = {}): this {
    return this.answer(() => ({ status, headers, body: JSON.stringify(body) }));
  }

  /** The next request is refused with a Status. */
  refuse(code: number, reason: string, more: JsonObject = {}): this {
    return this.reply({ kind: 'Status', status: 'Failure', code, reason, message: reason, ...more }, code);
  }

  /** The next request gets no answer. */
  fail(error: Error): this {
    return this.answer(() => {
      throw error;
    });
  }

  /** The next request is answered with a stream. */
  watch(): ScriptedWatch {
    const watch = new ScriptedWatch();
    this.answer((_, signal) => ({ status: 200, headers: {}, body: watch.read(signal) }));
    return watch;
  }

  answer(answer: Answer): this {
    this.#answers.push(answer);
    return this;
  }

  /** `list` or `watch@version` of each request so far. */
  get log(): readonly string[] {
    return this.requests.map(({ query = {} }) =>
      query['watch'] === undefined ? 'list' : `watch@${query['resourceVersion'] ?? ''}`,
    );
  }

  async send(request: ApiRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ApiResponse> {
    this.requests.push(request);
    const answer = this.#answers.shift();
    if (answer !== undefined) return answer(request, signal);
    // Nothing is written down: the server is silent until the caller gives up.
    return new Promise((_, reject) => {
      signal?.addEventListener(
        'abort',
        () => {
          reject(new Error('aborted'));
        },
        { once: true },
      );
    });
  }
}

/** A ConfigMap as a server would store it. */
export function configMap(name: string, resourceVersion: string, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'shop', name, uid: `uid-${name}`, resourceVersion },
    ...more,
  };
}

/** A list of ConfigMaps. */
export function configMapList(resourceVersion: string, items: readonly JsonObject[], token?: string): JsonObject {
  const metadata = { resourceVersion, ...(token === undefined ? {} : { continue: token }) };
  return { apiVersion: 'v1', kind: 'ConfigMapList', metadata, items: items.map(withoutKind) };
}

/** As the items of a real list: without kind and apiVersion. */
function withoutKind({ kind: _kind, apiVersion: _apiVersion, ...rest }: JsonObject): JsonObject {
  return rest;
}
