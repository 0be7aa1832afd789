import type { JsonObject } from '../../../src/api/json.js';
import type { KubeObject } from '../../../src/api/kube.js';
import { ADMIT_ALL } from '../../../src/cluster/apiserver/admission.js';
import { ApiServer } from '../../../src/cluster/apiserver/api-server.js';
import type {
  DeleteRequest,
  Listed,
  LocalClient,
  LocalWatchEvent,
  ObjectKey,
  PatchRequest,
  Selection,
} from '../../../src/cluster/local-client.js';
import { EVENTS, JOBS, NAMESPACES, PODS, type Resource, type Stored } from '../../../src/cluster/resource.js';
import { OPEN_SCHEMA } from '../../../src/cluster/schema-port.js';
import type { VirtualClock } from '../../support/virtual-clock.js';

/** A change of a pod, a Job or an Event, in the order of the writes. */
export interface Seen {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: string;
  readonly object: JsonObject;
}

/**
 * The embedded API server, without schemas and admission, with what a test needs beside: refusals, a death before a
 * write, and a record of what was written. Objects are created with the status that they bring.
 */
export class TestClient implements LocalClient {
  readonly seen: Seen[] = [];
  /** Throws to refuse a creation. */
  refuse: (plural: string, object: JsonObject) => void = () => undefined;
  /** Called before each write; a throw is what the writer gets, and nothing is written. */
  beforeWrite: () => void = () => undefined;
  readonly #local: LocalClient;

  constructor(clock: VirtualClock) {
    let ids = 0;
    const next = (): string => `${(ids += 1)}`.padStart(5, '0');
    const server = new ApiServer({
      clock,
      schemas: { compile: () => OPEN_SCHEMA, builtin: () => undefined },
      admission: {
        ...ADMIT_ALL,
        validate: (object, old, { attributes }) => {
          if (old === undefined) this.refuse(attributes.resource, object);
        },
      },
      ids: { uid: () => `uid-${next()}`, suffix: next },
    });
    this.#local = server.localClient();
    const signal = new AbortController().signal;
    for (const resource of [PODS, JOBS, EVENTS] satisfies readonly Resource[]) {
      const record = ({ type, object }: LocalWatchEvent<KubeObject>): void => {
        this.seen.push({ type, plural: resource.plural, object: plain(object) });
      };
      const any: Resource = resource;
      this.#local.watch(any, { signal }, record);
    }
  }

  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<Stored<T>> {
    return this.#local.get(resource, key);
  }

  list<T extends KubeObject>(resource: Resource<T>, selection?: Selection): Promise<Listed<T>> {
    return this.#local.list(resource, selection);
  }

  watch<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection & { readonly signal: AbortSignal },
    onEvent: (event: LocalWatchEvent<T>) => void,
  ): void {
    this.#local.watch(resource, selection, onEvent);
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    this.beforeWrite();
    const created = await this.#local.create(resource, object);
    const { status } = plain(object);
    if (status === undefined || JSON.stringify(status) === '{}') return created;
    return this.#local.patchStatus(resource, created.metadata, { body: { status } });
  }

  async update<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    this.beforeWrite();
    return this.#local.update(resource, object);
  }

  async updateStatus<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    this.beforeWrite();
    return this.#local.updateStatus(resource, object);
  }

  async patch<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, patch: PatchRequest): Promise<Stored<T>> {
    this.beforeWrite();
    return this.#local.patch(resource, key, patch);
  }

  async patchStatus<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: PatchRequest,
  ): Promise<Stored<T>> {
    this.beforeWrite();
    return this.#local.patchStatus(resource, key, patch);
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    request?: DeleteRequest,
  ): Promise<Stored<T>> {
    this.beforeWrite();
    return this.#local.delete(resource, key, request);
  }

  async bind(pod: ObjectKey, nodeName: string): Promise<void> {
    this.beforeWrite();
    return this.#local.bind(pod, nodeName);
  }

  async evict(pod: ObjectKey, request?: DeleteRequest): Promise<void> {
    this.beforeWrite();
    return this.#local.evict(pod, request);
  }

  async finalizeNamespace(name: string): Promise<void> {
    this.beforeWrite();
    return this.#local.finalizeNamespace(name);
  }

  /** A namespace to create things in. */
  async makeNamespace(name: string): Promise<void> {
    await this.#local.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }

  /** A kubelet's last word: the pod that is being deleted goes, if no finalizer holds it. */
  async endGracefully(key: ObjectKey): Promise<void> {
    await this.#local.delete(PODS, key, { gracePeriodSeconds: 0 });
  }
}

/** The edge between what is typed and what is stored; tests only. */
function plain(object: unknown): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}
