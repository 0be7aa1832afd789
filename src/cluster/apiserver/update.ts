import type { JsonObject } from '../../api/json.js';
import type { ApiMeta, ApiObject } from '../api-object.js';
import { invalid } from '../field-error.js';
import { createDecoded } from './create.js';
import type { DecodedObject, SentBody } from './decode-object.js';
import { decodeObject, treatFaults } from './decode-object.js';
import {
  badRequestError,
  cannotHandleError,
  conflictError,
  invalidError,
  modifiedError,
  notFoundError,
  plainServerError,
} from './errors.js';
import { asApiMeta, jsonEqual, withMember, withMeta, without } from './json-values.js';
import type { KindInfo } from './kinds.js';
import { objectKey, storageKey } from './kinds.js';
import { removeObject } from './remove.js';
import type { ServerState, Target, WriteRequest } from './state.js';
import { admissionContext, find } from './state.js';
import { prepareForUpdate } from './strategies.js';
import { toStorageVersion } from './versions.js';
import { refuseInvalid, validateChanged } from './validate-object.js';

/** PUT, of the object or of a subresource that is a part of it. Throws StatusError. */
export function replaceObject(
  state: ServerState,
  target: Target,
  replace: { readonly sent: SentBody; readonly request: WriteRequest },
): { readonly object: ApiObject; readonly created: boolean } {
  const { kind, namespace, name } = target;
  const { request } = replace;
  const decoded = decodeObject(replace.sent, kind);
  treatFaults(decoded.faults, {
    fieldValidation: request.fieldValidation,
    warn: request.warn,
    refuse: (why) => cannotHandleError(kind, kind, why),
  });
  checkAddress(decoded.object, target);
  const current = find(state, target);
  if (current === undefined) {
    if (!kind.createOnUpdate || target.subresource !== '') throw notFoundError(kind, name);
    return { object: createInstead(state, target, { decoded, request }), created: true };
  }
  const uid = decoded.object.metadata['uid'];
  if (typeof uid === 'string' && uid !== current.metadata.uid) {
    const place = `/registry/${kind.plural}/${objectKey(namespace, name)}`;
    const found = `UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    const why = `StorageError: invalid object, Code: 4, Key: ${place}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${found}`;
    throw conflictError(kind, name, why);
  }
  return { object: changeObject(state, target, { current, object: decoded.object, request }), created: false };
}

function createInstead(
  state: ServerState,
  target: Target,
  create: { readonly decoded: DecodedObject; readonly request: WriteRequest },
): ApiObject {
  const { resourceVersion } = create.decoded.object.metadata;
  if (typeof resourceVersion === 'string') throw notFoundError(target.kind, target.name);
  return createDecoded(state, target, create);
}

/** The object in a body must be the one that the path names. */
export function checkAddress(object: ApiObject, target: Target): void {
  const sent: Partial<ApiMeta> = object.metadata;
  const { name = '', namespace } = sent;
  if (name === '')
    throw badRequestError(
      `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
    );
  if (name !== target.name)
    throw badRequestError(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  if (namespace !== undefined && namespace !== target.namespace)
    throw badRequestError('the namespace of the provided object does not match the namespace sent on the request');
}

/**
 * Stores `object` in place of `current`: admission, versions, metadata, validation; a change that changes nothing writes
 * nothing; one that lets a deleted object go removes it. Answers the object as it is then.
 */
export function changeObject(
  state: ServerState,
  target: Target,
  change: { readonly current: ApiObject; readonly object: ApiObject; readonly request: WriteRequest },
): ApiObject {
  const { kind, subresource } = target;
  const { current, request } = change;
  const context = admissionContext(state, target, { operation: 'UPDATE', request });
  const sentVersion = versionOf(change.object);
  const mutated = subresource === 'status' ? change.object : state.admission.mutate(change.object, current, context);
  checkVersion(kind, current, sentVersion);
  const own = prepareForUpdate(kind, mutated, { old: current, subresource });
  const settled = withMeta(own, settleMeta(own.metadata, current.metadata));
  const object = withGeneration(kind, toStorageVersion(settled, kind), current);
  refuseInvalid(object, validateChanged(state, kind, { object, old: current }));
  state.admission.validate(object, current, context);
  if (jsonEqual(object, current)) return current;
  const resource = storageKey(kind);
  const key = objectKey(target.namespace, target.name);
  if (isReleased(object)) {
    // The emptied list of finalizers is never stored: the last form that watchers see still has them.
    if (!request.dryRun) removeObject(state, kind, key);
    return object;
  }
  return request.dryRun ? object : state.store.put(resource, key, object);
}

/** What the client calls the version that it has seen; '' where it does not say. */
function versionOf(object: ApiObject): string {
  const version = object.metadata['resourceVersion'];
  return typeof version === 'string' && version !== '0' ? version : '';
}

function checkVersion(kind: KindInfo, current: ApiObject, sent: string): void {
  const { name, resourceVersion } = current.metadata;
  if (sent === '') {
    if (!kind.custom) return;
    const error = invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalidError({ group: kind.group, kind: kind.plural }, name, [error]);
  }
  if (!/^\d+$/.test(sent)) throw plainServerError(`strconv.ParseUint: parsing "${sent}": invalid syntax`);
  if (sent !== resourceVersion) throw modifiedError(kind, name);
}

/** What a client may leave out, or may not change (rest.BeforeUpdate, ValidateObjectMetaAccessorUpdate). */
function settleMeta(sent: Partial<ApiMeta>, old: ApiMeta): ApiMeta {
  const kept = {
    uid: sent.uid ?? old.uid,
    creationTimestamp: old.creationTimestamp,
    resourceVersion: old.resourceVersion,
    ...(old.namespace === undefined ? {} : { namespace: sent.namespace ?? old.namespace }),
    ...(old.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.deletionTimestamp }),
    ...(old.deletionGracePeriodSeconds === undefined
      ? {}
      : { deletionGracePeriodSeconds: sent.deletionGracePeriodSeconds ?? old.deletionGracePeriodSeconds }),
  };
  return asApiMeta(withMember({ ...inOrderOf(old, sent), ...kept }, 'generation', old.generation));
}

/** The members of `sent`, those first that `old` has, so that answers keep the order in which they were stored. */
function inOrderOf(old: ApiMeta, sent: Partial<ApiMeta>): JsonObject {
  const first = Object.keys(old).filter((key) => sent[key] !== undefined);
  return Object.fromEntries([...first, ...Object.keys(sent)].map((key) => [key, sent[key]]));
}

function withGeneration(kind: KindInfo, object: ApiObject, old: ApiObject): ApiObject {
  if (kind.generation === 'none') return object;
  const same =
    kind.generation === 'spec'
      ? jsonEqual(object['spec'], old['spec'])
      : jsonEqual(contentOf(kind, object), contentOf(kind, old));
  if (same) return object;
  return withMeta(object, { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 });
}

function contentOf(kind: KindInfo, object: ApiObject) {
  const content = without(object, 'metadata');
  return kind.hasStatus ? without(content, 'status') : content;
}

/** Being deleted, and held by nothing any more (registry ShouldDeleteDuringUpdate, namespaces: spec.finalizers too). */
function isReleased(object: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || deletionGracePeriodSeconds !== 0) return false;
  if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') return true;
  const spec = object['spec'];
  const held = typeof spec === 'object' && spec !== null && 'finalizers' in spec ? spec['finalizers'] : undefined;
  return !Array.isArray(held) || held.length === 0;
}
