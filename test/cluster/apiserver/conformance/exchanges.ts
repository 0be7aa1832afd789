import type { Json, JsonObject } from '../../../../src/api/json.js';

/**
 * One request of the script that is sent to a real API server (record.ts) and to the embedded one (conformance.test.ts).
 * `$name` in path, query and body stands for what an earlier exchange saved.
 */
export interface Exchange {
  /** A sentence: what is asked for, or expected. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: Json;
  /** The body as text, where it is no JSON. */
  readonly text?: string;
  /** Saves the answer's `metadata.resourceVersion` as `$NAME` and its uid as `$NAME.uid`. */
  readonly save?: string;
  /** Compares only these members of the answer (`metadata.name`): the rest is other rooms' business (pod defaults). */
  readonly only?: readonly string[];
}

export const NAMESPACE = 'lockstep-exchanges';

const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

const core = `/api/v1/namespaces/${NAMESPACE}`;
const maps = `${core}/configmaps`;
const pods = `${core}/pods`;
const gadgets = `/apis/test.lockstep.dev/v1/namespaces/${NAMESPACE}/gadgets`;

/** A kind with a status and a schema that knows nothing, so that only the server's own rules are compared. */
export const GADGETS: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.test.lockstep.dev' },
  spec: {
    group: 'test.lockstep.dev',
    scope: 'Namespaced',
    names: { plural: 'gadgets', kind: 'Gadget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        selectableFields: [{ jsonPath: '.spec.color' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            'x-kubernetes-preserve-unknown-fields': true,
            properties: {
              spec: {
                type: 'object',
                'x-kubernetes-preserve-unknown-fields': true,
                properties: { color: { type: 'string' } },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

const gadget = (name: string, rest: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'test.lockstep.dev/v1',
  kind: 'Gadget',
  metadata: { name, ...metadata },
  ...rest,
});

const configMap = (name: string, rest: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...rest,
});

const post = (name: string, path: string, body: Json, more: Partial<Exchange> = {}): Exchange => ({
  name,
  method: 'POST',
  path,
  body,
  ...more,
});
const put = (name: string, path: string, body: Json, more: Partial<Exchange> = {}): Exchange => ({
  ...post(name, path, body, more),
  method: 'PUT',
});
const patch = (name: string, path: string, body: Json, more: Partial<Exchange> = {}): Exchange => ({
  ...post(name, path, body, { type: MERGE, ...more }),
  method: 'PATCH',
});
const get = (name: string, path: string, query: Readonly<Record<string, string>> = {}): Exchange => ({
  name,
  method: 'GET',
  path,
  query,
});
const remove = (name: string, path: string, body?: Json, more: Partial<Exchange> = {}): Exchange => ({
  name,
  method: 'DELETE',
  path,
  ...(body === undefined ? {} : { body }),
  ...more,
});

const paths: readonly Exchange[] = [
  get('a resource that is not served', `${core}/foos`),
  get('a group that is not served', '/apis/nobody.dev/v1/things'),
  get('a path that is nothing', '/nothing'),
  get('a pod that is not there', `${pods}/nobody`),
  get('a namespaced object without its namespace', '/api/v1/configmaps/x'),
  put('PUT of a collection', maps, {}),
  post('POST of an object', `${maps}/x`, {}),
  get('a status that the kind does not have', `${maps}/x/status`),
  get('health', '/healthz'),
  { ...get('an answer in HTML', `${maps}/x`), accept: 'text/html', only: ['reason', 'code'] },
];

const creates: readonly Exchange[] = [
  { ...get('the revision before everything', maps, { limit: '1' }), save: 'begin', only: ['kind'] },
  post('a namespace that is not there', '/api/v1/namespaces/lockstep-nowhere/configmaps', configMap('a')),
  post('another namespace in the body', maps, configMap('a', {}, { namespace: 'default' })),
  post('a bad name', maps, configMap('A_')),
  post('no name', maps, configMap('')),
  post('another kind', maps, { kind: 'Pod', metadata: { name: 'a' } }),
  post('another version', maps, { kind: 'ConfigMap', apiVersion: 'v2', metadata: { name: 'a' } }, { only: ['code'] }),
  post('a config map', maps, configMap('a', { data: { a: 'b' } }, { labels: { app: 'x' } }), { save: 'a' }),
  post('a name that is taken', maps, configMap('a')),
  post('a resourceVersion', maps, configMap('rv', {}, { resourceVersion: '55' })),
  post(
    'metadata that the server decides',
    maps,
    configMap(
      'sys',
      {},
      {
        uid: 'mine',
        creationTimestamp: '2020-01-01T00:00:00Z',
        deletionTimestamp: '2020-01-01T00:00:00Z',
        selfLink: 'x',
      },
    ),
  ),
  post('owners that lack everything', maps, configMap('own', {}, { ownerReferences: [{ apiVersion: 'v1' }] })),
  post(
    'two controllers',
    maps,
    configMap(
      'own',
      {},
      {
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'x', controller: true },
          { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: 'y', controller: true },
        ],
      },
    ),
  ),
  post(
    'bad labels, annotations and finalizers',
    maps,
    configMap(
      'bad',
      {},
      {
        labels: { x: 'y y' },
        annotations: { 'a b': 'c' },
        finalizers: ['foo'],
      },
    ),
  ),
  post('a name that is a number', maps, { metadata: { name: 5 } }),
  post('a label that is a number', maps, { metadata: { name: 'a', labels: { a: 5 } } }),
  post('a dry run', maps, configMap('dry'), { query: { dryRun: 'All' } }),
  post('a bad dry run', maps, configMap('dry'), { query: { dryRun: 'Foo' } }),
  post('a bad field validation', maps, configMap('dry'), { query: { fieldValidation: 'Foo' } }),
  get('that the dry run left nothing', `${maps}/dry`),
  { name: 'half a body', method: 'POST', path: maps, text: '{"kind":"ConfigMap",' },
  { name: 'no body', method: 'POST', path: maps, text: '' },
  { name: 'a body of text', method: 'POST', path: maps, text: 'x', type: 'text/plain', only: ['reason', 'code'] },
  post('a gadget', gadgets, gadget('g', { spec: { color: 'red' }, status: { phase: 'Sent' } }), { save: 'g' }),
  post('a gadget without a kind', gadgets, { metadata: { name: 'g' } }),
  post('a gadget of another version', gadgets, { ...gadget('h'), apiVersion: 'test.lockstep.dev/v2' }),
  post('a gadget of another kind', gadgets, { ...gadget('h'), kind: 'Widget' }),
  post('a gadget whose name is a number', gadgets, { ...gadget('h'), metadata: { name: 5 } }),
  {
    name: 'a gadget with fields twice and unknown ones, strictly',
    method: 'POST',
    path: gadgets,
    query: { fieldValidation: 'Strict' },
    text: '{"apiVersion":"test.lockstep.dev/v1","kind":"Gadget","metadata":{"name":"h","foo":1},"spec":{"a":1,"a":2,"b":[{"c":1,"c":1}]}}',
  },
  post('a gadget whose name is taken', gadgets, gadget('g')),
];

const updates: readonly Exchange[] = [
  put('another name', `${maps}/a`, configMap('b')),
  put('no name in a PUT', `${maps}/a`, { kind: 'ConfigMap' }),
  put('an old version', `${maps}/a`, configMap('a', {}, { resourceVersion: '1' })),
  put('a version that is none', `${maps}/a`, configMap('a', {}, { resourceVersion: 'x' })),
  put('another uid', `${maps}/a`, configMap('a', {}, { uid: 'x' }), { only: ['reason', 'code', 'details'] }),
  put('a PUT of what is not there', `${maps}/nobody`, configMap('nobody')),
  put('a PUT that changes nothing', `${maps}/a`, configMap('a', { data: { a: 'b' } }, { labels: { app: 'x' } })),
  put('a PUT that takes labels away', `${maps}/a`, configMap('a', { data: { a: 'c' } })),
  put('a gadget without a version', `${gadgets}/g`, gadget('g')),
  put('a gadget with an old version', `${gadgets}/g`, gadget('g', {}, { resourceVersion: '1' })),
  put(
    'a gadget with its version',
    `${gadgets}/g`,
    gadget(
      'g',
      { spec: { color: 'blue' }, status: { phase: 'Lost' } },
      {
        resourceVersion: '$g',
      },
    ),
  ),
  patch('labels do not count as a generation', `${gadgets}/g`, { metadata: { labels: { a: 'b' } } }),
  patch('a patch that changes nothing', `${gadgets}/g`, { metadata: { labels: { a: 'b' } } }),
  patch('an old version in a patch', `${gadgets}/g`, { metadata: { resourceVersion: '1' } }),
  patch('a new uid', `${gadgets}/g`, { metadata: { uid: 'x' } }),
  patch('a new name', `${gadgets}/g`, { metadata: { name: 'x' } }),
  patch('a deletion by patch', `${gadgets}/g`, { metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } }),
  patch('a new generation by patch', `${gadgets}/g`, { metadata: { generation: 7 } }),
  patch('a list as merge patch', `${gadgets}/g`, []),
  { ...patch('half a patch', `${gadgets}/g`, {}), text: '{' },
  patch('a patch of what is not there', `${gadgets}/nobody`, {}),
  patch('a strategic patch of a custom resource', `${gadgets}/g`, {}, { type: STRATEGIC, only: ['reason', 'code'] }),
  patch('a patch of no known type', `${gadgets}/g`, {}, { type: 'application/json', only: ['reason', 'code'] }),
  patch('a failed test', `${gadgets}/g`, [{ op: 'test', path: '/metadata/name', value: 'x' }], { type: JSON_PATCH }),
  patch('a removal of nothing', `${gadgets}/g`, [{ op: 'remove', path: '/metadata/foo' }], { type: JSON_PATCH }),
  patch('a replacement of nothing', `${gadgets}/g`, [{ op: 'replace', path: '/spec/a/b', value: 1 }], {
    type: JSON_PATCH,
  }),
  patch('an unknown operation', `${gadgets}/g`, [{ op: 'foo', path: '/spec', value: 1 }], { type: JSON_PATCH }),
  patch('an object as JSON patch', `${gadgets}/g`, {}, { type: JSON_PATCH }),
  patch(
    'a JSON patch with a test of the version that is old',
    `${gadgets}/g`,
    [{ op: 'replace', path: '/metadata/resourceVersion', value: '1' }],
    { type: JSON_PATCH },
  ),
  patch(
    'all operations of a JSON patch',
    `${gadgets}/g`,
    [
      { op: 'test', path: '/spec/color', value: 'blue' },
      { op: 'add', path: '/spec/list', value: [1, 3] },
      { op: 'add', path: '/spec/list/1', value: 2 },
      { op: 'add', path: '/spec/list/-', value: 4 },
      { op: 'copy', from: '/spec/list/0', path: '/spec/first' },
      { op: 'move', from: '/spec/first', path: '/spec/a~1b' },
      { op: 'remove', path: '/spec/list/0' },
      { op: 'replace', path: '/spec/color', value: 'green' },
    ],
    { type: JSON_PATCH },
  ),
  patch('status by the main door', `${gadgets}/g`, { status: { phase: 'Lost' } }),
  patch(
    'status by its own door, with what does not belong there',
    `${gadgets}/g/status`,
    { spec: { color: 'black' }, metadata: { labels: { z: 'z' }, finalizers: ['a.b/c'] }, status: { phase: 'Running' } },
    { save: 'gs' },
  ),
  patch('status under an old version', `${gadgets}/g/status`, { metadata: { resourceVersion: '1' }, status: { a: 1 } }),
  patch('status under its version', `${gadgets}/g/status`, { metadata: { resourceVersion: '$gs' }, status: { a: 1 } }),
  put('a PUT of status', `${gadgets}/g/status`, gadget('g', { status: { phase: 'Done' } }), {
    only: ['code', 'message'],
  }),
  post('a POST of status', `${gadgets}/g/status`, {}),
  get('the status alone', `${gadgets}/g/status`),
];

const lists: readonly Exchange[] = [
  post('a second config map', maps, configMap('b', {}, { labels: { app: 'x', tier: '1' } })),
  post('a third config map', maps, configMap('c', {}, { labels: { app: 'y' } })),
  get('a selected list', maps, { labelSelector: 'app in (x,y),!tier' }),
  get('a list by what is not equal', maps, { labelSelector: 'app!=x,app' }),
  get('a list by name', maps, { fieldSelector: 'metadata.name=b' }),
  get('gadgets by color', gadgets, { fieldSelector: 'spec.color=green' }),
  get('a selector without an operator', maps, { labelSelector: 'a b' }),
  get('a selector without parentheses', maps, { labelSelector: 'a in b' }),
  get('a field that config maps do not have', maps, { fieldSelector: 'foo=bar' }),
  get('a field selector without a value', maps, { fieldSelector: 'foo' }),
  get('a field that pods cannot be selected by', pods, { fieldSelector: 'spec.foo=bar' }),
  get('a field that gadgets cannot be selected by', gadgets, { fieldSelector: 'spec.foo=bar' }),
  get('a limit that is no number', maps, { limit: 'x' }),
  get('a version that is no number', maps, { resourceVersion: 'x' }),
  get('a match without a version', maps, { resourceVersionMatch: 'Exact' }),
  get('an unknown match', maps, { resourceVersionMatch: 'Foo', resourceVersion: '1' }),
  get('initial events in a list', maps, { sendInitialEvents: 'true' }),
  get('a list as it was', maps, { resourceVersion: '$a', resourceVersionMatch: 'Exact', labelSelector: 'app' }),
];

const deletes: readonly Exchange[] = [
  remove('another uid in the preconditions', `${gadgets}/g`, { preconditions: { uid: 'x' } }),
  remove('another version in the preconditions', `${gadgets}/g`, { preconditions: { resourceVersion: '1' } }),
  remove('an unknown policy', `${gadgets}/g`, undefined, { query: { propagationPolicy: 'Foo' } }),
  remove('two policies', `${gadgets}/g`, undefined, {
    query: { propagationPolicy: 'Orphan', orphanDependents: 'true' },
  }),
  remove('a grace period that is none', `${gadgets}/g`, undefined, { query: { gracePeriodSeconds: 'a' } }),
  remove('a dry delete', `${gadgets}/g`, undefined, { query: { dryRun: 'All' } }),
  patch('a finalizer', `${gadgets}/g`, { metadata: { finalizers: ['a.b/c'] } }),
  remove('a delete that a finalizer holds', `${gadgets}/g`),
  remove('a second delete', `${gadgets}/g`),
  patch('one more finalizer', `${gadgets}/g`, { metadata: { finalizers: ['a.b/c', 'd.e/f'] } }),
  patch('a change while it is being deleted', `${gadgets}/g`, { spec: { color: 'white' } }),
  patch('the last finalizer gone', `${gadgets}/g`, { metadata: { finalizers: null } }),
  get('that it is gone', `${gadgets}/g`),
  post('a gadget to be orphaned', gadgets, gadget('o')),
  // Dry, because in a whole cluster the garbage collector takes its finalizer off at once.
  remove(
    'an orphaning delete',
    `${gadgets}/o`,
    { propagationPolicy: 'Orphan', dryRun: ['All'] },
    { only: ['kind', 'metadata.name', 'metadata.finalizers'] },
  ),
  remove(
    'a delete of dependents first',
    `${gadgets}/o`,
    { propagationPolicy: 'Foreground', dryRun: ['All'] },
    { only: ['kind', 'metadata.name', 'metadata.finalizers'] },
  ),
  remove('a delete at once', `${maps}/b`),
  remove('a delete of what is not there', `${maps}/b`),
  remove('a namespace that must not go', '/api/v1/namespaces/default', undefined, { query: { dryRun: 'All' } }),
];

const pod = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, finalizers: ['a.b/c'] },
  spec: { terminationGracePeriodSeconds: 7, containers: [{ name: 'main', image: 'example.com/x' }] },
});
const POD = [
  'metadata.name',
  'metadata.generation',
  'metadata.labels',
  'metadata.deletionGracePeriodSeconds',
  'status.phase',
];
const REFUSAL = ['code', 'reason', 'message', 'details'];

const podDoors: readonly Exchange[] = [
  post('a pod', pods, pod('p'), { only: [...POD, 'metadata.finalizers'] }),
  get('its log before it is bound', `${pods}/p/log`),
  post('a binding to nothing', `${pods}/p/binding`, { metadata: { name: 'p' }, target: {} }, { only: REFUSAL }),
  post('a binding', `${pods}/p/binding`, { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } }),
  post('a second binding', `${pods}/p/binding`, { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n2' } }),
  post('a binding of no pod', `${pods}/q/binding`, { metadata: { name: 'q' }, target: { kind: 'Node', name: 'n2' } }),
  get('the log of another container', `${pods}/p/log`, { container: 'zz' }),
  get('the log of no pod', `${pods}/q/log`),
  patch(
    'labels by the status door',
    `${pods}/p/status`,
    { status: { phase: 'Running' }, metadata: { labels: { a: 'b' } } },
    { only: POD },
  ),
  patch('status by the main door of a pod', `${pods}/p`, { status: { phase: 'Failed' } }, { only: POD }),
  patch(
    'conditions merge by type',
    `${pods}/p/status`,
    {
      status: { conditions: [{ type: 'Ready', status: 'False', lastProbeTime: null, lastTransitionTime: null }] },
    },
    { type: STRATEGIC, only: POD },
  ),
  post(
    'an eviction of another uid',
    `${pods}/p/eviction`,
    {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'p' },
      deleteOptions: { preconditions: { uid: 'x' } },
    },
    { only: ['code', 'reason'] },
  ),
  post('an eviction', `${pods}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
  { ...get('the evicted pod', `${pods}/p`), only: POD },
  remove('a delete that asks for no other grace', `${pods}/p`, undefined, { only: POD }),
  remove('a shorter grace', `${pods}/p`, { gracePeriodSeconds: 3 }, { only: POD }),
  remove('a longer grace', `${pods}/p`, { gracePeriodSeconds: 9 }, { only: POD }),
  remove('no grace', `${pods}/p`, { gracePeriodSeconds: 0 }, { only: POD }),
  patch('the pod let go', `${pods}/p`, { metadata: { finalizers: null } }, { only: POD }),
  get('that the pod is gone', `${pods}/p`),
];

const watches: readonly Exchange[] = [
  get('everything that happened to gadgets', gadgets, {
    watch: 'true',
    resourceVersion: '$begin',
    timeoutSeconds: '1',
  }),
  get('what a selecting watcher saw', gadgets, {
    watch: 'true',
    resourceVersion: '$begin',
    timeoutSeconds: '1',
    fieldSelector: 'spec.color=blue',
  }),
  get('everything that happened to selected maps', maps, {
    watch: 'true',
    resourceVersion: '$begin',
    timeoutSeconds: '1',
    labelSelector: 'app=x',
  }),
  get('what is there now', maps, { watch: 'true', timeoutSeconds: '1', labelSelector: 'app' }),
  get('a watch from no number', maps, { watch: 'true', resourceVersion: 'x' }),
];

export const EXCHANGES: readonly Exchange[] = [
  ...paths,
  ...creates,
  ...updates,
  ...lists,
  ...deletes,
  ...podDoors,
  ...watches,
];
