import type { Clock } from '../api/clock.js';
import type { KubeObject } from '../api/kube.js';
import type { Stored } from './resource.js';

interface Entry<T extends KubeObject> {
  readonly object: Stored<T>;
  /** Lists that had begun when it was put here. */
  readonly listsBegun: number;
}

/** Longer than the answer to a write can be on its way (at most 15 s): by then no write from before a list is unanswered. */
const ANSWERED_AFTER_MS = 60_000;
/** Deliveries that are remembered: more than a watch brings while the answer to a write is on its way (at most 15 s). */
const REMEMBERED = 10_000;

/**
 * What our own writes returned and the watch has not delivered yet (rule C17). resourceVersions are opaque, so an entry
 * leaves when exactly its version is delivered, when its object is deleted, or when a list that began after the write
 * has completed. An answer may also come after the watch: the last deliveries are remembered for that.
 */
export class WriteOverlay<T extends KubeObject> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<T>>();
  /** In the order of delivery, oldest first. */
  readonly #delivered = new Set<string>();
  /** What our writes returned and nothing has delivered yet, oldest first. */
  readonly #own = new Set<string>();
  #listsBegun = 0;
  /** Keys whose object the last relist changed: an answer that comes now may belong to a write from before it. */
  #relisted: { readonly keys: ReadonlySet<string>; readonly at: number } = { keys: new Set(), at: -Infinity };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Stored<T> | undefined {
    return this.#entries.get(key)?.object;
  }

  entries(): readonly (readonly [string, Stored<T>])[] {
    return [...this.#entries].map(([key, entry]) => [key, entry.object] as const);
  }

  /**
   * `base`: what the cache has under this key. True where nobody can tell whether the cache has it already: the object
   * needs a live read.
   */
  observe(key: string, object: Stored<T>, base: Stored<T> | undefined): boolean {
    const { uid, resourceVersion } = object.metadata;
    const caughtUp =
      (base?.metadata.uid === uid && base.metadata.resourceVersion === resourceVersion) ||
      this.#delivered.has(deliveryOf(object)) ||
      this.#delivered.has(deletionOf(object));
    if (caughtUp) {
      this.#entries.delete(key);
      return false;
    }
    this.#entries.set(key, { object, listsBegun: this.#listsBegun });
    remember(this.#own, deliveryOf(object));
    return this.#relisted.keys.has(key) && this.#clock.monotonic() - this.#relisted.at < ANSWERED_AFTER_MS;
  }

  /** The watch (or a list) has brought this object. True where it is what a write of ours has returned. */
  delivered(key: string, object: Stored<T>): boolean {
    const delivery = deliveryOf(object);
    remember(this.#delivered, delivery);
    const entry = this.#entries.get(key)?.object.metadata;
    if (entry?.uid === object.metadata.uid && entry.resourceVersion === object.metadata.resourceVersion) {
      this.#entries.delete(key);
    }
    return this.#own.delete(delivery);
  }

  /** The object has left the collection: it was deleted, or is no longer selected. */
  deleted(key: string, object: Stored<T>): void {
    remember(this.#delivered, deletionOf(object));
    if (this.#entries.get(key)?.object.metadata.uid === object.metadata.uid) this.#entries.delete(key);
  }

  listBegins(): void {
    this.#listsBegun += 1;
  }

  /**
   * A list is complete: what was written before it began is in it. `changed`: keys under which it brought another state
   * than the cache had. Returns the keys of what was written while it was read, of which nobody can tell whether the
   * list or the coming watch has it: they need a live read.
   */
  listCompleted(changed: ReadonlySet<string>): readonly string[] {
    this.#relisted = { keys: changed, at: this.#clock.monotonic() };
    for (const [key, entry] of this.#entries) {
      if (entry.listsBegun < this.#listsBegun) this.#entries.delete(key);
    }
    return [...this.#entries.keys()];
  }

  drop(key: string): void {
    this.#entries.delete(key);
  }
}

function remember(known: Set<string>, what: string): void {
  known.add(what);
  if (known.size <= REMEMBERED) return;
  const [oldest] = known;
  if (oldest !== undefined) known.delete(oldest);
}

function deliveryOf({ metadata }: KubeObject): string {
  return `${metadata?.uid ?? ''}/${metadata?.resourceVersion ?? ''}`;
}

function deletionOf({ metadata }: KubeObject): string {
  return `${metadata?.uid ?? ''}/deleted`;
}
