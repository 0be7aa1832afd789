import type { KubeObject } from '../../../api/kube.js';
import type { LocalClient, Selection } from '../../local-client.js';
import type { Resource, Stored } from '../../resource.js';

/** A change of the cache: `old` is absent for what is new, `object` for what is gone. */
export interface CacheChange<T> {
  readonly key: string;
  readonly old: Stored<T> | undefined;
  readonly object: Stored<T> | undefined;
}

interface Named {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
}

/** `namespace/name`; a cluster-scoped object has no namespace: `/name`. */
export function keyOf(object: Named): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
}

/** The parts of what keyOf made. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/**
 * The present objects of one resource, kept by a watch. What a controller writes itself it absorbs from the answer, so
 * that no decision rests on a state older than its own last write.
 */
export class WatchCache<T extends KubeObject> {
  readonly #resource: Resource<T>;
  readonly #objects = new Map<string, Stored<T>>();
  readonly #byNamespace = new Map<string, Set<string>>();
  readonly #listeners: ((change: CacheChange<T>) => void)[] = [];

  constructor(resource: Resource<T>) {
    this.#resource = resource;
  }

  get resource(): Resource<T> {
    return this.#resource;
  }

  /** Calls back for each change from now on; subscribe before `start` to see all. */
  onChange(listener: (change: CacheChange<T>) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Resolves once everything that existed is in the cache. The watch begins before the list: what happens between the
   * two comes as an event after it.
   */
  async start(client: LocalClient, signal: AbortSignal, selection: Selection = {}): Promise<void> {
    client.watch(this.#resource, { ...selection, signal }, (event) => {
      if (event.type === 'DELETED') this.#remove(event.object);
      else this.absorb(event.object);
    });
    const listed = await client.list(this.#resource, selection);
    for (const item of listed.items) this.absorb(item);
  }

  get(key: string): Stored<T> | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<Stored<T>> {
    return this.#objects.values();
  }

  get size(): number {
    return this.#objects.size;
  }

  inNamespace(namespace: string): readonly Stored<T>[] {
    const found: Stored<T>[] = [];
    for (const key of this.#byNamespace.get(namespace) ?? []) {
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** Takes an object that the server answered, unless what is here is as new or newer. */
  absorb(object: Stored<T>): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (old !== undefined && revision(old) >= revision(object)) return;
    this.#objects.set(key, object);
    const namespace = object.metadata.namespace ?? '';
    let keys = this.#byNamespace.get(namespace);
    if (keys === undefined) {
      keys = new Set();
      this.#byNamespace.set(namespace, keys);
    }
    keys.add(key);
    this.#tell({ key, old, object });
  }

  #remove(object: Stored<T>): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    // A successor of the same name may have been absorbed before this event came.
    if (old === undefined || old.metadata.uid !== object.metadata.uid) return;
    this.#objects.delete(key);
    const namespace = object.metadata.namespace ?? '';
    const keys = this.#byNamespace.get(namespace);
    keys?.delete(key);
    if (keys?.size === 0) this.#byNamespace.delete(namespace);
    this.#tell({ key, old: object, object: undefined });
  }

  #tell(change: CacheChange<T>): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** The embedded server counts revisions in whole numbers, over all kinds. */
function revision(object: { readonly metadata: { readonly resourceVersion: string } }): number {
  return Number(object.metadata.resourceVersion);
}
