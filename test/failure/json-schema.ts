import { isJsonObject, type Json, type JsonObject } from '../../src/api/json.js';

/** A JSON Schema in the few words that our own schemas use; another word is an error, so that none goes unchecked. */
const WORDS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$defs',
  '$ref',
  'title',
  'description',
  'type',
  'const',
  'enum',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'maxItems',
  'maxLength',
]);

/** What is wrong with a value by a schema, each with its place; empty where all is well. */
export function schemaFaults(schema: JsonObject, value: Json): string[] {
  return faultsAt(schema, value, { root: schema, at: '$' });
}

interface Place {
  readonly root: JsonObject;
  readonly at: string;
}

function faultsAt(schema: JsonObject, value: Json, { root, at }: Place): string[] {
  const unknown = Object.keys(schema).filter((word) => !WORDS.has(word));
  if (unknown.length > 0) throw new Error(`the schema uses ${unknown.join(', ')} at ${at}`);
  const ref = schema['$ref'];
  if (typeof ref === 'string') return faultsAt(resolve(root, ref), value, { root, at });
  const { enum: choices, const: only, maxLength, maxItems, items, type } = schema;
  const types = (Array.isArray(type) ? type : type === undefined ? [] : [type]) as readonly Json[];
  if (types.length > 0 && !types.includes(typeOf(value))) return [`${at} is of type ${typeOf(value)}`];
  const faults: string[] = [];
  if (Array.isArray(choices) && !choices.includes(value)) faults.push(`${at} is ${JSON.stringify(value)}`);
  if (only !== undefined && only !== value) faults.push(`${at} is ${JSON.stringify(value)}`);
  if (typeof value === 'string' && typeof maxLength === 'number' && value.length > maxLength)
    faults.push(`${at} is longer than ${maxLength}`);
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    if (typeof maxItems === 'number' && list.length > maxItems) faults.push(`${at} has more than ${maxItems} items`);
    if (isJsonObject(items))
      faults.push(...list.flatMap((item, index) => faultsAt(items, item, { root, at: `${at}[${index}]` })));
  }
  if (isJsonObject(value)) faults.push(...fieldFaults(schema, value, { root, at }));
  return faults;
}

function fieldFaults(schema: JsonObject, value: JsonObject, { root, at }: Place): string[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = (Array.isArray(schema['required']) ? schema['required'] : []) as readonly string[];
  const missing = required.flatMap((key) => (key in value ? [] : [`${at}.${key} is missing`]));
  const fields = Object.entries(value).flatMap(([key, item]) => {
    const known = properties[key];
    if (isJsonObject(known)) return faultsAt(known, item ?? null, { root, at: `${at}.${key}` });
    return schema['additionalProperties'] === false ? [`${at}.${key} is not in the schema`] : [];
  });
  return [...missing, ...fields];
}

function resolve(root: JsonObject, ref: string): JsonObject {
  let found: Json | undefined = root;
  for (const key of ref.replace(/^#\//, '').split('/')) found = isJsonObject(found) ? found[key] : undefined;
  if (!isJsonObject(found)) throw new Error(`${ref} leads nowhere`);
  return found;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}
