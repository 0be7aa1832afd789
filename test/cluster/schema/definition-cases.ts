import type { Json, JsonObject } from '../../../src/api/json.js';

/** Schemas of a `spec` that a real API server refuses, or takes. */
const specs: Readonly<Record<string, JsonObject>> = {
  'no type': { properties: { a: { type: 'string' } } },
  'an array without items': { type: 'array' },
  'items without type': { type: 'array', items: {} },
  'properties and additionalProperties': {
    type: 'object',
    properties: { a: {} },
    additionalProperties: { type: 'string' },
  },
  'additionalProperties without type': { type: 'object', additionalProperties: {} },
  'an unknown type': { type: 'weird' },
  'structure inside oneOf': {
    type: 'object',
    oneOf: [{ type: 'object' }, { properties: { b: { type: 'string', default: 'x' } } }],
  },
  'what is said only inside anyOf': { type: 'object', anyOf: [{ properties: { b: { minLength: 3 } } }] },
  'a keyed list without keys': {
    type: 'array',
    items: { type: 'object', properties: { name: { type: 'string' } } },
    'x-kubernetes-list-type': 'map',
  },
  'a keyed list with an unknown key': {
    type: 'array',
    items: { type: 'object', properties: { name: { type: 'string' } } },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name', 'q'],
  },
  'a set of objects': {
    type: 'array',
    items: { type: 'object', properties: { name: { type: 'string' } } },
    'x-kubernetes-list-type': 'set',
  },
  'a set that is a string': { type: 'string', 'x-kubernetes-list-type': 'set' },
  'a default of the wrong type': { type: 'string', default: 5 },
  'a default out of bounds': { type: 'object', properties: { a: { type: 'integer', minimum: 3, default: 1 } } },
  'a default with unknown fields': { type: 'object', default: { x: 1 }, properties: { a: { type: 'integer' } } },
  'what is not supported': { type: 'string', uniqueItems: true, $ref: 'x' },
  'items that are a list': { type: 'array', items: [{ type: 'string' }] },
  'preserve-unknown-fields false': { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
  'int-or-string': { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
  'a transition rule that finds no old item': {
    type: 'array',
    maxItems: 3,
    items: { type: 'string', maxLength: 3, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
  },
  'a blank message': { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.size() > 1', message: '  ' }] },
  'a field that the schema does not know': {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    'x-kubernetes-validations': [{ rule: 'self.foo == 1' }],
  },
};

/** Rules on an object with an integer a, a string s, a list l of strings, an object o with a string b. */
const rules: readonly JsonObject[] = [
  { rule: 'self.zz == 1' },
  { rule: 'self.a' },
  { rule: 'self.a + 1.5 > 2' },
  { rule: 'foo(self.a)' },
  { rule: 'bar == 1' },
  { rule: 'self.a == "x"' },
  { rule: '' },
  { rule: 'self.a > 1', message: 'a\nb' },
  { rule: 'self.a > 1', messageExpression: 'self.a' },
  { rule: 'self.a > 1', fieldPath: '.zz' },
  { rule: 'self.a > 1', fieldPath: 'a' },
  { rule: 'self.a > 1', reason: 'Foo' },
  { rule: 'self.l.all(x, x.foo == 1)' },
  { rule: 'self.o.c == "x"' },
  { rule: 'has(self.o.b) && self.s.size() > 2 && self.l[0] == 1' },
  { rule: 'self.s.foo()' },
  { rule: 'self.x-y' },
  { rule: 'self.a.all(x, true)' },
  { rule: 'self.l.map(x, x.size()).sum() > 3 && self.l.indexOf(self.s) >= 0' },
  { rule: "duration(self.s) > duration('1s') && timestamp(self.s) + duration('1h') > timestamp(self.s)" },
  { rule: 'self.l.sum() > 1' },
  { rule: "self.s.matches('a') ? self.a > 1 : self.a < 1" },
];

const ruled = (rule: JsonObject): JsonObject => ({
  type: 'object',
  properties: {
    a: { type: 'integer' },
    s: { type: 'string', maxLength: 10 },
    l: { type: 'array', maxItems: 4, items: { type: 'string', maxLength: 5 } },
    o: { type: 'object', properties: { b: { type: 'string' } } },
  },
  'x-kubernetes-validations': [rule],
});

const withSpec = (spec: JsonObject): JsonObject => ({ type: 'object', properties: { spec } });

export interface DefinitionCase {
  readonly name: string;
  readonly schema: JsonObject;
}

export const definitionCases: readonly DefinitionCase[] = [
  { name: 'no type at the root', schema: { properties: {} } },
  { name: 'a string at the root', schema: { type: 'string' } },
  {
    name: 'metadata beyond the name',
    schema: {
      type: 'object',
      properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
    },
  },
  ...Object.entries(specs).map(([name, spec]) => ({ name, schema: withSpec(spec) })),
  ...rules.map((rule) => ({ name: `rule ${JSON.stringify(rule)}`, schema: withSpec(ruled(rule)) })),
];

/** A definition with the schema. */
export function definitionWith(schema: Json): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.schema.lockstep.test' },
    spec: {
      group: 'schema.lockstep.test',
      scope: 'Namespaced',
      names: { kind: 'Gadget', plural: 'gadgets' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}
