import type { Json } from '../../api/json.js';

/** The `type` of a structural schema; undefined where int-or-string or preserve-unknown-fields stands in for it. */
export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

/** What a scalar, list or map may be, beyond its type. */
export interface ValueLimits {
  readonly enum: readonly Json[] | undefined;
  readonly format: string | undefined;
  readonly pattern: { readonly source: string; readonly regexp: RegExp } | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minimum: number | undefined;
  readonly exclusiveMinimum: boolean;
  readonly maximum: number | undefined;
  readonly exclusiveMaximum: boolean;
  readonly multipleOf: number | undefined;
  readonly minItems: number | undefined;
  readonly maxItems: number | undefined;
  readonly uniqueItems: boolean;
  readonly minProperties: number | undefined;
  readonly maxProperties: number | undefined;
  readonly required: readonly string[];
}

/** Schemas that a value has to pass too; inside them only value limits count, not structure. */
export interface SchemaLogic {
  readonly allOf: readonly SchemaNode[];
  readonly anyOf: readonly SchemaNode[];
  readonly oneOf: readonly SchemaNode[];
  readonly not: SchemaNode | undefined;
}

/** One entry of `x-kubernetes-validations`, as written. */
export interface RuleSource {
  readonly rule: string;
  readonly message: string;
  readonly messageExpression: string;
  readonly fieldPath: string;
  readonly reason: string;
}

/** A node of a structural schema, read and checked once. */
export interface SchemaNode {
  /** Where it stands in the CRD, e.g. `spec.validation.openAPIV3Schema.properties[spec]`. */
  readonly schemaPath: string;
  readonly type: SchemaType | undefined;
  readonly nullable: boolean;
  readonly intOrString: boolean;
  readonly preserveUnknown: boolean;
  readonly embedded: boolean;
  readonly default: Json | undefined;
  readonly properties: ReadonlyMap<string, SchemaNode>;
  /** A schema for all other keys, true for anything, undefined for nothing. */
  readonly additional: SchemaNode | true | undefined;
  readonly items: SchemaNode | undefined;
  readonly listType: 'atomic' | 'set' | 'map';
  readonly listKeys: readonly string[];
  readonly atomicMap: boolean;
  readonly limits: ValueLimits;
  readonly logic: SchemaLogic;
  readonly rules: readonly RuleSource[];
}

/** The schema of a property, whether it is named or covered by additionalProperties. */
export function propertyNode(node: SchemaNode, key: string): SchemaNode | undefined {
  const named = node.properties.get(key);
  if (named !== undefined) return named;
  return node.additional === true ? undefined : node.additional;
}

/** `a.b`, or just `b` at the root. */
export function childPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
