import type { ApiObject } from '../api-object.js';
import type { KindInfo } from './kinds.js';
import { apiVersionOf } from './kinds.js';

/** The object in a version of its kind: with conversion strategy None only apiVersion differs. */
export function toVersion(object: ApiObject, kind: KindInfo): ApiObject {
  const apiVersion = apiVersionOf(kind);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The object as it is stored. */
export function toStorageVersion(object: ApiObject, kind: KindInfo): ApiObject {
  return toVersion(object, { ...kind, version: kind.storageVersion });
}
