import type { KubeObject } from '../api/kube.js';
import type { Resource, Stored } from './resource.js';

/** A change of the cache, told after the cache has it. */
export type CacheEvent<T extends KubeObject> =
  /** `initial`: it was in the first list that this handler sees, so nothing may have happened to it at all. */
  | { readonly type: 'Added'; readonly object: Stored<T>; readonly initial: boolean }
  /** Same UID. `own`: it is, version for version, what a write of ours has returned, so whoever wrote it knows it. */
  | { readonly type: 'Changed'; readonly old: Stored<T>; readonly object: Stored<T>; readonly own: boolean }
  /** `lastStateKnown` is false where the deletion was noticed by a relist: the object is as it was last seen. */
  | { readonly type: 'Deleted'; readonly object: Stored<T>; readonly lastStateKnown: boolean };

export type CacheHandler<T extends KubeObject> = (event: CacheEvent<T>) => void;

export interface Subscription {
  /** True once the initial list has been told to this handler. */
  readonly hasSynced: boolean;
  /** Ends it; no call comes afterwards. */
  close(): void;
}

/** What others may do with an informer: read its cache and follow it. */
export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>;
  /** True once the initial list is in the cache and has been told to every handler. */
  readonly hasSynced: boolean;
  /** The object under a key (`keyOf`), as last delivered or as our own later write returned it. */
  get(key: string): Stored<T> | undefined;
  list(): readonly Stored<T>[];
  /** Objects that have `value` in the named index. Throws for an index that was not declared. */
  byIndex(index: string, value: string): readonly Stored<T>[];
  /**
   * Puts what our own write returned above the cache, until the watch delivers exactly this resourceVersion (or the
   * deletion), or a list that began later completes; so nobody acts on a state older than our own last write (rule C17).
   * It tells no handler. Only for objects that the informer's selection covers.
   */
  observe(object: Stored<T>): void;
  /** Calls the handler for all there is and then for each change, one after the other. What it throws is reported. */
  subscribe(handler: CacheHandler<T>): Subscription;
  /** Resolves once hasSynced; rejects with an AbortedError when the signal is aborted. */
  synced(signal: AbortSignal): Promise<void>;
}
