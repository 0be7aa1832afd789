import type { Instant } from '../../api/instant.js';
import type { ApiObject } from '../api-object.js';

export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What is asked, as an authorizer sees it. */
export interface RequestAttributes {
  /** get, list, watch, create, update, patch, delete, deletecollection; for a path that is no resource: get, post … */
  readonly verb: string;
  /** '' for core. */
  readonly group: string;
  readonly version: string;
  /** Plural name; '' where the path is no resource. */
  readonly resource: string;
  /** '' for the object itself; else status, log, eviction, binding … */
  readonly subresource: string;
  /** '' for cluster-scoped resources and for lists of all namespaces. */
  readonly namespace: string;
  /** '' for collections. */
  readonly name: string;
  readonly path: string;
}

export type Decision =
  | { readonly allowed: true }
  /** `reason` follows the real server's `… cannot create resource "pods" …` text after a colon; '' for none. */
  | { readonly allowed: false; readonly reason: string };

/** The server's own reading of its store: no authorization, no copies. Objects are shared; don't change them. */
export interface StoreReader {
  get(
    group: string,
    resource: string,
    key: { readonly namespace: string; readonly name: string },
  ): ApiObject | undefined;
  /** In key order. Without `namespace`: all. */
  list(group: string, resource: string, namespace?: string): readonly ApiObject[];
}

/** What admission may do to other objects (ResourceQuota's `status.used`); an equal status is no write. */
export interface StoreWriter extends StoreReader {
  /** Replaces `status`; answers the stored object. Throws StatusError where the object is gone. */
  writeStatus(object: ApiObject, status: ApiObject['status']): ApiObject;
}

export interface AdmissionContext {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly user: UserInfo;
  readonly attributes: RequestAttributes;
  readonly now: Instant;
  /** Nothing may be written then. */
  readonly dryRun: boolean;
  readonly store: StoreWriter;
  /** Adds a `Warning` header to the answer. */
  warn(text: string): void;
}

/**
 * Who may do what, and what is changed or refused on the way in. Synchronous, since the server handles each write in one
 * turn of the event loop: between `validate` and the write nobody else writes, so that a quota is never overdrawn.
 * Order, as in the real server: authorize → prune, default → mutate → validate (schema) → validate (admission) → store.
 */
export interface Admission {
  authorize(user: UserInfo, attributes: RequestAttributes, store: StoreReader): Decision;
  /**
   * Mutating admission and the kind's own defaulting (priority, tolerations, service account, LimitRange …).
   * The object has its metadata filled in except resourceVersion ('') on creation.
   * Throws StatusError.
   */
  mutate(object: ApiObject, old: ApiObject | undefined, context: AdmissionContext): ApiObject;
  /** Validating admission (PodSecurity, then ResourceQuota last). Throws StatusError, usually 403. */
  validate(object: ApiObject, old: ApiObject | undefined, context: AdmissionContext): void;
}

/** Everybody may do everything, nothing is changed. */
export const ADMIT_ALL: Admission = {
  authorize: () => ({ allowed: true }),
  mutate: (object) => object,
  validate: () => undefined,
};
