import type { ApiRequest, ApiResponse, ApiTransport } from '../../src/api/http.js';
import type { JsonObject } from '../../src/api/json.js';
import { recordOf, type LeaseRecord } from '../../src/runtime/index.js';

/** How a request of a candidate is met. */
type Treatment = 'answer' | 'silent' | 'refuse' | 'lose-answer';

/** An API server that has one Lease at most. Each candidate reaches it by a transport of its own. */
export class LeaseServer {
  lease: JsonObject | null = null;
  #version = 0;
  /** `identity verb`, and the code of the answer where it is an error. */
  readonly log: string[] = [];

  record(): LeaseRecord {
    return recordOf(this.lease ?? {});
  }

  /** Puts a lease there as another process would have. */
  put(record: Partial<LeaseRecord>): void {
    const { holder = '', durationSeconds = 0, transitions = 0, renewTime, acquireTime } = record;
    this.#store({
      metadata: { namespace: 'foo', name: 'bar', uid: 'u' },
      spec: {
        ...(holder === '' ? {} : { holderIdentity: holder }),
        leaseDurationSeconds: durationSeconds,
        leaseTransitions: transitions,
        ...(renewTime === undefined ? {} : { renewTime }),
        ...(acquireTime === undefined ? {} : { acquireTime }),
      },
    });
  }

  transport(name: string): LeaseTransport {
    return new LeaseTransport(this, name);
  }

  handle({ method, body = '{}' }: ApiRequest, name: string): ApiResponse {
    const answer = this.#answer(method, JSON.parse(body) as JsonObject);
    this.log.push(`${name} ${VERBS[method]}${answer.status < 400 ? '' : ` ${answer.status}`}`);
    return answer;
  }

  #answer(method: ApiRequest['method'], object: JsonObject): ApiResponse {
    if (method === 'GET') return this.lease === null ? refusal(404, 'NotFound') : reply(this.lease);
    if (method === 'POST') {
      if (this.lease !== null) return refusal(409, 'AlreadyExists');
      return reply(this.#store({ ...object, metadata: { ...(object['metadata'] as JsonObject), uid: 'u' } }), 201);
    }
    const version = (object['metadata'] as JsonObject)['resourceVersion'];
    if (version !== (this.lease?.['metadata'] as JsonObject)['resourceVersion']) return refusal(409, 'Conflict');
    return reply(this.#store(object));
  }

  #store(object: JsonObject): JsonObject {
    this.#version += 1;
    const metadata = { ...(object['metadata'] as JsonObject), resourceVersion: String(this.#version) };
    this.lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...object, metadata };
    return this.lease;
  }
}

/** The way of one candidate to the server. */
export class LeaseTransport implements ApiTransport {
  treatment: Treatment = 'answer';
  /** For the next requests, one each; then `treatment`. */
  readonly next: Treatment[] = [];
  /** Called before each request is met. */
  before: (request: ApiRequest) => void | Promise<void> = () => undefined;
  readonly #server: LeaseServer;
  readonly #name: string;

  constructor(server: LeaseServer, name: string) {
    this.#server = server;
    this.#name = name;
  }

  async send(request: ApiRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ApiResponse> {
    await this.before(request);
    const treatment = this.next.shift() ?? this.treatment;
    if (treatment === 'refuse') return refusal(500, 'InternalError');
    if (treatment === 'answer') return this.#server.handle(request, this.#name);
    if (treatment === 'lose-answer') this.#server.handle(request, this.#name);
    return new Promise((_, reject) => {
      const give = (): void => {
        reject(new Error('aborted'));
      };
      if (signal?.aborted === true) give();
      else signal?.addEventListener('abort', give, { once: true });
    });
  }
}

const VERBS = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;

function reply(body: JsonObject, status = 200): ApiResponse {
  return { status, headers: {}, body: JSON.stringify(body) };
}

function refusal(code: number, reason: string): ApiResponse {
  return reply({ kind: 'Status', status: 'Failure', code, reason, message: reason }, code);
}
