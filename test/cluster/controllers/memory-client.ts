import { formatSeconds } from '../../../src/api/instant.js';
import { isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';
import type { KubeObject } from '../../../src/api/kube.js';
import type {
  DeleteRequest,
  Listed,
  LocalClient,
  LocalWatchEvent,
  ObjectKey,
  PatchRequest,
  Selection,
} from '../../../src/cluster/local-client.js';
import { NAMESPACES, PODS, type Resource, type Stored } from '../../../src/cluster/resource.js';
import { StatusError } from '../../../src/cluster/status-error.js';
import type { VirtualClock } from '../../support/virtual-clock.js';

interface Meta extends JsonObject {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly generation: number;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
}
interface Thing extends JsonObject {
  readonly metadata: Meta;
}
interface Watcher {
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly deliver: (type: LocalWatchEvent<KubeObject>['type'], object: Thing) => void;
}

/** One thing that was written, as a watcher of everything would see it. */
export interface Seen {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: string;
  readonly object: JsonObject;
}

/**
 * The least of an API server that the controllers need: revisions, generations, finalizers, graceful deletion of bound
 * pods, foreground deletion, preconditions. No schemas, no admission but `refuse`. Everything written is in `seen`.
 */
export class MemoryClient implements LocalClient {
  readonly seen: Seen[] = [];
  /** Throws to refuse a creation. */
  refuse: (plural: string, object: JsonObject) => void = () => undefined;
  /** Called before each write; a throw is what the writer gets, and nothing is written. */
  beforeWrite: () => void = () => undefined;
  readonly #clock: VirtualClock;
  readonly #things = new Map<string, Thing>();
  readonly #watchers = new Set<Watcher>();
  #revision = 0;
  #names = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<Stored<T>> {
    return this.#answer(() => this.#find(resource, key));
  }

  list<T extends KubeObject>(resource: Resource<T>, selection: Selection = {}): Promise<Listed<T>> {
    const items = [...this.#things]
      .filter(([key]) => key.startsWith(`${resource.plural} ${selection.namespace ?? ''}`))
      .filter(([, thing]) => selection.namespace === undefined || thing.metadata.namespace === selection.namespace)
      .map(([, thing]) => typed<T>(thing));
    return Promise.resolve({ items, resourceVersion: `${this.#revision}` });
  }

  watch<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection & { readonly signal: AbortSignal },
    onEvent: (event: LocalWatchEvent<T>) => void,
  ): void {
    const watcher: Watcher = {
      plural: resource.plural,
      namespace: selection.namespace,
      deliver: (type, object) => {
        setImmediate(() => {
          if (!selection.signal.aborted) onEvent({ type, object: typed<T>(object) });
        });
      },
    };
    for (const [key, thing] of this.#things) if (key.startsWith(`${resource.plural} `)) watcher.deliver('ADDED', thing);
    this.#watchers.add(watcher);
    selection.signal.addEventListener('abort', () => this.#watchers.delete(watcher));
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    return this.#answer(() => {
      this.beforeWrite();
      const json = plain(object);
      const { generateName, ...given } = isJsonObject(json['metadata']) ? json['metadata'] : {};
      this.#names += 1;
      const name =
        typeof given['name'] === 'string'
          ? given['name']
          : `${typeof generateName === 'string' ? generateName : ''}${this.#names}`;
      this.refuse(resource.plural, { ...json, metadata: { ...given, name } });
      const metadata = { ...given, name, creationTimestamp: formatSeconds(this.#clock.now()), generation: 1 };
      const key = keyOf(resource, metadata);
      if (this.#things.has(key)) throw failure(409, 'AlreadyExists', `${key} already exists`);
      const status = isJsonObject(json['status']) ? json['status'] : {};
      const pending = resource.plural === PODS.plural ? { phase: 'Pending', ...status } : status;
      return this.#write('ADDED', resource.plural, {
        ...json,
        status: pending,
        metadata: { ...metadata, uid: `uid-${this.#names}` },
      });
    });
  }

  update<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    return this.#answer(() => {
      this.beforeWrite();
      const json = plain(object);
      const old = this.#find(resource, named(json));
      return this.#replace(resource, old, { ...json, status: old['status'] });
    });
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    return this.#answer(() => {
      this.beforeWrite();
      const json = plain(object);
      const old = this.#find(resource, named(json));
      checkRevision(old, json);
      return this.#replace(resource, old, { ...old, status: json['status'] });
    });
  }

  patch<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, patch: PatchRequest): Promise<Stored<T>> {
    return this.#answer(() => {
      this.beforeWrite();
      const old = this.#find(resource, key);
      const body = plain(patch.body);
      checkRevision(old, body);
      return this.#replace(resource, old, merge(old, body));
    });
  }

  patchStatus<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, patch: PatchRequest): Promise<Stored<T>> {
    return this.#answer(() => {
      this.beforeWrite();
      const old = this.#find(resource, key);
      const body = plain(patch.body);
      checkRevision(old, body);
      return this.#replace(resource, old, { ...old, status: merge({ status: old['status'] }, body)['status'] });
    });
  }

  delete<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, request: DeleteRequest = {}): Promise<Stored<T>> {
    return this.#answer(() => {
      this.beforeWrite();
      const old = this.#find(resource, key);
      const { uid, resourceVersion } = request.preconditions ?? {};
      if (uid !== undefined && uid !== old.metadata.uid) throw failure(409, 'Conflict', 'another uid');
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
        throw failure(409, 'Conflict', 'another revision');
      }
      return this.#delete(resource, old, request);
    });
  }

  bind(pod: ObjectKey, nodeName: string): Promise<void> {
    return this.#answer(() => {
      const old = this.#find(PODS, pod);
      const condition = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatSeconds(this.#clock.now()) };
      this.#replace(PODS, old, merge(old, { spec: { nodeName }, status: { conditions: [condition] } }));
      return old;
    }).then(() => undefined);
  }

  evict(pod: ObjectKey, request?: DeleteRequest): Promise<void> {
    return this.delete(PODS, pod, request).then(() => undefined);
  }

  finalizeNamespace(name: string): Promise<void> {
    return this.#answer(() => {
      const old = this.#find(NAMESPACES, { name });
      return this.#replace(NAMESPACES, old, merge(old, { spec: { finalizers: null } }));
    }).then(() => undefined);
  }

  /** A kubelet's last word: a pod that is being deleted goes once it has no finalizers. */
  endGracefully(key: ObjectKey): Promise<void> {
    return this.delete(PODS, key, { gracePeriodSeconds: 0 }).then(() => undefined);
  }

  async #answer<T extends KubeObject>(act: () => Thing): Promise<Stored<T>> {
    await Promise.resolve();
    return typed<T>(act());
  }

  #find(resource: Resource, key: ObjectKey): Thing {
    const found = this.#things.get(keyOf(resource, key));
    if (found === undefined) throw failure(404, 'NotFound', `${resource.plural} "${key.name}" not found`);
    return found;
  }

  #delete(resource: Resource, old: Thing, request: DeleteRequest): Thing {
    const bound = isJsonObject(old['spec']) && typeof old['spec']['nodeName'] === 'string';
    const phase = isJsonObject(old['status']) ? old['status']['phase'] : undefined;
    const ended = phase === 'Succeeded' || phase === 'Failed';
    const graceful = resource.plural === PODS.plural && bound && !ended && request.gracePeriodSeconds !== 0;
    const added = { Foreground: ['foregroundDeletion'], Orphan: ['orphan'], Background: [] }[
      request.propagationPolicy ?? 'Background'
    ];
    const finalizers = [...new Set([...(old.metadata.finalizers ?? []), ...added])];
    if (!graceful && finalizers.length === 0) return this.#remove(resource, old);
    const deletionTimestamp = old.metadata.deletionTimestamp ?? formatSeconds(this.#clock.now());
    const deletionGracePeriodSeconds = graceful ? 30 : 0;
    const metadata = { ...old.metadata, deletionTimestamp, deletionGracePeriodSeconds };
    return this.#replace(resource, old, {
      ...old,
      metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers },
    });
  }

  #replace(resource: Resource, old: Thing, next: JsonObject): Thing {
    const metadata: JsonObject = { ...old.metadata, ...(isJsonObject(next['metadata']) ? next['metadata'] : {}) };
    const asked = JSON.stringify(old['spec']) !== JSON.stringify(next['spec']);
    const generation = old.metadata.generation + (asked ? 1 : 0);
    const thing = { ...next, metadata: { ...metadata, generation, resourceVersion: old.metadata.resourceVersion } };
    if (JSON.stringify(thing) === JSON.stringify(old)) return old;
    const left = Array.isArray(metadata['finalizers']) ? metadata['finalizers'].length : 0;
    const waits = metadata['deletionGracePeriodSeconds'] !== 0;
    const holders =
      isJsonObject(next['spec']) && Array.isArray(next['spec']['finalizers']) ? next['spec']['finalizers'] : [];
    if (metadata['deletionTimestamp'] !== undefined && !waits && left + holders.length === 0) {
      return this.#remove(resource, this.#stamp(thing));
    }
    return this.#write('MODIFIED', resource.plural, thing);
  }

  #remove(resource: Resource, old: Thing): Thing {
    const last = this.#stamp(old);
    this.#things.delete(keyOf(resource, old.metadata));
    this.#tell('DELETED', resource.plural, last);
    return last;
  }

  #write(type: 'ADDED' | 'MODIFIED', plural: string, object: JsonObject): Thing {
    const thing = this.#stamp(object);
    this.#things.set(`${plural} ${thing.metadata.namespace ?? ''}/${thing.metadata.name}`, thing);
    this.#tell(type, plural, thing);
    return thing;
  }

  #stamp(object: JsonObject): Thing {
    this.#revision += 1;
    const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
    return thingOf({ ...object, metadata: { ...metadata, resourceVersion: `${this.#revision}` } });
  }

  #tell(type: Seen['type'], plural: string, object: Thing): void {
    this.seen.push({ type, plural, object });
    for (const watcher of this.#watchers) {
      if (watcher.plural !== plural) continue;
      if (watcher.namespace === undefined || watcher.namespace === object.metadata.namespace)
        watcher.deliver(type, object);
    }
  }
}

function keyOf(resource: Resource, key: { readonly name: string; readonly namespace?: Json | undefined }): string {
  return `${resource.plural} ${typeof key.namespace === 'string' ? key.namespace : ''}/${key.name}`;
}

function named(json: JsonObject): ObjectKey {
  const { name, namespace } = thingOf(json).metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

function checkRevision(old: Thing, next: JsonObject): void {
  const metadata = isJsonObject(next['metadata']) ? next['metadata'] : {};
  const { resourceVersion } = metadata;
  if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
    throw failure(409, 'Conflict', 'the object has been modified');
  }
}

/** RFC 7386. */
function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const old = merged[name];
    if (value === null) merged[name] = undefined;
    else merged[name] = isJsonObject(value) ? merge(isJsonObject(old) ? old : {}, value) : value;
  }
  return merged;
}

function failure(code: number, reason: string, message: string): StatusError {
  return new StatusError({ code, reason, message });
}

/* The edge between what is typed and what is stored; tests only. */
function plain(object: unknown): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}
function thingOf(object: JsonObject): Thing {
  return JSON.parse(JSON.stringify(object)) as Thing;
}
function typed<T extends KubeObject>(thing: Thing): Stored<T> {
  return thing as unknown as Stored<T>;
}
