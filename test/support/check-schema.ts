import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Json, type JsonObject, isJsonObject } from '../../src/api/json.js';

/** The schema of `status` in a CRD file, for checkSchema. */
export function statusSchema(file: string): JsonObject {
  let at: unknown = parse(readFileSync(file, 'utf8'), { merge: true });
  for (const name of ['spec', 'versions', '0', 'schema', 'openAPIV3Schema', 'properties', 'status']) {
    at = Array.isArray(at) ? at[Number(name)] : objectOf(at, name)[name];
  }
  return objectOf(at, file);
}

/**
 * What the API server would say against a value: the part of OpenAPI that our CRDs use, written for tests and apart
 * from the embedded server's, so that the one can be held against the other. Unknown fields are faults, not pruned.
 */
export function checkSchema(schema: JsonObject, value: unknown, path = ''): readonly string[] {
  const faults = [...checkType(schema, value, path), ...checkBounds(schema, value, path)];
  if (Array.isArray(value)) {
    const items = objectOf(schema['items'], `${path} items`);
    return [...faults, ...value.flatMap((item, index) => checkSchema(items, item, `${path}[${index}]`))];
  }
  return isJsonObject(value) ? [...faults, ...checkMembers(schema, value, path)] : faults;
}

function checkMembers(schema: JsonObject, value: JsonObject, path: string): readonly string[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const additional = schema['additionalProperties'];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required.filter((name) => typeof name === 'string' && value[name] === undefined);
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return [
    ...missing.map((name) => `${path}.${String(name)}: required`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const known = properties[name] ?? additional;
      if (isJsonObject(known)) return checkSchema(known, member, `${path}.${name}`);
      return open ? [] : [`${path}.${name}: unknown field`];
    }),
  ];
}

function checkType(schema: JsonObject, value: unknown, path: string): readonly string[] {
  const type = schema['type'];
  if (type === undefined || typeOf(value) === type || (type === 'number' && typeOf(value) === 'integer')) return [];
  return [`${path}: is ${typeOf(value)}, not ${JSON.stringify(type)}`];
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkBounds(schema: JsonObject, value: unknown, path: string): readonly string[] {
  const faults: string[] = [];
  const fail = (bound: string): void => void faults.push(`${path}: ${bound} ${JSON.stringify(schema[bound])}`);
  const bound = (name: string): number | null => numberOf(schema[name]);
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(jsonOf(value))) fail('enum');
  if (typeof value === 'string') {
    const length = Array.from(value).length;
    if (length > (bound('maxLength') ?? Infinity)) fail('maxLength');
    if (length < (bound('minLength') ?? 0)) fail('minLength');
    if (schema['format'] === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) fail('format');
    if (/\p{Surrogate}/u.test(value)) faults.push(`${path}: a lone surrogate`);
  }
  if (typeof value === 'number') {
    if (value > (bound('maximum') ?? Infinity)) fail('maximum');
    if (value < (bound('minimum') ?? -Infinity)) fail('minimum');
  }
  if (Array.isArray(value) && value.length > (bound('maxItems') ?? Infinity)) fail('maxItems');
  if (isJsonObject(value) && Object.keys(value).length > (bound('maxProperties') ?? Infinity)) fail('maxProperties');
  return faults;
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function jsonOf(value: unknown): Json {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function objectOf(value: unknown, what: string): JsonObject {
  if (!isJsonObject(value)) throw new Error(`${what} is not an object`);
  return value;
}
