import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import type { Pruned } from '../schema-port.js';
import { metaFields } from './object-meta.js';
import { childPath, propertyNode, type SchemaNode } from './schema-node.js';

/** What every object says of itself; no schema needs to name it. */
const rootKeys: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

interface Pruning {
  readonly path: string;
  /** apiVersion, kind and metadata are known here. */
  readonly isObjectRoot: boolean;
  readonly unknown: string[];
}

/**
 * Removes what the schema does not specify. Paths are sorted, as in the real server's strict decoding error.
 * (apiextensions-apiserver pkg/apiserver/schema/pruning)
 */
export function pruneObject(value: JsonObject, node: SchemaNode): Pruned {
  const unknown: string[] = [];
  const pruned = pruneMap(value, node, { path: '', isObjectRoot: true, unknown });
  return { value: pruned, unknown: unknown.sort() };
}

function prune(value: Json, node: SchemaNode, at: Pruning): Json {
  if (isJsonArray(value)) return pruneList(value, node, at);
  return isJsonObject(value) ? pruneMap(value, node, at) : value;
}

function pruneList(values: readonly Json[], node: SchemaNode, at: Pruning): Json {
  const items = node.items;
  if (items === undefined) {
    return node.preserveUnknown ? values : emptied(values, at);
  }
  const kept = values.map((value, index) => {
    const path = `${at.path}[${index}]`;
    const pruned = prune(value, items, { path, isObjectRoot: items.embedded, unknown: at.unknown });
    return pruned;
  });
  return kept.some((value, index) => value !== values[index]) ? kept : values;
}

function pruneMap(value: JsonObject, node: SchemaNode, at: Pruning): JsonObject {
  let kept: Record<string, Json | undefined> | undefined;
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) continue;
    const path = childPath(at.path, key);
    const pruned = pruneProperty(key, child, { node, at: { ...at, path } });
    if (pruned === child) continue;
    kept ??= { ...value };
    if (pruned === undefined) Reflect.deleteProperty(kept, key);
    else kept[key] = pruned;
  }
  return kept ?? value;
}

interface Parent {
  readonly node: SchemaNode;
  readonly at: Pruning;
}

function pruneProperty(key: string, child: Json, { node, at }: Parent): Json | undefined {
  if (at.isObjectRoot && rootKeys.has(key)) {
    // The root's own metadata is the server's business, an embedded resource's is checked here.
    return at.path === key || key !== 'metadata' ? child : pruneMetadata(child, at);
  }
  const property = propertyNode(node, key);
  if (property !== undefined) return prune(child, property, { ...at, isObjectRoot: property.embedded });
  if (node.additional === true || node.preserveUnknown) return child;
  at.unknown.push(at.path);
  return undefined;
}

function pruneMetadata(metadata: Json, at: Pruning): Json {
  if (!isJsonObject(metadata)) return metadata;
  const unknown = Object.keys(metadata).filter((key) => !metaFields.has(key));
  if (unknown.length === 0) return metadata;
  at.unknown.push(...unknown.map((key) => childPath(at.path, key)));
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => metaFields.has(key)));
}

/** Below something without a schema nothing is known. */
function emptied(value: Json, at: Pruning): Json {
  if (isJsonArray(value)) {
    const entries = value.map((entry, index) => emptied(entry, { ...at, path: `${at.path}[${index}]` }));
    return entries.some((entry, index) => entry !== value[index]) ? entries : value;
  }
  if (!isJsonObject(value) || Object.keys(value).length === 0) return value;
  at.unknown.push(...Object.keys(value).map((key) => childPath(at.path, key)));
  return {};
}
