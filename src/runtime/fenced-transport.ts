import type { ApiRequest, ApiResponse, ApiTransport } from '../api/http.js';
import { AbortedError, onAbort } from './abort.js';
import { ConnectionError } from './connection-error.js';

/**
 * Sends nothing that changes something while `mayWrite` says no: a process that was stopped longer than its lease, and
 * goes on in the middle of a pass, is silent. That saves needless conflicts; the fence is the precondition of each write
 * (rule C8). It also knows which writes are under way: the lease is given back only after all of them (rule N3).
 */
export class FencedTransport implements ApiTransport {
  readonly #transport: ApiTransport;
  readonly #mayWrite: () => boolean;
  readonly #waiting = new Set<() => void>();
  #writing = 0;

  constructor(transport: ApiTransport, mayWrite: () => boolean) {
    this.#transport = transport;
    this.#mayWrite = mayWrite;
  }

  /** Requests that change something and have no answer yet. */
  get writing(): number {
    return this.#writing;
  }

  send(request: ApiRequest, options?: { readonly signal?: AbortSignal }): Promise<ApiResponse> {
    if (request.method === 'GET') return this.#transport.send(request, options);
    if (this.#mayWrite()) return this.#write(request, options);
    return Promise.reject(
      new ConnectionError('this process does not lead, so it changes nothing', { code: 'NOT_LEADING', notSent: true }),
    );
  }

  /** Resolves once no write is under way; rejects with an AbortedError. */
  drained(signal: AbortSignal): Promise<void> {
    if (this.#writing === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = (): void => {
        stopListening();
        resolve();
      };
      this.#waiting.add(done);
      const stopListening = onAbort(signal, () => {
        this.#waiting.delete(done);
        reject(new AbortedError(`waiting for the answers to ${this.#writing} writes`));
      });
    });
  }

  async #write(request: ApiRequest, options?: { readonly signal?: AbortSignal }): Promise<ApiResponse> {
    this.#writing += 1;
    try {
      return await this.#transport.send(request, options);
    } finally {
      this.#writing -= 1;
      if (this.#writing === 0) {
        for (const done of this.#waiting) done();
        this.#waiting.clear();
      }
    }
  }
}
