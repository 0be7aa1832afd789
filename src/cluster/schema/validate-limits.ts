import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid, type FieldError } from '../field-error.js';
import { hasFormat } from './formats.js';
import { jsonEqual } from './json-equal.js';
import type { SchemaNode, ValueLimits } from './schema-node.js';

/** The name of a JSON value's type in error texts. */
export function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The fault of a value that has not the type of its schema; `path` is empty at the root. */
export function typeError(value: Json, node: SchemaNode, path: string): FieldError | undefined {
  if (value === null && node.nullable) return undefined;
  const allowed = node.intOrString ? ['integer', 'string'] : node.type === undefined ? [] : [node.type];
  const actual = typeName(value);
  if (allowed.length === 0 || allowed.includes(actual)) return undefined;
  if (actual === 'integer' && node.type === 'number') return undefined;
  return typeInvalid(path, actual, `${path} in body must be of type ${allowed.join(',')}: "${actual}"`);
}

/** The first limit of a string that is broken; lengths are in characters, whatever the real server's text says. */
export function stringErrors(text: string, limits: ValueLimits, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { minLength, maxLength, pattern, format } = limits;
  const length = maxLength === undefined && minLength === undefined ? 0 : characters(text);
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(path, maxLength));
  else if (minLength !== undefined && length < minLength) {
    errors.push(invalid(path, text, `${path} in body should be at least ${minLength} chars long`));
  } else if (pattern !== undefined && !pattern.regexp.test(text)) {
    errors.push(invalid(path, text, `${path} in body should match '${pattern.source}'`));
  }
  if (format !== undefined && !hasFormat(text, format)) {
    errors.push(typeInvalid(path, text, `${path} in body must be of type ${format}: ${JSON.stringify(text)}`));
  }
  return errors;
}

function characters(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

export function numberErrors(value: number, limits: ValueLimits, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (detail: string): void => void errors.push(invalid(path, value, `${path} in body should be ${detail}`));
  const { multipleOf, maximum, minimum } = limits;
  if (multipleOf !== undefined && multipleOf !== 0 && !Number.isInteger(value / multipleOf)) {
    wrong(`a multiple of ${multipleOf}`);
  }
  if (maximum !== undefined && (limits.exclusiveMaximum ? value >= maximum : value > maximum)) {
    wrong(limits.exclusiveMaximum ? `less than ${maximum}` : `less than or equal to ${maximum}`);
  }
  if (minimum !== undefined && (limits.exclusiveMinimum ? value <= minimum : value < minimum)) {
    wrong(limits.exclusiveMinimum ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
  }
  return errors;
}

export function listLimitErrors(values: readonly Json[], limits: ValueLimits, path: string): readonly FieldError[] {
  const { minItems, maxItems } = limits;
  if (minItems !== undefined && values.length < minItems) {
    return [invalid(path, values.length, `${path} in body should have at least ${minItems} items`)];
  }
  return maxItems !== undefined && values.length > maxItems ? [tooMany(path, values.length, maxItems)] : [];
}

/** Number of properties, and those that have to be there. */
export function mapLimitErrors(value: JsonObject, limits: ValueLimits, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { minProperties, maxProperties } = limits;
  const count = Object.values(value).filter((child) => child !== undefined).length;
  if (minProperties !== undefined && count < minProperties) {
    errors.push(invalid(path, count, `${path} in body should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && count > maxProperties) errors.push(tooMany(path, count, maxProperties));
  for (const key of limits.required) {
    if (value[key] === undefined) errors.push(required(path === '' ? key : `${path}.${key}`));
  }
  return errors;
}

export function enumErrors(value: Json, limits: ValueLimits, path: string): readonly FieldError[] {
  if (limits.enum === undefined || limits.enum.some((allowed) => jsonEqual(allowed, value))) return [];
  const names = limits.enum.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed)));
  return [notSupported(path, isJsonObject(value) ? { ...value } : value, names)];
}
