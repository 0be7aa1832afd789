import type { JsonObject } from '../../../src/api/json.js';

/** A CustomResourceDefinition that has one of everything that a schema can say. */
export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.schema.lockstep.test' },
  spec: {
    group: 'schema.lockstep.test',
    scope: 'Namespaced',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  text: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
                  colour: { type: 'string', enum: ['red', 'green'] },
                  level: { type: 'integer', enum: [1, 2, 3] },
                  int: { type: 'integer', minimum: 1, maximum: 10, multipleOf: 2 },
                  int32: { type: 'integer', format: 'int32' },
                  exclusive: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true },
                  num: { type: 'number', default: 1.5 },
                  flag: { type: 'boolean', default: false },
                  when: { type: 'string', format: 'date-time' },
                  dur: { type: 'string', format: 'duration' },
                  bytes: { type: 'string', format: 'byte' },
                  mail: { type: 'string', format: 'email' },
                  uuid: { type: 'string', format: 'uuid' },
                  ip: { type: 'string', format: 'ipv4' },
                  day: { type: 'string', format: 'date' },
                  uri: { type: 'string', format: 'uri' },
                  host: { type: 'string', format: 'hostname' },
                  maybe: { type: 'string', nullable: true },
                  maybeDefault: { type: 'string', nullable: true, default: 'x' },
                  withDefault: { type: 'string', default: 'd' },
                  nested: {
                    type: 'object',
                    default: {},
                    properties: { a: { type: 'integer', default: 1 }, b: { type: 'string' } },
                  },
                  noDefault: {
                    type: 'object',
                    properties: { a: { type: 'integer', default: 1 }, b: { type: 'string' } },
                    minProperties: 1,
                    maxProperties: 2,
                  },
                  port: { 'x-kubernetes-int-or-string': true },
                  port2: {
                    'x-kubernetes-int-or-string': true,
                    anyOf: [{ type: 'integer' }, { type: 'string' }],
                    pattern: '^[0-9]+%?$',
                  },
                  open: {
                    type: 'object',
                    'x-kubernetes-preserve-unknown-fields': true,
                    properties: { known: { type: 'object', properties: { k: { type: 'string' } } } },
                  },
                  any: { 'x-kubernetes-preserve-unknown-fields': true },
                  embedded: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    'x-kubernetes-preserve-unknown-fields': true,
                  },
                  embedded2: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } },
                  },
                  labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 3 }, maxProperties: 2 },
                  objs: {
                    type: 'object',
                    additionalProperties: {
                      type: 'object',
                      required: ['r'],
                      properties: { r: { type: 'string' }, d: { type: 'string', default: 'dd' } },
                    },
                  },
                  tags: {
                    type: 'array',
                    items: { type: 'string' },
                    'x-kubernetes-list-type': 'set',
                    minItems: 1,
                    maxItems: 3,
                  },
                  ints: { type: 'array', items: { type: 'integer' }, 'x-kubernetes-list-type': 'set' },
                  uniq: { type: 'array', items: { type: 'string' } },
                  items: {
                    type: 'array',
                    maxItems: 5,
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      'x-kubernetes-validations': [
                        {
                          rule: '!has(self.count) || !has(oldSelf.count) || self.count >= oldSelf.count',
                          message: 'count never goes down',
                        },
                      ],
                      properties: {
                        name: { type: 'string', maxLength: 10 },
                        count: { type: 'integer' },
                        list: {
                          type: 'array',
                          items: { type: 'object', properties: { x: { type: 'string', default: 'xx' } } },
                        },
                      },
                    },
                  },
                  ports: {
                    type: 'array',
                    maxItems: 5,
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['port', 'proto'],
                    items: {
                      type: 'object',
                      required: ['port'],
                      properties: {
                        port: { type: 'integer' },
                        proto: { type: 'string', maxLength: 5, default: 'TCP' },
                      },
                    },
                  },
                  choice: {
                    type: 'object',
                    properties: { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'string' } },
                    oneOf: [{ required: ['a'] }, { required: ['b'] }],
                    not: { required: ['c'] },
                  },
                  some: {
                    type: 'object',
                    properties: { a: { type: 'string' }, b: { type: 'string' } },
                    anyOf: [{ required: ['a'] }, { required: ['b'] }],
                  },
                  both: {
                    type: 'object',
                    properties: { a: { type: 'string' }, b: { type: 'string' } },
                    allOf: [{ required: ['a'] }, { properties: { b: { minLength: 3 } } }],
                  },
                  frozen: {
                    type: 'string',
                    maxLength: 20,
                    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'frozen' }],
                  },
                  cel: {
                    type: 'object',
                    'x-kubernetes-validations': [
                      { rule: '!has(self.n) || self.n + 1 < 10' },
                      {
                        rule: '!has(self.d) || self.d * 2.0 < 10.0',
                        message: 'd is too big',
                        reason: 'FieldValueForbidden',
                        fieldPath: '.d',
                      },
                      {
                        rule: "!has(self.s) || self.s.split(',').size() < 3",
                        messageExpression: "'too many parts: ' + self.s",
                        reason: 'FieldValueDuplicate',
                      },
                      { rule: "!has(self.m) || self.m['a'] == 'x'", message: 'a must be x', fieldPath: '.m' },
                      {
                        rule: "!has(self.__namespace__) || self.__namespace__ != 'kube-system'",
                        message: 'not there',
                        reason: 'FieldValueRequired',
                      },
                      { rule: "!has(self.when) || self.when < timestamp('2030-01-01T00:00:00Z')", message: 'too late' },
                      {
                        rule: '!has(self.l) || self.l.sum() < 10 && self.l.isSorted() && self.l.max() < 8 && self.l.min() > 0 && self.l.indexOf(5) < 3 && self.l.lastIndexOf(5) < 4',
                        message: 'bad list',
                      },
                      {
                        rule: "!has(self.p) || (type(self.p) == int ? self.p < 100 : self.p == 'http')",
                        message: 'bad port',
                      },
                      { rule: "!has(self.x__dot__y) || self.x__dot__y.lowerAscii() == 'ok'", message: 'dots' },
                      {
                        rule: "!has(self.q) || quantity(self.q).isLessThan(quantity('1Gi'))",
                        message: 'too much memory',
                      },
                      { rule: "!has(self.u) || url(self.u).getHostname() == 'example.com'", message: 'wrong host' },
                      {
                        rule: "!has(self.f) || (self.f.find('[0-9]+') == '12' && self.f.findAll('[a-z]').size() == 2)",
                        message: 'no find',
                      },
                      {
                        rule: "!has(self.setA) || self.setA.all(e, e.startsWith('a'))",
                        message: 'all a',
                        fieldPath: '.setA',
                      },
                      {
                        rule: "!has(self.g) || self.g.trim().replace('a','b').substring(0,2).upperAscii() == 'BB'",
                        message: 'strings',
                      },
                    ],
                    properties: {
                      n: { type: 'integer' },
                      d: { type: 'number' },
                      s: { type: 'string', maxLength: 50 },
                      m: { type: 'object', maxProperties: 5, additionalProperties: { type: 'string', maxLength: 10 } },
                      namespace: { type: 'string', maxLength: 20 },
                      when: { type: 'string', format: 'date-time' },
                      l: { type: 'array', maxItems: 5, items: { type: 'integer' } },
                      p: { 'x-kubernetes-int-or-string': true },
                      'x.y': { type: 'string', maxLength: 10 },
                      q: { type: 'string', maxLength: 10 },
                      u: { type: 'string', maxLength: 50 },
                      f: { type: 'string', maxLength: 20 },
                      setA: {
                        type: 'array',
                        maxItems: 5,
                        'x-kubernetes-list-type': 'set',
                        items: { type: 'string', maxLength: 10 },
                      },
                      g: { type: 'string', maxLength: 10 },
                    },
                  },
                },
              },
              status: {
                type: 'object',
                properties: { phase: { type: 'string', default: 'New' }, n: { type: 'integer' } },
              },
            },
          },
        },
      },
    ],
  },
};
