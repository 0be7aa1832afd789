import type { Clock } from '../api/clock.js';
import type { JsonObject } from '../api/json.js';
import type { KubeObject } from '../api/kube.js';
import { AbortedError, onAbort } from './abort.js';
import type { Client, Page, Selection } from './client.js';
import { deepFreeze } from './deep-freeze.js';
import type { CacheEvent, CacheHandler, Informer, Subscription } from './informer.js';
import { reflect, type ReflectorProblem } from './reflector.js';
import { keyOf, refOfKey, type Resource, type Stored } from './resource.js';
import { IndexedStore, type IndexFunctions } from './store.js';
import { WriteOverlay } from './write-overlay.js';

export interface SharedInformerOptions<T extends KubeObject> {
  readonly client: Pick<Client, 'list' | 'watch' | 'find'>;
  readonly resource: Resource<T>;
  readonly selection?: Selection;
  readonly indices?: IndexFunctions<T>;
  /** Drops what nobody reads, before an object is stored. Must keep metadata's name, namespace, uid, resourceVersion. */
  readonly transform?: (object: Stored<T>) => Stored<T>;
  /** Freezes what is stored, so that a change of a cached object throws. For tests. */
  readonly freeze?: boolean;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  readonly onProblem: (problem: InformerProblem) => void;
}

/** Something went wrong; the informer goes on. */
export type InformerProblem =
  ReflectorProblem | { readonly during: 'handler' | 'read'; readonly error: unknown; readonly nextTryInMs: null };

interface Registration<T extends KubeObject> {
  readonly handler: CacheHandler<T>;
  hasSynced: boolean;
}

/** One watch, one cache, many handlers. Handlers are called one after the other, in the order of the changes. */
export class SharedInformer<T extends KubeObject> implements Informer<T> {
  readonly resource: Resource<T>;
  readonly #options: SharedInformerOptions<T>;
  readonly #store: IndexedStore<T>;
  readonly #overlay: WriteOverlay<T>;
  readonly #registrations = new Set<Registration<T>>();
  readonly #waiting = new Set<() => void>();
  #hasSynced = false;
  /** Of `run`; null before. */
  #signal: AbortSignal | null = null;

  constructor(options: SharedInformerOptions<T>) {
    this.#options = options;
    this.resource = options.resource;
    this.#store = new IndexedStore(options.indices);
    this.#overlay = new WriteOverlay(options.clock);
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get(key: string): Stored<T> | undefined {
    return this.#overlay.get(key) ?? this.#store.get(key);
  }

  list(): readonly Stored<T>[] {
    if (this.#overlay.size === 0) return this.#store.list();
    const objects = new Map(this.#store.entries());
    for (const [key, object] of this.#overlay.entries()) objects.set(key, object);
    return [...objects.values()];
  }

  byIndex(index: string, value: string): readonly Stored<T>[] {
    const found: Stored<T>[] = [];
    for (const key of this.#store.keysByIndex(index, value)) {
      const object = this.#overlay.get(key) === undefined ? this.#store.get(key) : undefined;
      if (object !== undefined) found.push(object);
    }
    for (const [, object] of this.#overlay.entries()) {
      if (this.#store.valuesOf(index, object).includes(value)) found.push(object);
    }
    return found;
  }

  observe(object: Stored<T>): void {
    const key = keyOf(object);
    const isDoubtful = this.#overlay.observe(key, this.#prepare(object), this.#store.get(key));
    if (isDoubtful) void this.#readDoubtful(key);
  }

  subscribe(handler: CacheHandler<T>): Subscription {
    const registration: Registration<T> = { handler, hasSynced: false };
    this.#registrations.add(registration);
    if (this.#hasSynced) {
      for (const object of this.#store.list()) this.#tell(registration, { type: 'Added', object, initial: true });
      registration.hasSynced = true;
    }
    return {
      get hasSynced() {
        return registration.hasSynced;
      },
      close: () => {
        this.#registrations.delete(registration);
      },
    };
  }

  synced(signal: AbortSignal): Promise<void> {
    if (this.#hasSynced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = (): void => {
        stopListening();
        resolve();
      };
      this.#waiting.add(done);
      const stopListening = onAbort(signal, () => {
        this.#waiting.delete(done);
        reject(new AbortedError(`waiting for the first list of ${this.resource.plural}`));
      });
    });
  }

  /** Lists and watches until the signal is aborted; resolves then. To be called once. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#signal !== null) throw new Error(`the informer of ${this.resource.plural} runs already`);
    this.#signal = signal;
    const { client, resource, selection = {}, clock, random, onProblem } = this.#options;
    const sink = {
      listBegins: (): void => {
        this.#overlay.listBegins();
      },
      replaced: (page: Page<T>): void => {
        this.#replace(page);
      },
      changed: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Stored<T>): void => {
        this.#change(type, object);
      },
    };
    // Prepared one by one as they are read: a whole list as it comes is several times what is kept of it.
    const lean = { ...resource, parse: (json: JsonObject) => this.#prepare(resource.parse(json)) };
    await reflect({ client, resource: lean, selection, sink, clock, random, onProblem }, signal);
  }

  #replace({ items }: Page<T>): void {
    const old = new Map(this.#store.entries());
    const now = new Map(items.map((item) => [keyOf(item), item]));
    this.#store.replace(now);
    for (const [key, object] of now) this.#overlay.delivered(key, object);
    for (const [key, object] of old) {
      if (now.get(key)?.metadata.uid !== object.metadata.uid) this.#overlay.deleted(key, object);
    }
    // Whoever writes waits for the first list: no write is older.
    const changed = new Set(
      this.#hasSynced ? [...now.keys()].filter((key) => isOther(old.get(key), now.get(key))) : [],
    );
    for (const key of this.#overlay.listCompleted(changed)) void this.#readDoubtful(key);
    if (this.#hasSynced) this.#tellDifferences(old, now);
    else this.#tellInitial(now);
  }

  #tellInitial(now: ReadonlyMap<string, Stored<T>>): void {
    const registrations = [...this.#registrations];
    this.#hasSynced = true;
    for (const registration of registrations) {
      for (const object of now.values()) this.#tell(registration, { type: 'Added', object, initial: true });
      registration.hasSynced = true;
    }
    for (const done of this.#waiting) done();
    this.#waiting.clear();
  }

  #tellDifferences(old: ReadonlyMap<string, Stored<T>>, now: ReadonlyMap<string, Stored<T>>): void {
    for (const [key, object] of old) {
      if (!now.has(key)) this.#tellAll({ type: 'Deleted', object, lastStateKnown: false });
    }
    for (const [key, object] of now) this.#tellTransition(old.get(key), object, false);
  }

  #change(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Stored<T>): void {
    const key = keyOf(object);
    const old = this.#store.get(key);
    if (type !== 'DELETED') {
      this.#store.set(key, object);
      const own = this.#overlay.delivered(key, object);
      this.#tellTransition(old, object, own);
      return;
    }
    this.#overlay.deleted(key, object);
    if (old?.metadata.uid !== object.metadata.uid) return;
    this.#store.delete(key);
    this.#tellAll({ type: 'Deleted', object, lastStateKnown: true });
  }

  /** A new UID under an old name is another object: the old one was deleted unseen. */
  #tellTransition(old: Stored<T> | undefined, object: Stored<T>, own: boolean): void {
    if (old?.metadata.uid === object.metadata.uid) {
      if (old.metadata.resourceVersion === object.metadata.resourceVersion) return;
      this.#tellAll({ type: 'Changed', old, object, own });
      return;
    }
    if (old !== undefined) this.#tellAll({ type: 'Deleted', object: old, lastStateKnown: false });
    this.#tellAll({ type: 'Added', object, initial: false });
  }

  #tellAll(event: CacheEvent<T>): void {
    for (const registration of [...this.#registrations]) this.#tell(registration, event);
  }

  #tell(registration: Registration<T>, event: CacheEvent<T>): void {
    if (!this.#registrations.has(registration)) return;
    try {
      registration.handler(event);
    } catch (error) {
      this.#options.onProblem({ during: 'handler', error, nextTryInMs: null });
    }
  }

  /**
   * What was written while (or answered after) a list was read may be older or newer than that list. A read that begins now is not older
   * than either; and if it is newer than the list, the watch, which begins at the list's version, will deliver it.
   */
  async #readDoubtful(key: string): Promise<void> {
    const signal = this.#signal ?? undefined;
    const doubtful = this.#overlay.get(key);
    try {
      const live = await this.#options.client.find(this.resource, refOfKey(key), { signal });
      // Something was written or delivered meanwhile: that has settled it.
      if (doubtful === undefined || this.#overlay.get(key) !== doubtful) return;
      if (live === null) this.#overlay.drop(key);
      else this.#overlay.observe(key, this.#prepare(live), this.#store.get(key));
    } catch (error) {
      if (signal?.aborted !== true) this.#options.onProblem({ during: 'read', error, nextTryInMs: null });
    }
  }

  #prepare(object: Stored<T>): Stored<T> {
    const { transform, freeze = false } = this.#options;
    const kept = transform === undefined ? object : transform(object);
    return freeze ? deepFreeze(kept) : kept;
  }
}

function isOther(old: KubeObject | undefined, now: KubeObject | undefined): boolean {
  return old?.metadata?.uid !== now?.metadata?.uid || old?.metadata?.resourceVersion !== now?.metadata?.resourceVersion;
}
