import type { Json, JsonObject } from '../../api/json.js';
import { isJsonArray, isJsonObject } from '../../api/json.js';
import type { ApiMeta, ApiObject } from '../api-object.js';

/** Equal as JSON: the order of members does not count, and an absent member equals one that is undefined. */
export function jsonEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item: Json, i) => jsonEqual(item, b[i]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  for (const key of Object.keys(a)) if (!jsonEqual(a[key], b[key])) return false;
  for (const key of Object.keys(b)) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/** A copy as JSON would make it (no undefined members, nothing shared with the caller); null for what is no JSON. */
export function copyJson(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(copyJson);
  if (typeof value !== 'object' || value === null) return null;
  const copy: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) setMember(copy, key, copyJson(member));
  }
  return copy;
}

/** Sets a member even if it is called `__proto__`, which would otherwise change the prototype. */
export function setMember(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}

export function without(object: JsonObject, key: string): JsonObject {
  if (object[key] === undefined) return object;
  const { [key]: _removed, ...rest } = object;
  return rest;
}

/** The object with `key` set, or removed where `value` is undefined. */
export function withMember(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  return value === undefined ? without(object, key) : { ...object, [key]: value };
}

export function withMeta(object: ApiObject, metadata: ApiMeta): ApiObject {
  return { ...object, metadata };
}

/** The edge where JSON that was checked (kind, apiVersion and metadata are in order) becomes an object of the store. */
export function asApiObject(value: JsonObject): ApiObject {
  return value as ApiObject;
}

export function asApiMeta(value: JsonObject): ApiMeta {
  return value as ApiMeta;
}
