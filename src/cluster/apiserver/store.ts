import type { ApiObject } from '../api-object.js';
import { expiredError } from './errors.js';
import { SortedObjects } from './sorted-objects.js';

/** One write. `revision` is the resourceVersion of `object`, also of a deleted one's last form. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  /** Which resource: storageKey(kind). */
  readonly resource: string;
  /** `namespace/name`, or `name`. */
  readonly key: string;
  readonly object: ApiObject;
  readonly previous: ApiObject | undefined;
}

/** Where changes are made durable before they are seen. `append` throws where it cannot: the write is then refused. */
export interface ChangeLog {
  append(change: Change, store: Store): void;
}

export interface StoreOptions {
  /** How many changes are remembered for watches and consistent lists; older resourceVersions are answered with 410. */
  readonly historyLength: number;
}

type Listener = (change: Change) => void;

/**
 * All objects, under one revision counter, with the last changes. Objects are immutable and shared with everybody; a write
 * replaces one. Everything is synchronous, so that a read and the write that follows from it are one step.
 */
export class Store {
  readonly #historyLength: number;
  readonly #collections = new Map<string, SortedObjects>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #history: Change[] = [];
  #revision = 0;
  #compacted = 0;
  #log: ChangeLog | undefined;

  constructor(options: StoreOptions) {
    this.#historyLength = options.historyLength;
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision;
  }

  /** From now on every change is appended to `log` first. */
  logTo(log: ChangeLog): void {
    this.#log = log;
  }

  get(resource: string, key: string): ApiObject | undefined {
    return this.#collections.get(resource)?.get(key);
  }

  /** In key order; all namespaces where `namespace` is ''. */
  list(resource: string, namespace = ''): readonly ApiObject[] {
    return this.#collections.get(resource)?.list(namespace) ?? [];
  }

  /** As `list`, as it was after the write `revision`. Throws 410 where the history does not go back so far. */
  listAt(resource: string, revision: number, namespace = ''): readonly ApiObject[] {
    if (revision >= this.#revision) return this.list(resource, namespace);
    if (revision < this.#compacted) throw expiredError('The resourceVersion for the provided list is too old.');
    const past = new SortedObjects(this.#collections.get(resource));
    for (let i = this.#history.length - 1; i >= 0; i -= 1) {
      const change = this.#history[i];
      if (change === undefined || change.revision <= revision) break;
      if (change.resource !== resource) continue;
      if (change.previous === undefined) past.delete(change.key);
      else past.set(change.key, change.previous);
    }
    return past.list(namespace);
  }

  /** All resources that hold or held objects, for snapshots. */
  *everything(): Iterable<{ readonly resource: string; readonly key: string; readonly object: ApiObject }> {
    for (const [resource, objects] of this.#collections)
      for (const [key, object] of objects.entries()) yield { resource, key, object };
  }

  /** Stores an object under the next revision and answers it as stored. Throws where it cannot be made durable. */
  put(resource: string, key: string, object: ApiObject): ApiObject {
    const previous = this.get(resource, key);
    const type = previous === undefined ? 'ADDED' : 'MODIFIED';
    return this.#commit({ type, resource, key, object: this.#stamp(object), previous, revision: this.#revision + 1 });
  }

  /** Removes an object; answers its last form (`final`, or what was stored) under the revision of the removal. */
  remove(resource: string, key: string, final?: ApiObject): ApiObject | undefined {
    const previous = this.get(resource, key);
    if (previous === undefined) return undefined;
    const object = this.#stamp(final ?? previous);
    return this.#commit({ type: 'DELETED', resource, key, object, previous, revision: this.#revision + 1 });
  }

  /** What was written to a resource after `revision`. Throws 410 where the history does not go back so far. */
  changesSince(resource: string, revision: number): readonly Change[] {
    if (revision < this.#compacted)
      throw expiredError(`too old resource version: ${revision} (${this.#compacted + 1})`);
    let start = this.#history.length;
    while (start > 0 && (this.#history[start - 1]?.revision ?? 0) > revision) start -= 1;
    return this.#history.slice(start).filter((change) => change.resource === resource);
  }

  /** Calls `listener` in the same turn as each write to the resource. It must not write. */
  listen(resource: string, listener: Listener): () => void {
    let listeners = this.#listeners.get(resource);
    if (listeners === undefined) this.#listeners.set(resource, (listeners = new Set()));
    listeners.add(listener);
    return () => this.#listeners.get(resource)?.delete(listener);
  }

  /** Takes over a change that was written before (replay of a journal): nothing is logged. */
  replay(change: Omit<Change, 'previous' | 'type'> & { readonly type: 'PUT' | 'DELETED' }): void {
    const previous = this.get(change.resource, change.key);
    const type = change.type === 'DELETED' ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED';
    this.#apply({ ...change, type, previous });
  }

  /** Takes over an object of a snapshot, which has no history. */
  restore(resource: string, key: string, object: ApiObject): void {
    this.#collection(resource).set(key, object);
  }

  /** Ends a restore: the history begins after `revision`. */
  startAt(revision: number): void {
    this.#revision = revision;
    this.#compacted = revision;
  }

  #stamp(object: ApiObject): ApiObject {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision + 1) } };
  }

  #commit(change: Change): ApiObject {
    this.#log?.append(change, this);
    this.#apply(change);
    return change.object;
  }

  #apply(change: Change): void {
    this.#revision = change.revision;
    const objects = this.#collection(change.resource);
    if (change.type === 'DELETED') objects.delete(change.key);
    else objects.set(change.key, change.object);
    this.#remember(change);
    for (const listener of this.#listeners.get(change.resource) ?? []) listener(change);
  }

  /** Keeps between one and two times the asked length, so that trimming is rare; what is answered goes by the length. */
  #remember(change: Change): void {
    this.#history.push(change);
    const surplus = this.#history.length - this.#historyLength;
    if (surplus > 0) this.#compacted = this.#history[surplus - 1]?.revision ?? this.#compacted;
    if (surplus > this.#historyLength) this.#history = this.#history.slice(surplus);
  }

  #collection(resource: string): SortedObjects {
    let objects = this.#collections.get(resource);
    if (objects === undefined) this.#collections.set(resource, (objects = new SortedObjects()));
    return objects;
  }
}
