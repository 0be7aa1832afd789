import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { propertyNode, type SchemaNode } from './schema-node.js';

/**
 * Fills in defaults and drops nulls where the schema does not allow them: a null where there is a default becomes the
 * default, any other is removed. Entries of lists stay (a null there is a fault for validation to tell).
 * (apiextensions-apiserver pkg/apiserver/schema/defaulting: Default, PruneNonNullableNullsWithoutDefaults)
 */
export function defaultObject(value: JsonObject, node: SchemaNode): JsonObject {
  return defaultMap(value, node);
}

function defaulted(value: Json, node: SchemaNode): Json {
  if (isJsonArray(value)) return defaultList(value, node);
  return isJsonObject(value) ? defaultMap(value, node) : value;
}

function isMisplacedNull(value: Json | undefined, node: SchemaNode): boolean {
  return value === null && !node.nullable;
}

function defaultMap(value: JsonObject, node: SchemaNode): JsonObject {
  let result: Record<string, Json | undefined> | undefined;
  const set = (key: string, child: Json | undefined): void => {
    result ??= { ...value };
    if (child === undefined) Reflect.deleteProperty(result, key);
    else result[key] = child;
  };
  for (const [key, child] of Object.entries(value)) {
    const property = propertyNode(node, key);
    if (property === undefined || child === undefined) continue;
    const replaced = isMisplacedNull(child, property) ? property.default : child;
    const next = replaced === undefined ? undefined : defaulted(replaced, property);
    if (next !== child) set(key, next);
  }
  for (const [key, property] of node.properties) {
    if (property.default === undefined || value[key] !== undefined) continue;
    set(key, defaulted(property.default, property));
  }
  return result ?? value;
}

function defaultList(values: readonly Json[], node: SchemaNode): Json {
  const items = node.items;
  if (items === undefined) return values;
  const result = values.map((value) => {
    const replaced = isMisplacedNull(value, items) ? (items.default ?? value) : value;
    const next = defaulted(replaced, items);
    return next;
  });
  return result.some((value, index) => value !== values[index]) ? result : values;
}
