import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../../api/clock.js';
import type { ApiRequest, ApiResponse, ApiTransport } from '../../api/http.js';
import type { LocalClient } from '../local-client.js';
import type { LogProvider } from '../log-provider.js';
import type { SchemaSource } from '../schema-port.js';
import { readView, wantsAggregated } from './accept.js';
import type { Admission, UserInfo } from './admission.js';
import { answerAggregated } from './aggregated-discovery.js';
import { errorAnswer, textAnswer } from './answers.js';
import { SYSTEM_ADMIN, TokenTable } from './authentication.js';
import { requireAllowed } from './authorization.js';
import { builtinKinds } from './builtin-kinds.js';
import { createObject } from './create.js';
import { CustomKinds } from './custom-kinds.js';
import { bodyOf } from './decode-object.js';
import { answerDiscovery, HEALTH_PATHS } from './discovery.js';
import { inProcessClient } from './in-process-client.js';
import type { Durability } from './journal.js';
import { impersonated } from './impersonation.js';
import { Journal } from './journal.js';
import { KindTable } from './kinds.js';
import { SYSTEM_NAMESPACES } from './namespace-lifecycle.js';
import { OpenapiDocuments } from './openapi/openapi-documents.js';
import { readPresentation } from './presentation.js';
import { parseRequestPath } from './request-path.js';
import { answerResource } from './resource-handler.js';
import type { IdSource, ServerState } from './state.js';
import { Store } from './store.js';
import { storeWriter } from './store-writer.js';
import type { WatchSettings } from './watch-stream.js';

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly schemas: SchemaSource;
  readonly admission: Admission;
  /** Users by bearer token. */
  readonly users?: Readonly<Record<string, UserInfo>>;
  /** Where the objects are kept; absent: in memory only. */
  readonly dataDir?: string;
  readonly durability?: Durability;
  readonly ids?: IdSource;
  /** Changes that are remembered for watches and consistent lists. */
  readonly historyLength?: number;
  /** Events that may wait for a slow watcher before it is cut off. */
  readonly maxPendingEvents?: number;
  readonly bookmarkMs?: number;
}

export interface HandleOptions {
  readonly signal?: AbortSignal;
  /** Who sends a request without a token: system:admin in process, somebody less over a socket. */
  readonly anonymous?: UserInfo;
}

const DEFAULT_HISTORY = 5_000;
const DEFAULT_PENDING = 4_096;
/** kube-apiserver's cacher: about one a minute. */
const DEFAULT_BOOKMARK_MS = 60_000;
/** kube-apiserver --min-request-timeout. */
const DEFAULT_WATCH_TIMEOUT_MS = 30 * 60_000;
const SNAPSHOT_BYTES = 8 * 1024 * 1024;

/** k8s.io/apimachinery/pkg/util/rand: without vowels and what looks like them, so that no words arise. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const RANDOM_IDS: IdSource = {
  uid: () => randomUUID(),
  suffix: () => Array.from({ length: 5 }, () => SUFFIX_ALPHABET[randomInt(SUFFIX_ALPHABET.length)]).join(''),
};

/**
 * A Kubernetes API server in this process. `handle` is the whole of it: a request in, an answer out; what carries them
 * (HTTP, a call) is somebody else's business.
 */
export class ApiServer {
  readonly #state: ServerState;
  readonly #tokens: TokenTable;
  readonly #watches: WatchSettings;
  readonly #journal: Journal | undefined;
  readonly #openapi: OpenapiDocuments;
  readonly #closing = new AbortController();
  #logs: LogProvider | undefined;

  /** Throws an Error that names the path where the data directory cannot be read or written. */
  constructor(options: ApiServerOptions) {
    const store = new Store({ historyLength: options.historyLength ?? DEFAULT_HISTORY });
    const kinds = new KindTable();
    for (const kind of builtinKinds(options.schemas)) kinds.add(kind);
    this.#state = {
      store,
      kinds,
      customKinds: new CustomKinds(options.schemas),
      admission: options.admission,
      clock: options.clock,
      ids: options.ids ?? RANDOM_IDS,
      writer: storeWriter(store, kinds),
    };
    this.#openapi = new OpenapiDocuments(kinds, options.schemas.definitions);
    this.#tokens = new TokenTable(options.users ?? {});
    this.#watches = {
      clock: options.clock,
      maxPending: options.maxPendingEvents ?? DEFAULT_PENDING,
      bookmarkMs: options.bookmarkMs ?? DEFAULT_BOOKMARK_MS,
      defaultTimeoutMs: DEFAULT_WATCH_TIMEOUT_MS,
    };
    this.#journal = this.#open(options);
    this.#serveDefinitions();
    this.#makeSystemNamespaces();
  }

  /** Never throws: every failure is an answer. A watch or a followed log ends when the signal is aborted. */
  async handle(request: ApiRequest, options: HandleOptions = {}): Promise<ApiResponse> {
    try {
      const sender = this.#tokens.authenticate(request, options.anonymous ?? SYSTEM_ADMIN);
      const user = impersonated(this.#state, request, sender);
      const path = parseRequestPath(request.path);
      if (path.type === 'other') return this.#answerOther(request, path.path, user);
      const presentation = readPresentation(request, this.#watches.clock.now());
      const signals = [this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])];
      return await answerResource({
        state: this.#state,
        request,
        path: path.target,
        user,
        logs: this.#logs,
        watches: this.#watches,
        presentation,
        signal: AbortSignal.any(signals),
      });
    } catch (error) {
      return errorAnswer(error);
    }
  }

  /** A client for this process, without JSON in between. */
  localClient(user: UserInfo = SYSTEM_ADMIN): LocalClient {
    return inProcessClient(this.#state, user);
  }

  /** Sends requests to this server as the token's user; without one as system:admin. */
  transport(token?: string): ApiTransport {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return {
      send: async (request, options = {}) => {
        options.signal?.throwIfAborted();
        return this.handle({ ...request, headers: { ...request.headers, ...authorization } }, options);
      },
    };
  }

  /** The kubelet's: how logs are read. */
  setLogProvider(provider: LogProvider): void {
    this.#logs = provider;
  }

  addUser(token: string, user: UserInfo): void {
    this.#tokens.add(token, user);
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#state.store.revision;
  }

  /** Ends all watches and closes the data directory: later writes are refused. */
  close(): void {
    this.#closing.abort();
    this.#journal?.close();
  }

  #answerOther(request: ApiRequest, path: string, user: UserInfo): ApiResponse {
    const verb = request.method.toLowerCase();
    const none = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' };
    const asked = { attributes: { ...none, verb, path }, store: this.#state.writer };
    requireAllowed(this.#state.admission, user, asked);
    const answer = request.method === 'GET' ? this.#answerGet(path, request.headers?.['accept'] ?? '') : undefined;
    return answer ?? textAnswer(404, '404 page not found\n');
  }

  #answerGet(path: string, accept: string): ApiResponse | undefined {
    if ((path === '/api' || path === '/apis') && wantsAggregated(accept))
      return answerAggregated(path === '/api' ? 'api' : 'apis', this.#state.kinds);
    if (!HEALTH_PATHS.includes(path)) readView(accept);
    // Of a document that there is not, the real server says nothing but 404.
    if (path.startsWith('/openapi/')) return this.#openapi.answer(path) ?? textAnswer(404, '');
    return answerDiscovery(path, this.#state.kinds);
  }

  #open(options: ApiServerOptions): Journal | undefined {
    if (options.dataDir === undefined) return undefined;
    const journal = Journal.open(this.#state.store, {
      directory: options.dataDir,
      durability: options.durability ?? 'process',
      snapshotBytes: SNAPSHOT_BYTES,
    });
    this.#state.store.logTo(journal);
    return journal;
  }

  /** Serves the kinds of all definitions, those that are there and those that come. */
  #serveDefinitions(): void {
    const { store, kinds, customKinds } = this.#state;
    const { resource } = customKinds;
    for (const definition of store.list(resource)) for (const kind of customKinds.kindsOf(definition)) kinds.add(kind);
    store.listen(resource, ({ type, object, previous }) => {
      const old = previous === undefined ? [] : customKinds.kindsOf(previous);
      const [first] = old;
      if (first !== undefined) kinds.remove(first.group, first.plural);
      if (type !== 'DELETED') for (const kind of customKinds.kindsOf(object)) kinds.add(kind);
    });
  }

  #makeSystemNamespaces(): void {
    const kind = this.#state.kinds.get('', 'v1', 'namespaces');
    if (kind === undefined) return;
    for (const name of SYSTEM_NAMESPACES) {
      if (this.#state.store.get('/namespaces', name) !== undefined) continue;
      const request = { user: SYSTEM_ADMIN, dryRun: false, fieldValidation: 'Ignore', warn: () => undefined } as const;
      createObject(this.#state, { kind, namespace: '' }, { sent: bodyOf({ metadata: { name } }), request });
    }
  }
}
