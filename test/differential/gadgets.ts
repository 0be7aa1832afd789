import type { JsonObject } from '../../src/api/json.js';
import { NAMESPACE } from './step.js';

const definition = (plural: string, kind: string, version: JsonObject): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.differential.lockstep.dev` },
  spec: {
    group: 'differential.lockstep.dev',
    scope: 'Namespaced',
    names: { plural, kind },
    versions: [{ name: 'v1', served: true, storage: true, ...version }],
  },
});

/** A kind with something of everything that a structural schema can say. */
export const GADGETS: JsonObject = definition('gadgets', 'Gadget', {
  subresources: { status: {} },
  selectableFields: [{ jsonPath: '.spec.colour' }],
  additionalPrinterColumns: [
    { name: 'Colour', type: 'string', jsonPath: '.spec.colour' },
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'First', type: 'string', jsonPath: '.spec.names[0]' },
    { name: 'Wide', type: 'boolean', jsonPath: '.spec.wide', priority: 1 },
  ],
  schema: {
    openAPIV3Schema: {
      type: 'object',
      required: ['spec'],
      properties: {
        spec: {
          type: 'object',
          required: ['colour'],
          'x-kubernetes-validations': [
            {
              rule: '!has(self.min) || self.min <= self.size',
              message: 'min must not be above size',
              fieldPath: '.min',
            },
            { rule: 'self.fixed == oldSelf.fixed', message: 'fixed never changes', reason: 'FieldValueForbidden' },
            { rule: 'self.size < 100', messageExpression: '"too much of " + self.colour' },
          ],
          properties: {
            colour: { type: 'string', maxLength: 9, enum: ['red', 'green', 'blue'] },
            size: { type: 'integer', minimum: 1, default: 3 },
            min: { type: 'integer' },
            fixed: { type: 'string', default: 'a' },
            wide: { type: 'boolean' },
            ratio: { type: 'number', maximum: 1, exclusiveMaximum: true },
            names: { type: 'array', maxItems: 3, items: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 } },
            keys: {
              type: 'array',
              maxItems: 4,
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['key'],
              items: {
                type: 'object',
                required: ['key'],
                properties: { key: { type: 'string', maxLength: 9 }, value: { type: 'string', default: 'v' } },
              },
            },
            set: {
              type: 'array',
              maxItems: 4,
              'x-kubernetes-list-type': 'set',
              items: { type: 'string', maxLength: 9 },
            },
            open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            labels: { type: 'object', maxProperties: 2, additionalProperties: { type: 'string' } },
            port: { 'x-kubernetes-int-or-string': true },
            when: { type: 'string', format: 'date-time' },
            nullable: { type: 'string', nullable: true, default: 'n' },
          },
        },
        status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
});

/** A kind whose spec is frozen whole, also what no rule can name. */
export const FROZEN: JsonObject = definition('frozens', 'Frozen', {
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          'x-kubernetes-validations': [
            { rule: 'self == oldSelf', message: 'never changes', reason: 'FieldValueForbidden' },
          ],
          properties: {
            name: { type: 'string', maxLength: 9 },
            open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      },
    },
  },
});

/** Definitions that a server must refuse. */
export const BAD_DEFINITIONS: Readonly<Record<string, JsonObject>> = {
  'without a type': definition('bads', 'Bad', {
    schema: { openAPIV3Schema: { type: 'object', properties: { a: {} } } },
  }),
  'with a rule that does not compile': definition('bads', 'Bad', {
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { a: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self +' }] } },
      },
    },
  }),
  'with a default of another type': definition('bads', 'Bad', {
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { a: { type: 'integer', default: 'x' } } } },
      },
    },
  }),
  'whose name does not fit': {
    ...definition('bads', 'Bad', {}),
    metadata: { name: 'others.differential.lockstep.dev' },
  },
};

export const GADGETS_PATH = `/apis/differential.lockstep.dev/v1/namespaces/${NAMESPACE}/gadgets`;
export const FROZENS_PATH = `/apis/differential.lockstep.dev/v1/namespaces/${NAMESPACE}/frozens`;
