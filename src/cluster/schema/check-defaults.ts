import { isJsonObject, type Json } from '../../api/json.js';
import { invalid, type FieldError } from '../field-error.js';
import { defaultObject } from './defaults.js';
import { pruneObject } from './prune.js';
import type { SchemaNode } from './schema-node.js';
import { valueErrors } from './validate-value.js';

/** Defaults have to pass their own schema, and to say nothing that it does not know. */
export function defaultErrors(node: SchemaNode): readonly FieldError[] {
  const children = [...node.properties.values(), node.items, node.additional === true ? undefined : node.additional];
  return [
    ...(node.default === undefined ? [] : ownErrors(node.default, node)),
    ...children.flatMap((child) => (child === undefined ? [] : defaultErrors(child))),
  ];
}

function ownErrors(value: Json, node: SchemaNode): readonly FieldError[] {
  const path = `${node.schemaPath}.default`;
  if (isJsonObject(value) && pruneObject(value, node).unknown.length > 0) {
    return [invalid(path, { ...value }, 'must not have unknown fields')];
  }
  const whole = isJsonObject(value) ? defaultObject(value, node) : value;
  return valueErrors(whole, node, { path: '', old: undefined }).map((error) => ({
    ...error,
    field: error.field === '' ? path : `${path}.${error.field}`,
  }));
}
