import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { at } from '../field-path.js';
import { suggestion } from '../suggestion.js';

/** A fault of a document against a schema. `target`: whether the field's key or its value is at fault. */
export interface SchemaFault {
  readonly path: string;
  readonly message: string;
  readonly target: 'key' | 'value';
}

/**
 * Checks a value against a CRD's structural schema, strictly: a field that the schema does not know is a fault, never
 * pruned. Of the rest, what needs no expressions: types, required fields, enums, patterns and limits. Null members are
 * as good as absent, as they are to the API server.
 */
export function checkSchema(value: Json, schema: JsonObject): readonly SchemaFault[] {
  return faultsOf(value, schema, '');
}

function faultsOf(value: Json, schema: JsonObject, path: string): SchemaFault[] {
  const typed = typeFault(value, schema);
  if (typed !== null) return [fault(path, typed)];
  const own = scalarFaults(value, schema).map((message) => fault(path, message));
  if (isJsonObject(value)) return [...own, ...objectFaults(value, schema, path)];
  if (isJsonArray(value)) {
    const items = objectOr(schema['items']);
    return [...own, ...value.flatMap((item, index) => faultsOf(item, items, at(path, index)))];
  }
  return own;
}

function objectFaults(object: JsonObject, schema: JsonObject, path: string): SchemaFault[] {
  const properties = objectOr(schema['properties']);
  const present = Object.entries(object).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null,
  );
  const missing = words(schema['required'])
    .filter((name) => !present.some(([key]) => key === name))
    .map((name) => fault(at(path, name), 'is required'));
  const members = present.flatMap(([key, member]) => {
    const known = Object.hasOwn(properties, key) ? objectOr(properties[key]) : null;
    if (known !== null) return faultsOf(member, known, at(path, key));
    const additional = schema['additionalProperties'];
    if (isJsonObject(additional)) return faultsOf(member, additional, at(path, key));
    return isOpen(schema) ? [] : [unknownField(at(path, key), key, Object.keys(properties))];
  });
  return [...missing, ...members];
}

function unknownField(path: string, key: string, known: readonly string[]): SchemaFault {
  return { path, message: `unknown field ${JSON.stringify(key.slice(0, 63))}${suggestion(key, known)}`, target: 'key' };
}

/** Whether an object may have members that its schema does not name. */
function isOpen(schema: JsonObject): boolean {
  return (
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['additionalProperties'] === true ||
    !Object.hasOwn(schema, 'type')
  );
}

function typeFault(value: Json, schema: JsonObject): string | null {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return Number.isSafeInteger(value) || typeof value === 'string' ? null : 'must be a whole number or a string';
  }
  switch (schema['type']) {
    case 'object':
      return isJsonObject(value) ? null : 'must be an object';
    case 'array':
      return isJsonArray(value) ? null : 'must be a list';
    case 'string':
      return typeof value === 'string' ? null : `must be a string${quoted(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'integer':
      return Number.isSafeInteger(value) ? null : 'must be a whole number';
    case 'number':
      return typeof value === 'number' ? null : 'must be a number';
    default:
      return null;
  }
}

/** `value: 3` where a string is wanted is the most frequent slip of all. */
function quoted(value: Json): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `; write "${value}" in quotes` : '';
}

function scalarFaults(value: Json, schema: JsonObject): string[] {
  const faults: string[] = [];
  const choices = isJsonArray(schema['enum']) ? schema['enum'] : null;
  if (choices !== null && !choices.includes(value)) {
    const known = choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)));
    faults.push(`must be one of ${known.join(', ')}${typeof value === 'string' ? suggestion(value, known) : ''}`);
  }
  if (typeof value === 'string') faults.push(...stringFaults(value, schema));
  if (typeof value === 'number') faults.push(...rangeFaults(value, schema));
  if (isJsonArray(value)) {
    const { length } = value;
    if (length < numberOr(schema['minItems'], 0)) faults.push(`must hold at least ${numberOr(schema['minItems'], 0)}`);
    if (length > numberOr(schema['maxItems'], Infinity))
      faults.push(`may hold at most ${numberOr(schema['maxItems'], 0)}, and holds ${length}`);
  }
  return faults;
}

function stringFaults(value: string, schema: JsonObject): string[] {
  // The API server counts code points.
  const length = Array.from(value).length;
  const max = numberOr(schema['maxLength'], Infinity);
  if (length > max) return [`is ${length} characters long; ${max} are allowed`];
  if (length < numberOr(schema['minLength'], 0)) return ['must not be empty'];
  const pattern = schema['pattern'];
  if (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value)) return [];
  return [`${JSON.stringify(value.slice(0, 63))} does not match ${pattern}`];
}

function rangeFaults(value: number, schema: JsonObject): string[] {
  const minimum = numberOr(schema['minimum'], -Infinity);
  const maximum = numberOr(schema['maximum'], Infinity);
  if (value < minimum) return [`must be at least ${minimum}, and is ${value}`];
  return value > maximum ? [`must be at most ${maximum}, and is ${value}`] : [];
}

function fault(path: string, message: string): SchemaFault {
  return { path, message, target: 'value' };
}

function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function words(value: Json | undefined): readonly string[] {
  return isJsonArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
