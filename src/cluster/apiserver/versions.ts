import type { ApiObject } from '../api-object.js';
import type { SchemaHandler } from '../schema-port.js';
import { asApiObject } from './json-values.js';
import type { KindInfo } from './kinds.js';
import { apiVersionOf } from './kinds.js';

/**
 * The object as a version of its kind shows it. With conversion strategy None only apiVersion differs; what was written
 * before the schema last changed is pruned and defaulted anew, as the real server does whenever it reads.
 */
export function toVersion(object: ApiObject, kind: KindInfo): ApiObject {
  const current = Number(object.metadata.resourceVersion) >= kind.since ? object : refreshed(object, kind.schema);
  return inVersion(current, apiVersionOf(kind));
}

/** The object as it is stored. */
export function toStorageVersion(object: ApiObject, kind: KindInfo): ApiObject {
  return inVersion(object, apiVersionOf({ group: kind.group, version: kind.storageVersion }));
}

function inVersion(object: ApiObject, apiVersion: string): ApiObject {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** By schema and stored object, so that each is made once. */
const refreshedObjects = new WeakMap<SchemaHandler, WeakMap<ApiObject, ApiObject>>();

function refreshed(object: ApiObject, schema: SchemaHandler): ApiObject {
  let known = refreshedObjects.get(schema);
  if (known === undefined) refreshedObjects.set(schema, (known = new WeakMap()));
  let fresh = known.get(object);
  if (fresh === undefined) {
    fresh = asApiObject(schema.applyDefaults(schema.prune(object).value));
    known.set(object, fresh);
  }
  return fresh;
}
