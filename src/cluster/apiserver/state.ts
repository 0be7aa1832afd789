import type { Clock } from '../../api/clock.js';
import type { ApiObject } from '../api-object.js';
import type { Admission, AdmissionContext, RequestAttributes, StoreWriter, UserInfo } from './admission.js';
import type { CustomKinds } from './custom-kinds.js';
import type { KindInfo, KindTable } from './kinds.js';
import { objectKey, storageKey } from './kinds.js';
import type { FieldValidation } from './query.js';
import type { Store } from './store.js';

/** Where UIDs and the random ends of generated names come from; a test gives a counting one. */
export interface IdSource {
  /** A UUID. */
  uid(): string;
  /** Five characters of `bcdfghjklmnpqrstvwxz2456789`. */
  suffix(): string;
}

/** What every operation works on. */
export interface ServerState {
  readonly store: Store;
  readonly kinds: KindTable;
  readonly customKinds: CustomKinds;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly writer: StoreWriter;
}

/** Who writes, and how. */
export interface WriteRequest {
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly warn: (text: string) => void;
}

/** Which object of which kind, by which door. */
export interface Target {
  readonly kind: KindInfo;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  /** '', or `status`, `finalize`, `eviction` … */
  readonly subresource: string;
}

export function find(state: ServerState, target: Target): ApiObject | undefined {
  return state.store.get(storageKey(target.kind), objectKey(target.namespace, target.name));
}

export function attributesOf(verb: string, target: Target): RequestAttributes {
  const { group, version, plural } = target.kind;
  const { namespace, name, subresource } = target;
  return { verb, group, version, resource: plural, subresource, namespace, name, path: '' };
}

export function admissionContext(
  state: ServerState,
  target: Target,
  write: { readonly operation: 'CREATE' | 'UPDATE'; readonly request: WriteRequest },
): AdmissionContext {
  const { operation, request } = write;
  return {
    operation,
    user: request.user,
    attributes: attributesOf(operation === 'CREATE' ? 'create' : 'update', target),
    now: state.clock.now(),
    dryRun: request.dryRun,
    store: state.writer,
    warn: request.warn,
  };
}
