import { isJsonArray, isJsonObject, type Json } from '../../api/json.js';
import { duplicate, invalid, type FieldError } from '../field-error.js';
import { listMapKey } from './correlate.js';
import { childPath, propertyNode, type SchemaNode } from './schema-node.js';

/** Lists of type set and map have no entry twice (apiextensions-apiserver pkg/apiserver/schema/listtype). */
export function listTypeErrors(value: Json, node: SchemaNode, path: string): readonly FieldError[] {
  if (isJsonArray(value)) return listErrors(value, node, path);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const property = propertyNode(node, key);
    return property === undefined || child === undefined ? [] : listTypeErrors(child, property, childPath(path, key));
  });
}

function listErrors(values: readonly Json[], node: SchemaNode, path: string): readonly FieldError[] {
  const items = node.items;
  const inner =
    items === undefined ? [] : values.flatMap((value, index) => listTypeErrors(value, items, `${path}[${index}]`));
  return [...duplicates(values, node, path), ...inner];
}

function duplicates(values: readonly Json[], node: SchemaNode, path: string): readonly FieldError[] {
  if (node.listType === 'atomic') return [];
  const seen = new Map<string, number>();
  const errors: FieldError[] = [];
  values.forEach((value, index) => {
    if (node.listType === 'map' && !isJsonObject(value)) {
      errors.push(invalid(`${path}[${index}]`, value, 'must be an object for an array of list-type map'));
      return;
    }
    const identity = node.listType === 'map' && isJsonObject(value) ? listMapKey(value, node) : value;
    const text = canonicalText(identity);
    const times = seen.get(text) ?? 0;
    seen.set(text, times + 1);
    // Each value is told of once, at its second place.
    if (times === 1) errors.push(duplicate(`${path}[${index}]`, identity));
  });
  return errors;
}

function canonicalText(value: Json): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
