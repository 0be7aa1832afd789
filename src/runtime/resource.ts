import { isJsonObject, type JsonObject } from '../api/json.js';
import type { KubeObject, ObjectMeta } from '../api/kube.js';

/** Names an object of a known resource. */
export interface ObjectRef {
  /** Absent for cluster-scoped resources. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Metadata of an object that an API server has stored. resourceVersion is opaque: compare it for equality only. */
export type StoredMeta = ObjectMeta & { readonly name: string; readonly uid: string; readonly resourceVersion: string };

/** An object as an API server returned it: it has a name, a UID and a resourceVersion. Shared, never change one. */
export type Stored<T extends KubeObject> = T & { readonly metadata: StoredMeta };

/** How a kind is addressed, and how its objects are read from JSON. */
export interface Resource<T extends KubeObject> {
  /** `v1`, or `group/version`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Reads one object; throws a MalformedObjectError where it cannot be one of this kind. */
  readonly parse: (json: JsonObject) => Stored<T>;
}

/** The server answered something that is not an object of the kind that was asked for. */
export class MalformedObjectError extends Error {
  override readonly name = 'MalformedObjectError';

  constructor(kind: string, fault: string) {
    super(`the API server answered something that is no ${kind}: ${fault}; is the right server behind this address?`);
  }
}

/**
 * Describes a resource. Its parser checks what everybody relies on (kind, name, UID, resourceVersion) and fills in
 * apiVersion and kind, which the items of a list lack; for the rest it takes the server's word, which has validated the
 * object against the schema that T comes from.
 */
export function defineResource<T extends KubeObject>(names: Omit<Resource<T>, 'parse'>): Resource<T> {
  return { ...names, parse: (json) => parseStored<T>(names, json) };
}

function parseStored<T extends KubeObject>(names: Omit<Resource<T>, 'parse'>, json: JsonObject): Stored<T> {
  const { kind = names.kind, apiVersion = names.apiVersion, metadata } = json;
  const complete: unknown = json['kind'] === undefined ? { apiVersion, kind, ...json } : json;
  if (kind !== names.kind) throw new MalformedObjectError(names.kind, `its kind is ${JSON.stringify(kind)}`);
  if (!isJsonObject(metadata)) throw new MalformedObjectError(names.kind, 'it has no metadata');
  for (const field of ['name', 'uid', 'resourceVersion'] as const) {
    const value = metadata[field];
    if (typeof value !== 'string' || value === '') {
      throw new MalformedObjectError(
        names.kind,
        `metadata.${field} is ${value === undefined ? 'absent' : JSON.stringify(value)}`,
      );
    }
  }
  // The one place where the server's JSON becomes T.
  return complete as Stored<T>;
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key of caches and work queues. */
export function keyOf(object: ObjectRef | KubeObject): string {
  const { namespace, name } = refOf(object);
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The reference that a key stands for. */
export function refOfKey(key: string): ObjectRef {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The reference to an object. Throws where it has no name yet. */
export function refOf(object: ObjectRef | KubeObject): ObjectRef {
  const { namespace, name } = 'name' in object ? object : (object.metadata ?? {});
  if (name === undefined) throw new Error('an object without metadata.name cannot be referred to');
  return namespace === undefined ? { name } : { namespace, name };
}

/** The path of a collection, or of one object (and its subresource) in it. */
export function pathOf(
  resource: Omit<Resource<KubeObject>, 'parse'>,
  where: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: string | undefined },
): string {
  const root = resource.apiVersion.includes('/') ? '/apis' : '/api';
  const parts = [root, resource.apiVersion];
  if (resource.namespaced && where.namespace !== undefined) {
    parts.push('namespaces', encodeURIComponent(where.namespace));
  }
  parts.push(resource.plural);
  if (where.name !== undefined) parts.push(encodeURIComponent(where.name));
  if (where.subresource !== undefined) parts.push(where.subresource);
  return parts.join('/');
}
