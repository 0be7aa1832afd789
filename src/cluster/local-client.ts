import type { KubeObject } from '../api/kube.js';
import type { Resource, Stored } from './resource.js';

export interface ObjectKey {
  /** Absent for cluster-scoped resources. */
  readonly namespace?: string;
  readonly name: string;
}

export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface Listed<T> {
  readonly items: readonly Stored<T>[];
  readonly resourceVersion: string;
}

export type LocalWatchEvent<T> = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored<T>;
};

export type PatchType = 'merge' | 'json' | 'strategic';

export interface DeleteRequest {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * The API server's client for the cluster's own controllers and kubelet: the same rules as over HTTP, without JSON text.
 * What it answers is shared with the store: don't change it. Every refusal throws a StatusError (404 too).
 * It speaks as `system:admin` (no authorization) unless it was made for another user.
 */
export interface LocalClient {
  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<Stored<T>>;
  list<T extends KubeObject>(resource: Resource<T>, selection?: Selection): Promise<Listed<T>>;
  /**
   * Calls `onEvent` for each existing object (ADDED) and then for each change, in order, one after the other, each in a
   * turn of its own after the write that caused it. Never falls behind, never expires; ends when `signal` is aborted.
   */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    selection: Selection & { readonly signal: AbortSignal },
    onEvent: (event: LocalWatchEvent<T>) => void,
  ): void;
  /** The namespace is the object's own (`metadata.namespace`). */
  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>>;
  /** Replaces all but status. A resourceVersion in the object is a precondition. */
  update<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>>;
  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>>;
  /** `patch` is JSON: an object for merge and strategic, a list of operations for json. `type` defaults to merge. */
  patch<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, patch: PatchRequest): Promise<Stored<T>>;
  patchStatus<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, patch: PatchRequest): Promise<Stored<T>>;
  /** Answers the object as it is then (still there while finalizers or a grace period keep it), else its last form. */
  delete<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, request?: DeleteRequest): Promise<Stored<T>>;
  /** POST pods/binding. */
  bind(pod: ObjectKey & { readonly uid?: string }, nodeName: string): Promise<void>;
  /** POST pods/eviction. */
  evict(pod: ObjectKey, request?: DeleteRequest): Promise<void>;
  /** PUT namespaces/finalize without `spec.finalizers`: a namespace that is being deleted goes, if nothing else holds it. */
  finalizeNamespace(name: string): Promise<void>;
}

export interface PatchRequest {
  readonly type?: PatchType;
  readonly body: unknown;
}
