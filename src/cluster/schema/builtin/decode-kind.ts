import { formatInstant, formatSeconds, parseInstant } from '../../../api/instant.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';
import { canonicalQuantity, quantityFault } from '../../quantity.js';
import type { Pruned } from '../../schema-port.js';
import { StatusError } from '../../status-error.js';
import { childPath } from '../schema-node.js';
import { structFields } from './kind-shapes.js';

/** What the server reads by itself. */
const rootKeys: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
/** Strings behind a pointer in Go: the empty one is a value. */
const meaningfulWhenEmpty: ReadonlySet<string> = new Set(['holderIdentity', 'storageClassName', 'preferredHolder']);

interface Place {
  /** With indices: for unknown fields. */
  readonly path: string;
  /** Without: for wrong types, as Go's decoder says it. */
  readonly goPath: string;
  readonly struct: string;
  readonly unknown: string[];
}

class DecodeFault extends Error {}

/**
 * Reads an object of a built-in kind as Go would read it into its structs: unknown fields go, quantities and times get
 * their canonical form, nulls and what is empty is absent. Throws 400 where a value has not the type of its field.
 */
export function decodeKind(value: JsonObject, kind: string, version: string): Pruned {
  const unknown: string[] = [];
  try {
    const decoded = decodeStruct(value, kind, { path: '', goPath: '', struct: kind, unknown });
    return { value: decoded, unknown };
  } catch (error) {
    if (!(error instanceof DecodeFault)) throw error;
    const message = `${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`;
    throw new StatusError({ code: 400, reason: 'BadRequest', message });
  }
}

function decodeStruct(value: JsonObject, struct: string, at: Place): JsonObject {
  const fields = structFields(struct);
  let result: Record<string, Json | undefined> | undefined;
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined || (at.path === '' && rootKeys.has(key))) continue;
    const type = fields?.get(key);
    const path = childPath(at.path, key);
    if (type === undefined) at.unknown.push(path);
    const next = type === undefined ? undefined : decodeField(child, type, { key, at, struct });
    if (next === child) continue;
    result ??= { ...value };
    if (next === undefined) Reflect.deleteProperty(result, key);
    else result[key] = next;
  }
  return result ?? value;
}

interface Field {
  readonly key: string;
  readonly at: Place;
  readonly struct: string;
}

function decodeField(value: Json, type: string, { key, at, struct }: Field): Json | undefined {
  if (value === null) return undefined;
  const place = { path: childPath(at.path, key), goPath: childPath(at.goPath, key), struct, unknown: at.unknown };
  const decoded = decode(value, type, place);
  return isAbsent(decoded, type, key) ? undefined : decoded;
}

function isAbsent(value: Json, type: string, key: string): boolean {
  if (type === 'any') return false;
  if (value === '') return !meaningfulWhenEmpty.has(key);
  if (isJsonArray(value)) return value.length === 0;
  return type.endsWith('{}') && isJsonObject(value) && Object.keys(value).length === 0;
}

function decode(value: Json, type: string, at: Place): Json {
  if (type.endsWith('[]')) return decodeList(value, type.slice(0, -2), at);
  if (type.endsWith('{}')) return decodeMap(value, type.slice(0, -2), at);
  if (structFields(type) !== undefined) {
    return isJsonObject(value) ? decodeStruct(value, type, at) : mistyped(value, type, at);
  }
  return decodeScalar(value, type, at);
}

function decodeList(value: Json, type: string, at: Place): Json {
  if (!isJsonArray(value)) return mistyped(value, `${type}[]`, at);
  const result = value.map((entry, index) => {
    const place = { ...at, path: `${at.path}[${index}]` };
    if (entry === null && type === 'any') return entry;
    if (entry === null) return structFields(type) === undefined ? '' : {};
    return decode(entry, type, place);
  });
  return result.some((entry, index) => entry !== value[index]) ? result : value;
}

function decodeMap(value: Json, type: string, at: Place): Json {
  if (!isJsonObject(value)) return mistyped(value, `${type}{}`, at);
  let result: Record<string, Json | undefined> | undefined;
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) continue;
    const next = child === null ? '' : decode(child, type, { ...at, path: childPath(at.path, key) });
    if (next !== child) (result ??= { ...value })[key] = next;
  }
  return result ?? value;
}

function decodeScalar(value: Json, type: string, at: Place): Json {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : mistyped(value, type, at);
    case 'bool':
      return typeof value === 'boolean' ? value : mistyped(value, type, at);
    case 'int32':
    case 'int64':
      return typeof value === 'number' && Number.isInteger(value) ? value : mistyped(value, type, at);
    case 'float64':
      return typeof value === 'number' ? value : mistyped(value, type, at);
    case 'bytes':
      return typeof value === 'string' ? base64(value) : mistyped(value, type, at);
    case 'quantity':
      return quantity(value);
    case 'intOrString':
      return typeof value === 'string' || typeof value === 'number' ? value : mistyped(value, type, at);
    case 'time':
    case 'microTime':
      return typeof value === 'string' ? time(value, type) : mistyped(value, type, at);
    default:
      return value;
  }
}

function base64(text: string): string {
  const bad = /^[A-Za-z0-9+/]*={0,2}$/.exec(text) === null ? text.search(/[^A-Za-z0-9+/]/) : -1;
  if (bad >= 0) throw new DecodeFault(`illegal base64 data at input byte ${bad}`);
  if (text.length % 4 !== 0)
    throw new DecodeFault(`illegal base64 data at input byte ${text.length - (text.length % 4)}`);
  return text;
}

function quantity(value: Json): string {
  const text = typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
  const fault = quantityFault(text);
  if (fault !== null) throw new DecodeFault(fault);
  return canonicalQuantity(text) ?? '0';
}

function time(text: string, type: 'time' | 'microTime'): string {
  const layout = type === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  const [, fraction = '', zone = ''] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const instant = parseInstant(text);
  if (instant === null || zone === '') {
    throw new DecodeFault(
      `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(text)} as "2006"`,
    );
  }
  if (type === 'time') return formatSeconds(instant);
  if (fraction.length !== 7) {
    const rest = `${fraction}${zone}`;
    throw new DecodeFault(`parsing time ${JSON.stringify(text)} as "${layout}": cannot parse "${rest}" as ".000000"`);
  }
  return zone === 'Z' ? text : `${formatInstant(instant).slice(0, -1)}000Z`;
}

/** Go's json.UnmarshalTypeError. */
function mistyped(value: Json, type: string, at: Place): never {
  const shown = typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : goKind(value);
  const field = `${at.struct}.${at.goPath}`;
  throw new DecodeFault(`json: cannot unmarshal ${shown} into Go struct field ${field} of type ${goType(type)}`);
}

function goKind(value: Json): string {
  if (isJsonArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goType(type: string): string {
  if (type.endsWith('[]')) return `[]${goType(type.slice(0, -2))}`;
  if (type.endsWith('{}')) return `map[string]${goType(type.slice(0, -2))}`;
  if (type === 'bytes') return '[]uint8';
  return structFields(type) === undefined ? type : `v1.${type}`;
}
