import { celEnv, isCelError, parse, plan, type CelInput, type CelResult } from '@bufbuild/cel';
import { canonicalJson } from '../../../api/canonical-json.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';
import { listMapKey } from '../correlate.js';
import { jsonEqual } from '../json-equal.js';
import { propertyNode, type SchemaNode } from '../schema-node.js';
import { celPropertyName } from './property-names.js';

const environment = celEnv();
/** The library exports no constructors of timestamps and durations: CEL itself makes them. */
const conversions: Readonly<Record<string, (bindings: { readonly text: string }) => CelResult>> = {
  'date-time': plan(environment, parse('timestamp(text)')),
  date: plan(environment, parse("timestamp(text + 'T00:00:00Z')")),
  duration: plan(environment, parse('duration(text)')),
  byte: plan(environment, parse('bytes(text)')),
};

/**
 * A JSON value as a rule sees it (k8s.io/apiserver/pkg/cel/common/values.go): integers are `int`, numbers `double`,
 * strings by their format; of an object only what the schema names, under escaped names.
 */
export function celValue(value: Json, node: SchemaNode): CelInput {
  if (value === null) return null;
  if (isJsonArray(value)) {
    const items = node.items;
    return items === undefined ? [] : value.map((entry) => celValue(entry, items));
  }
  if (isJsonObject(value))
    return node.properties.size > 0 || node.embedded ? celObject(value, node) : celMapOf(value, node);
  if (typeof value === 'number') return celNumber(value, node);
  return typeof value === 'string' ? celText(value, node) : value;
}

function celNumber(value: number, node: SchemaNode): CelInput {
  if (node.type === 'number' || !Number.isSafeInteger(value)) return value;
  return BigInt(value);
}

function celText(value: string, node: SchemaNode): CelInput {
  const convert = node.limits.format === undefined ? undefined : conversions[node.limits.format];
  if (convert === undefined) return value;
  const converted = convert({ text: value });
  return isCelError(converted) ? value : converted;
}

/**
 * The entry of what rules cannot name. No field has such a name, and objects can neither be counted nor walked through:
 * it only makes two objects differ that differ in nothing else.
 */
const UNSEEN = '\u0000';

function celObject(value: JsonObject, node: SchemaNode): CelInput {
  const fields = new Map<string, CelInput>();
  const unseen: Record<string, Json> = {};
  for (const [key, child] of Object.entries(value)) {
    const property = propertyNode(node, key);
    const name = celPropertyName(key);
    if (child === undefined) continue;
    if (name !== undefined && property !== undefined) fields.set(name, celValue(child, property));
    else if (name !== undefined && node.embedded && typeof child === 'string') fields.set(name, child);
    else unseen[key] = child;
  }
  return withUnseen(fields, unseen);
}

/**
 * Fields that the schema does not know (preserved ones) count in `self == oldSelf` (unstructuredMap.Equal in the real
 * server), though no rule can look at them.
 */
function withUnseen(fields: Map<string, CelInput>, unseen: JsonObject): CelInput {
  if (Object.keys(unseen).length > 0) fields.set(UNSEEN, canonicalJson(unseen));
  return fields;
}

function celMapOf(value: JsonObject, node: SchemaNode): CelInput {
  const entries = new Map<string, CelInput>();
  const values = node.additional;
  if (values === undefined || values === true) return withUnseen(entries, value);
  for (const [key, child] of Object.entries(value)) {
    if (child !== undefined) entries.set(key, celValue(child, values));
  }
  return entries;
}

/**
 * The old value, its sets and keyed lists put into the order of the new one: there order means nothing, and `self ==
 * oldSelf` has to say so.
 */
export function inOrderOf(old: Json, value: Json, node: SchemaNode): Json {
  if (isJsonArray(old) && isJsonArray(value)) return listInOrderOf(old, value, node);
  if (!isJsonObject(old) || !isJsonObject(value)) return old;
  let ordered: Record<string, Json | undefined> | undefined;
  for (const [key, child] of Object.entries(old)) {
    const property = propertyNode(node, key);
    const next = value[key];
    if (property === undefined || child === undefined || next === undefined) continue;
    const moved = inOrderOf(child, next, property);
    if (moved !== child) (ordered ??= { ...old })[key] = moved;
  }
  return ordered ?? old;
}

function listInOrderOf(old: readonly Json[], values: readonly Json[], node: SchemaNode): Json {
  const items = node.items;
  if (node.listType === 'atomic' || items === undefined) return old;
  const identity = (entry: Json): Json =>
    node.listType === 'map' && isJsonObject(entry) ? listMapKey(entry, node) : entry;
  const rest = [...old];
  const ordered: Json[] = [];
  for (const value of values) {
    const index = rest.findIndex((entry) => jsonEqual(identity(entry), identity(value)));
    const [found] = index < 0 ? [] : rest.splice(index, 1);
    if (found !== undefined) ordered.push(inOrderOf(found, value, items));
  }
  return [...ordered, ...rest];
}
