import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { jsonEqual } from './json-equal.js';
import type { SchemaNode } from './schema-node.js';

/**
 * The old value that an entry of a list goes with: by its keys in a list of type map; none in any other list.
 * (apiextensions-apiserver pkg/apiserver/schema/cel/common.CorrelatedObject)
 */
export function correlatedItem(item: Json, oldList: Json | undefined, list: SchemaNode): Json | undefined {
  if (list.listType !== 'map' || !isJsonArray(oldList) || !isJsonObject(item)) return undefined;
  const key = listMapKey(item, list);
  return oldList.find((old) => isJsonObject(old) && jsonEqual(listMapKey(old, list), key));
}

/** The keys of an entry of a list of type map, with the defaults of those that are absent. */
export function listMapKey(item: JsonObject, list: SchemaNode): JsonObject {
  const key: Record<string, Json> = {};
  for (const name of list.listKeys) {
    const value = item[name] ?? list.items?.properties.get(name)?.default;
    if (value !== undefined) key[name] = value;
  }
  return key;
}

/** The old value of a property, where there is one. */
export function correlatedProperty(key: string, old: Json | undefined): Json | undefined {
  return isJsonObject(old) ? old[key] : undefined;
}
