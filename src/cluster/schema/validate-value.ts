import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { invalid, required, type FieldError } from '../field-error.js';
import { correlatedItem, correlatedProperty } from './correlate.js';
import { jsonEqual } from './json-equal.js';
import { childPath, propertyNode, type SchemaNode } from './schema-node.js';
import {
  enumErrors,
  listLimitErrors,
  mapLimitErrors,
  numberErrors,
  stringErrors,
  typeError,
} from './validate-limits.js';

/** Where a value stands, and what stood there before the update. */
export interface ValuePlace {
  readonly path: string;
  readonly old: Json | undefined;
}

/**
 * Everything that the schema says of a value, apart from CEL and list types, in the words of the real server
 * (k8s.io/kube-openapi pkg/validation). What has not changed in an update is not held against it (ratcheting).
 */
export function valueErrors(value: Json, node: SchemaNode, at: ValuePlace): readonly FieldError[] {
  const errors = allErrors(value, node, at);
  return errors.length > 0 && at.old !== undefined && jsonEqual(value, at.old) ? [] : errors;
}

function allErrors(value: Json, node: SchemaNode, at: ValuePlace): readonly FieldError[] {
  const { limits } = node;
  const wrongType = typeError(value, node, at.path);
  const errors: FieldError[] = wrongType === undefined ? [] : [wrongType];
  if (value === null) return wrongType === undefined && node.nullable ? errors : [...errors, ...nullEnum(node, at)];
  errors.push(...logicErrors(value, node, at));
  if (typeof value === 'string') errors.push(...stringErrors(value, limits, at.path));
  if (typeof value === 'number') errors.push(...numberErrors(value, limits, at.path));
  if (isJsonArray(value)) errors.push(...listLimitErrors(value, limits, at.path), ...itemErrors(value, node, at));
  errors.push(...enumErrors(value, limits, at.path));
  if (isJsonObject(value)) errors.push(...mapLimitErrors(value, limits, at.path), ...memberErrors(value, node, at));
  return errors;
}

function nullEnum(node: SchemaNode, at: ValuePlace): readonly FieldError[] {
  return enumErrors(null, node.limits, at.path);
}

function itemErrors(values: readonly Json[], node: SchemaNode, at: ValuePlace): readonly FieldError[] {
  const items = node.items;
  if (items === undefined) return [];
  return values.flatMap((value, index) =>
    valueErrors(value, items, { path: `${at.path}[${index}]`, old: correlatedItem(value, at.old, node) }),
  );
}

function memberErrors(value: JsonObject, node: SchemaNode, at: ValuePlace): readonly FieldError[] {
  return Object.entries(value).flatMap(([key, child]) => {
    const property = propertyNode(node, key);
    if (property === undefined || child === undefined) return [];
    return valueErrors(child, property, { path: childPath(at.path, key), old: correlatedProperty(key, at.old) });
  });
}

function logicErrors(value: Json, node: SchemaNode, at: ValuePlace): readonly FieldError[] {
  const { allOf, anyOf, oneOf, not } = node.logic;
  const part = { path: at.path, old: undefined };
  const results = (parts: readonly SchemaNode[]): (readonly FieldError[])[] =>
    parts.map((schema) => allErrors(value, schema, part));
  const errors: FieldError[] = [];
  const fault = (text: string): void => void errors.push(invalid('<nil>', '', `"${at.path}" ${text}`));
  if (anyOf.length > 0) {
    const tried = results(anyOf);
    if (tried.every((found) => found.length > 0)) {
      fault('must validate at least one schema (anyOf)');
      errors.push(...closest(tried));
    }
  }
  if (oneOf.length > 0) {
    const tried = results(oneOf);
    const passed = tried.filter((found) => found.length === 0).length;
    if (passed !== 1) {
      const count = passed === 0 ? 'Found none valid' : `Found ${passed} valid alternatives`;
      fault(`must validate one and only one schema (oneOf). ${count}`);
      if (passed === 0) errors.push(...closest(tried));
    }
  }
  if (allOf.length > 0) {
    const tried = results(allOf);
    const passed = tried.filter((found) => found.length === 0).length;
    errors.push(...tried.flat());
    if (passed < allOf.length) {
      fault(`must validate all the schemas (allOf)${passed === 0 ? '. None validated' : ''}`);
    }
  }
  if (not !== undefined && allErrors(value, not, part).length === 0) fault('must not validate the schema (not)');
  return errors;
}

/** The faults of the alternative that nearly passed: the first of those with the fewest. */
function closest(tried: readonly (readonly FieldError[])[]): readonly FieldError[] {
  return tried.reduce<readonly FieldError[]>(
    (best, found) => (best.length === 0 || found.length < best.length ? found : best),
    [],
  );
}

/** An embedded resource says what it is. */
export function embeddedErrors(value: Json, node: SchemaNode, path: string): readonly FieldError[] {
  if (isJsonArray(value)) {
    const items = node.items;
    if (items === undefined) return [];
    return value.flatMap((entry, index) => embeddedErrors(entry, items, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  const inner = Object.entries(value).flatMap(([key, child]) => {
    const property = propertyNode(node, key);
    return property === undefined || child === undefined ? [] : embeddedErrors(child, property, childPath(path, key));
  });
  if (!node.embedded) return inner;
  const missing = ['apiVersion', 'kind'].filter((key) => value[key] === undefined || value[key] === '');
  return [...missing.map((key) => required(childPath(path, key))), ...inner];
}
