import type { Json, JsonObject } from '../../src/api/json.js';
import { BAD_DEFINITIONS, FROZENS_PATH, GADGETS_PATH } from './gadgets.js';
import { get, patch, post, put, remove, type Step, TABLE } from './step.js';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const STRICT = { query: { fieldValidation: 'Strict' } };

const gadget = (name: string, spec: Json, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'differential.lockstep.dev/v1',
  kind: 'Gadget',
  metadata: { name, ...metadata },
  spec,
});
const frozen = (spec: JsonObject): JsonObject => ({
  apiVersion: 'differential.lockstep.dev/v1',
  kind: 'Frozen',
  metadata: { name: 'f' },
  spec,
});

/** Specs of which each is wrong, or changed by the server, in one way. */
const SPECS: Readonly<Record<string, Json>> = {
  'nothing but what is required': { colour: 'red' },
  'nothing at all': {},
  'no object': 'x',
  'a value that is not in the list': { colour: 'pink' },
  'too small a number': { colour: 'red', size: 0 },
  'a number that is a text': { colour: 'red', size: '3' },
  'a number with a fraction': { colour: 'red', size: 1.5 },
  'a number at its exclusive bound': { colour: 'red', ratio: 1 },
  'a text that does not match': { colour: 'red', names: ['A'] },
  'a text that is too long': { colour: 'red', names: ['abcdef'] },
  'a list that is too long': { colour: 'red', names: ['a', 'b', 'c', 'd'] },
  'the same key twice': { colour: 'red', keys: [{ key: 'a' }, { key: 'a' }] },
  'a default within a list': { colour: 'red', keys: [{ key: 'a' }, { key: 'b', value: 'w' }] },
  'a key that is missing': { colour: 'red', keys: [{ value: 'w' }] },
  'the same in a set': { colour: 'red', set: ['a', 'a'] },
  'fields that nobody knows': { colour: 'red', unknown: 1, keys: [{ key: 'a', other: 2 }] },
  'fields that nobody knows, where they may be': { colour: 'red', open: { a: { b: [1, null] } } },
  'too many properties': { colour: 'red', labels: { a: 'b', c: 'd', e: 'f' } },
  'a property of another type': { colour: 'red', labels: { a: 1 } },
  'an int or a string': { colour: 'red', port: 'http' },
  'neither an int nor a string': { colour: 'red', port: true },
  'a time that is none': { colour: 'red', when: 'yesterday' },
  'null where it may be': { colour: 'red', nullable: null },
  'null where it may not be': { colour: 'red', size: null },
  'a rule over two fields': { colour: 'red', min: 9 },
  'a rule with a message of its own': { colour: 'red', size: 100 },
  // In one list: a real server visits the members of an object in any order.
  'several faults at once': { colour: 'red', names: ['A', 'abcdef', 'B'] },
};

/** Definitions, and what they do to objects: validation, defaults, pruning, rules, columns. */
export const CUSTOM_STEPS: readonly Step[] = [
  ...Object.entries(BAD_DEFINITIONS).map(([what, definition]) => post(`a definition ${what}`, DEFINITIONS, definition)),
  ...Object.entries(SPECS).map(([what, spec]) =>
    post(`a gadget: ${what}`, GADGETS_PATH, gadget('dry', spec), { query: { dryRun: 'All' } }),
  ),
  post(
    'a gadget: fields that nobody knows, strictly',
    GADGETS_PATH,
    gadget('dry', { colour: 'red', unknown: 1, keys: [{ key: 'a', other: 2 }] }),
    STRICT,
  ),
  {
    ...post('a gadget: fields twice, strictly', GADGETS_PATH, null, STRICT),
    text: '{"apiVersion":"differential.lockstep.dev/v1","kind":"Gadget","metadata":{"name":"dry"},"spec":{"colour":"red","size":1,"size":2}}',
  },
  post('a gadget', GADGETS_PATH, gadget('g', { colour: 'red', names: ['a'], keys: [{ key: 'a' }] }), {
    save: { gadget: 'metadata.resourceVersion' },
  }),
  put('a change without a version', `${GADGETS_PATH}/g`, gadget('g', { colour: 'blue' })),
  put(
    'a change that takes fields away',
    `${GADGETS_PATH}/g`,
    gadget('g', { colour: 'blue' }, { resourceVersion: '$gadget' }),
  ),
  patch('a change that a rule over the old forbids', `${GADGETS_PATH}/g`, { spec: { fixed: 'b' } }),
  patch('a change of status by the main door', `${GADGETS_PATH}/g`, { status: { phase: 'x' } }),
  patch('a change of status by its own', `${GADGETS_PATH}/g/status`, {
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
    spec: { colour: 'green' },
  }),
  get('a table with columns of its own', GADGETS_PATH, { accept: TABLE }),
  get('gadgets by their colour', GADGETS_PATH, { query: { fieldSelector: 'spec.colour=blue' } }),
  get('gadgets by a field that cannot be selected by', GADGETS_PATH, { query: { fieldSelector: 'spec.size=3' } }),
  get('the scale that there is not', `${GADGETS_PATH}/g/scale`),
  remove('the gadget gone', `${GADGETS_PATH}/g`),
  post('a frozen one', FROZENS_PATH, frozen({ name: 'a', open: { a: { b: 1 } } })),
  patch('what a rule can name, frozen', `${FROZENS_PATH}/f`, { spec: { name: 'b' } }),
  patch('what no rule can name, frozen', `${FROZENS_PATH}/f`, { spec: { open: { a: { b: 2 } } } }),
  patch('what no rule can name, taken away', `${FROZENS_PATH}/f`, { spec: { open: null } }),
  patch('the same spec again', `${FROZENS_PATH}/f`, {
    spec: { open: { a: { b: 1 } } },
    metadata: { labels: { a: 'b' } },
  }),
  get('a status that the kind does not have', `${FROZENS_PATH}/f/status`),
  remove('the frozen one gone', `${FROZENS_PATH}/f`),
];
