import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../api/json.js';
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js';
import { readRules } from './read-rules.js';
import type { SchemaLogic, SchemaNode, SchemaType, ValueLimits } from './schema-node.js';

/** Where a schema stands, which decides what it must and must not say. */
type Place = 'root' | 'property' | 'item' | 'logic';

interface Reading {
  readonly path: string;
  readonly place: Place;
  readonly errors: FieldError[];
}

const types: readonly SchemaType[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
/** What the parts of allOf, anyOf, oneOf and not may not say: structure is said outside of them, once. */
const structureKeywords = [
  'additionalProperties',
  'default',
  'description',
  'nullable',
  'title',
  'type',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
] as const;
const mayBeEmptyKeywords: ReadonlySet<string> = new Set(['description', 'title', 'type']);

export interface ReadSchema {
  readonly node: SchemaNode;
  readonly errors: readonly FieldError[];
}

/**
 * Reads an openAPIV3Schema and checks that it is structural, by the rules and in the words of
 * apiextensions-apiserver (pkg/apiserver/schema/validation.go and pkg/apis/apiextensions/validation).
 */
export function readSchema(schema: JsonObject, path: string): ReadSchema {
  const errors: FieldError[] = [];
  const node = readNode(schema, { path, place: 'root', errors });
  return { node, errors };
}

function readNode(schema: JsonObject, at: Reading): SchemaNode {
  const preserveUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const type = readType(schema, { ...at, optional: preserveUnknown || intOrString });
  if (at.place === 'logic') refuseStructure(schema, at);
  refuseUnsupported(schema, at);
  const properties = readProperties(schema, at);
  const additional = readAdditional(schema, at);
  if (additional !== undefined && properties.size > 0) {
    at.errors.push(
      forbidden(`${at.path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    );
  }
  const items = readItems(schema, at, type);
  const node: SchemaNode = {
    schemaPath: at.path,
    type,
    nullable: schema['nullable'] === true,
    intOrString,
    preserveUnknown,
    embedded: schema['x-kubernetes-embedded-resource'] === true,
    default: schema['default'],
    properties,
    additional,
    items,
    listType: listType(schema),
    listKeys: strings(schema['x-kubernetes-list-map-keys']),
    atomicMap: schema['x-kubernetes-map-type'] === 'atomic',
    limits: readLimits(schema, at),
    logic: readLogic(schema, at),
    rules: readRules(schema['x-kubernetes-validations'], `${at.path}.x-kubernetes-validations`, at.errors),
  };
  if (at.place !== 'logic') checkList(schema, node, at);
  return node;
}

function readType(schema: JsonObject, at: Reading & { readonly optional: boolean }): SchemaType | undefined {
  const written = schema['type'];
  const path = `${at.path}.type`;
  if (written === undefined || written === '') {
    if (at.place === 'root') at.errors.push(required(path, 'must not be empty at the root'));
    else if (at.place !== 'logic' && !at.optional) {
      const what = at.place === 'item' ? 'array items' : 'object fields';
      at.errors.push(required(path, `must not be empty for specified ${what}`));
    }
    return undefined;
  }
  const type = types.find((known) => known === written);
  if (type === undefined) at.errors.push(notSupported(path, written, types));
  else if (at.place === 'root' && type !== 'object') at.errors.push(invalid(path, type, 'must be object at the root'));
  return type;
}

function refuseStructure(schema: JsonObject, at: Reading): void {
  for (const keyword of structureKeywords) {
    const value = schema[keyword];
    if (value === undefined || value === '' || value === false) continue;
    const state = mayBeEmptyKeywords.has(keyword) ? 'empty' : keyword === 'nullable' ? 'false' : 'undefined';
    at.errors.push(forbidden(`${at.path}.${keyword}`, `must be ${state} to be structural`));
  }
}

function refuseUnsupported(schema: JsonObject, at: Reading): void {
  const refuse = (keyword: string, why: string): void => {
    at.errors.push(forbidden(`${at.path}.${keyword}`, why));
  };
  if (schema['$ref'] !== undefined) refuse('$ref', '$ref is not supported');
  if (schema['uniqueItems'] === true) {
    refuse('uniqueItems', 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic');
  }
  for (const keyword of ['definitions', 'dependencies', 'patternProperties', 'id', 'additionalItems']) {
    if (schema[keyword] !== undefined) refuse(keyword, `${keyword} is not supported`);
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    const path = `${at.path}.x-kubernetes-preserve-unknown-fields`;
    at.errors.push(invalid(path, false, 'must be true or undefined'));
  }
  if (at.place === 'root') refuseRootMetadata(schema, at);
}

/** The server itself knows what metadata is; a CRD may only narrow the name. */
function refuseRootMetadata(schema: JsonObject, at: Reading): void {
  const properties = schema['properties'];
  const metadata = isJsonObject(properties) ? properties['metadata'] : undefined;
  const fields = isJsonObject(metadata) ? metadata['properties'] : undefined;
  if (!isJsonObject(fields)) return;
  if (Object.keys(fields).every((key) => key === 'name' || key === 'generateName')) return;
  const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  at.errors.push(forbidden(`${at.path}.properties[metadata]`, why));
}

function readProperties(schema: JsonObject, at: Reading): ReadonlyMap<string, SchemaNode> {
  const written = schema['properties'];
  const nodes = new Map<string, SchemaNode>();
  if (!isJsonObject(written)) return nodes;
  for (const [key, property] of Object.entries(written)) {
    if (!isJsonObject(property)) continue;
    nodes.set(key, readNode(property, inside(at, `properties[${key}]`, 'property')));
  }
  return nodes;
}

function readAdditional(schema: JsonObject, at: Reading): SchemaNode | true | undefined {
  const written = schema['additionalProperties'];
  if (written === true) return true;
  if (!isJsonObject(written) || at.place === 'logic') return undefined;
  return readNode(written, inside(at, 'additionalProperties', 'property'));
}

function readItems(schema: JsonObject, at: Reading, type: SchemaType | undefined): SchemaNode | undefined {
  const written = schema['items'];
  if (isJsonArray(written)) {
    at.errors.push(forbidden(`${at.path}.items`, 'items must be a schema object and not an array'));
    return undefined;
  }
  if (isJsonObject(written)) return readNode(written, inside(at, 'items', 'item'));
  if (type === 'array' && at.place !== 'logic') at.errors.push(required(`${at.path}.items`, 'must be specified'));
  return undefined;
}

function inside(at: Reading, step: string, place: Place): Reading {
  return { path: `${at.path}.${step}`, place: at.place === 'logic' ? 'logic' : place, errors: at.errors };
}

function readLogic(schema: JsonObject, at: Reading): SchemaLogic {
  const list = (keyword: string): readonly SchemaNode[] => {
    const written = schema[keyword];
    if (!isJsonArray(written)) return [];
    if (keyword === 'anyOf' && isIntOrString(schema, written)) return [];
    return written.filter(isJsonObject).map((part, index) => logicNode(part, `${at.path}.${keyword}[${index}]`, at));
  };
  const not = schema['not'];
  return {
    allOf: list('allOf'),
    anyOf: list('anyOf'),
    oneOf: list('oneOf'),
    not: isJsonObject(not) ? logicNode(not, `${at.path}.not`, at) : undefined,
  };
}

function logicNode(schema: JsonObject, path: string, at: Reading): SchemaNode {
  return readNode(schema, { path, place: 'logic', errors: at.errors });
}

/** `anyOf: [{type: integer}, {type: string}]` is allowed beside x-kubernetes-int-or-string, and says the same. */
function isIntOrString(schema: JsonObject, anyOf: readonly Json[]): boolean {
  return (
    schema['x-kubernetes-int-or-string'] === true &&
    JSON.stringify(anyOf) === JSON.stringify([{ type: 'integer' }, { type: 'string' }])
  );
}

function checkList(schema: JsonObject, node: SchemaNode, at: Reading): void {
  const listKind = schema['x-kubernetes-list-type'];
  if (listKind === undefined) return;
  const keysPath = `${at.path}.x-kubernetes-list-map-keys`;
  if (node.type !== 'array') {
    const why = 'must be array if x-kubernetes-list-type is specified';
    at.errors.push(invalid(`${at.path}.type`, node.type ?? '', why));
  }
  if (listKind === 'set' && node.items?.type === 'object' && !node.items.atomicMap) {
    const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    at.errors.push(invalid(`${at.path}.items.x-kubernetes-map-type`, undefined, why));
  }
  if (listKind !== 'map') return;
  if (node.listKeys.length === 0) {
    at.errors.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
  }
  const item = node.items;
  if (item === undefined) return;
  if (node.listKeys.some((key) => !item.properties.has(key))) {
    at.errors.push(invalid(keysPath, [...node.listKeys], 'entries must all be names of item properties'));
  }
  for (const key of node.listKeys) {
    const property = item.properties.get(key);
    if (property === undefined || property.default !== undefined || item.limits.required.includes(key)) continue;
    const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    at.errors.push(required(`${at.path}.items.properties[${key}].default`, why));
  }
}

function readLimits(schema: JsonObject, at: Reading): ValueLimits {
  const number = (keyword: string): number | undefined => {
    const value = schema[keyword];
    return typeof value === 'number' ? value : undefined;
  };
  const format = schema['format'];
  const values = schema['enum'];
  return {
    enum: isJsonArray(values) ? values : undefined,
    format: typeof format === 'string' && format !== '' ? format : undefined,
    pattern: readPattern(schema['pattern'], at),
    minLength: number('minLength'),
    maxLength: number('maxLength'),
    minimum: number('minimum'),
    exclusiveMinimum: schema['exclusiveMinimum'] === true,
    maximum: number('maximum'),
    exclusiveMaximum: schema['exclusiveMaximum'] === true,
    multipleOf: number('multipleOf'),
    minItems: number('minItems'),
    maxItems: number('maxItems'),
    uniqueItems: schema['uniqueItems'] === true,
    minProperties: number('minProperties'),
    maxProperties: number('maxProperties'),
    required: strings(schema['required']),
  };
}

/** Patterns are Go's; what JavaScript's `u` flag is too strict for is tried without it. */
function readPattern(written: Json | undefined, at: Reading): ValueLimits['pattern'] {
  if (typeof written !== 'string' || written === '') return undefined;
  for (const flags of ['u', '']) {
    try {
      return { source: written, regexp: new RegExp(written, flags) };
    } catch {
      // The next flags, and after them the error below.
    }
  }
  const why = `must be a valid regular expression, but isn't: error parsing regexp: \`${written}\``;
  at.errors.push(invalid(`${at.path}.pattern`, written, why));
  return undefined;
}

function listType(schema: JsonObject): SchemaNode['listType'] {
  const written = schema['x-kubernetes-list-type'];
  return written === 'set' || written === 'map' ? written : 'atomic';
}

function strings(value: Json | undefined): readonly string[] {
  return isJsonArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
