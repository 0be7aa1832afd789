import type { CelType } from '@bufbuild/cel';
import type { SchemaNode } from '../schema-node.js';
import { celPropertyName } from './property-names.js';

/** What is known of an expression's type before it runs. */
export type Shape =
  | { readonly kind: 'dyn' }
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'map'; readonly value: Shape }
  | { readonly kind: 'object'; readonly node: SchemaNode };

export const DYN: Shape = { kind: 'dyn' };
export const scalar = (name: string): Shape => ({ kind: 'scalar', name });
export const BOOL = scalar('bool');
export const STRING = scalar('string');

const formats: Readonly<Record<string, string>> = {
  'date-time': 'timestamp',
  date: 'timestamp',
  duration: 'duration',
  byte: 'bytes',
};

/** The shape of a schema's values (k8s.io/apiserver/pkg/cel/common/schemas.go). */
export function shapeOfNode(node: SchemaNode): Shape {
  if (node.intOrString) return DYN;
  switch (node.type) {
    case 'array':
      return { kind: 'list', item: node.items === undefined ? DYN : shapeOfNode(node.items) };
    case 'object':
      if (node.additional === undefined || node.additional === true) return { kind: 'object', node };
      return { kind: 'map', value: shapeOfNode(node.additional) };
    case 'string':
      return scalar(formats[node.limits.format ?? ''] ?? 'string');
    case 'integer':
      return scalar('int');
    case 'number':
      return scalar('double');
    case 'boolean':
      return BOOL;
    case undefined:
      return DYN;
  }
}

/** The shape of an object's field under its escaped name; undefined where rules cannot see such a field. */
export function fieldShape(node: SchemaNode, field: string): Shape | undefined {
  for (const [key, property] of node.properties) {
    if (celPropertyName(key) === field) return isVisible(property) ? shapeOfNode(property) : undefined;
  }
  return node.embedded && (field === 'apiVersion' || field === 'kind') ? STRING : undefined;
}

/** What has no type is not visible to rules. */
function isVisible(node: SchemaNode): boolean {
  return node.type !== undefined || node.intOrString;
}

export function shapeOfType(type: CelType): Shape {
  switch (type.kind) {
    case 'list':
      return { kind: 'list', item: shapeOfType(type.element) };
    case 'map':
      return { kind: 'map', value: shapeOfType(type.value) };
    case 'object':
      return scalar(type.name.replace('google.protobuf.', '').toLowerCase());
    case 'scalar':
      return type.name === 'dyn' ? DYN : scalar(type.name);
  }
}

/** As cel-go writes a type; undefined where its name is not known here. */
export function shapeName(shape: Shape): string | undefined {
  switch (shape.kind) {
    case 'scalar':
      return shape.name;
    case 'list': {
      const item = shapeName(shape.item);
      return item === undefined ? undefined : `list(${item})`;
    }
    case 'map': {
      const value = shapeName(shape.value);
      return value === undefined ? undefined : `map(string, ${value})`;
    }
    case 'dyn':
    case 'object':
      return undefined;
  }
}

/** Whether a value of the one shape may be one of the other; what is not known may be anything. */
export function mayBe(a: Shape, b: Shape): boolean {
  if (a.kind === 'dyn' || b.kind === 'dyn') return true;
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.name === b.name;
  if (a.kind === 'list' && b.kind === 'list') return mayBe(a.item, b.item);
  if (a.kind === 'map' && b.kind === 'map') return mayBe(a.value, b.value);
  // Null may stand where an object may.
  return a.kind === b.kind || isNull(a) || isNull(b);
}

function isNull(shape: Shape): boolean {
  return shape.kind === 'scalar' && shape.name === 'null_type';
}
