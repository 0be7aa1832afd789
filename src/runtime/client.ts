import type { ApiRequest } from '../api/http.js';
import type { Json } from '../api/json.js';
import type { KubeObject } from '../api/kube.js';
import type { ObjectRef, Resource, Stored } from './resource.js';

export interface CallOptions {
  /** Aborting it ends the call at once with an AbortedError; what a mutating call did is then unknown. */
  readonly signal?: AbortSignal | undefined;
}

export interface WriteOptions extends CallOptions {
  /** `Strict` makes an unknown or doubled field an error (400) instead of pruning it. Default: the server's, `Warn`. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  /** The server does everything but store it. */
  readonly dryRun?: boolean | undefined;
  /**
   * Sending it twice does no harm (a create under a deterministic name, a patch that carries a resourceVersion), so a
   * create or patch too is sent again when a kept-alive connection turns out to be dead. A 409 may then be our own doing.
   */
  readonly repeatable?: boolean | undefined;
}

/** Which objects of a resource. */
export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection, CallOptions {
  /** Objects per request; default 500, so that no answer blocks the event loop for long. */
  readonly pageSize?: number | undefined;
}

export interface Page<T extends KubeObject> {
  readonly items: readonly Stored<T>[];
  /** Version of the whole collection: a watch may start here. */
  readonly resourceVersion: string;
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy';
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** RFC 7396 (an object; null deletes a field), or RFC 6902. `metadata.resourceVersion` in a merge is a precondition. */
export type Patch =
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] };

export interface PatchOptions extends WriteOptions {
  readonly subresource?: 'status' | undefined;
}

export interface RemoveOptions extends CallOptions {
  /** The delete is refused with 409 where the object is another one, or has changed. */
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined };
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
}

export interface WatchOptions extends Selection {
  /** Changes after this version are delivered. */
  readonly resourceVersion: string;
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored<T> }
  /** Nothing changed, but all up to this version has been delivered. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/**
 * Calls to an API server over any ApiTransport. Each has a deadline of its own. They reject with
 * - ApiError: the server answered with an error (404 and 409 too);
 * - NoAnswerError: no answer came; `maybeDone` says whether a mutating call may have been carried out;
 * - AbortedError: the caller's signal was aborted.
 */
export interface Client {
  get<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef, options?: CallOptions): Promise<Stored<T>>;
  /** As get; null where it does not exist (404). */
  find<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef, options?: CallOptions): Promise<Stored<T> | null>;
  /** All pages, read one after the other; an expired continue token (410) is an ApiError. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Page<T>>;
  /** The namespace is the object's own. */
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    options: PatchOptions & { readonly patch: Patch },
  ): Promise<Stored<T>>;
  /** Replaces the whole object (or its status); its resourceVersion is the precondition. */
  replace<T extends KubeObject>(resource: Resource<T>, object: Stored<T>, options?: PatchOptions): Promise<Stored<T>>;
  /**
   * Asks for deletion. The object as the server answered it (it may linger: finalizers, grace), or null where the server
   * answered a mere Status. Neither proves that it is gone.
   */
  remove<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    options?: RemoveOptions,
  ): Promise<Stored<T> | null>;
  /**
   * Resolves once the server has accepted the watch. The stream ends when the server closes it, and throws an ApiError
   * for an ERROR event, a NoAnswerError when the connection breaks, an AbortedError when the signal is aborted.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): Promise<AsyncIterable<WatchEvent<T>>>;
  /** Any other request that is answered in JSON: reviews, discovery, evictions. The answer is the parsed body. */
  call(request: ApiRequest, options?: WriteOptions): Promise<Json>;
  /** Any other request that is answered in text, in the pieces in which it comes: container logs. */
  stream(request: ApiRequest, options?: CallOptions): Promise<AsyncIterable<string>>;
}
