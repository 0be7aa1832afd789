import { get, NAMESPACE, post, remove, type Step, watch } from './step.js';

const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const RUNS = `/apis/lockstep.dev/v1alpha1/namespaces/${NAMESPACE}/workflowexecutions`;
const EVERYWHERE = '/api/v1/configmaps';

const map = (name: string, labels: Readonly<Record<string, string>>): Step =>
  post(`a map to select: ${name}`, MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `select-${name}`, labels: { suite: 'selectors', ...labels } },
  });

/** All label selectors are for objects of this suite alone. */
const LABELS = [
  'tier=front',
  'tier==front',
  'tier!=front',
  'tier in (front,back)',
  'tier notin (front,back)',
  'tier in ()',
  'tier',
  '!tier',
  'tier=front,size=1',
  'size>1',
  'size<2',
  'size>x',
  'tier=',
  'tier in (front',
  'tier=a b',
  'a/b/c=d',
  'tier=b*c',
  'tier!=b*c',
  'tier notin (b,*)',
  '=front',
];

const FIELDS = [
  'metadata.name=select-a',
  'metadata.name==select-a',
  'metadata.name!=select-a',
  `metadata.namespace=${NAMESPACE}`,
  `metadata.namespace!=${NAMESPACE}`,
  'metadata.name=select-a,metadata.namespace=other',
  'metadata.uid=x',
  'data.x=y',
  'metadata.name=',
  'metadata.name',
];

const only = { labelSelector: 'suite=selectors' };

/** What is chosen, page by page, and what is deleted of it. */
export const SELECTOR_STEPS: readonly Step[] = [
  map('a', { tier: 'front', size: '1' }),
  map('b', { tier: 'back', size: '2' }),
  map('c', { tier: '' }),
  map('d', {}),
  ...LABELS.map((selector) =>
    get(`maps whose labels are ${selector}`, MAPS, { query: { labelSelector: `suite=selectors,${selector}` } }),
  ),
  ...FIELDS.map((selector) =>
    get(`maps whose fields are ${selector}`, MAPS, { query: { ...only, fieldSelector: selector } }),
  ),
  get('maps of all namespaces', EVERYWHERE, { query: only }),
  get('a page of all namespaces', EVERYWHERE, { query: { ...only, limit: '3' }, save: { more: 'metadata.continue' } }),
  get('the rest of all namespaces', EVERYWHERE, { query: { ...only, limit: '3', continue: '$more' } }),
  get('the rest, under a version of its own', EVERYWHERE, {
    query: { ...only, limit: '3', continue: '$more', resourceVersion: '1' },
  }),
  get('a page under any version', MAPS, { query: { ...only, limit: '9', resourceVersion: '0' } }),
  get('a list not older than none', MAPS, { query: { ...only, resourceVersionMatch: 'NotOlderThan' } }),
  get('a list with a match that there is not', MAPS, {
    query: { ...only, resourceVersion: '1', resourceVersionMatch: 'Newest' },
  }),
  get('a list exactly of any version', MAPS, {
    query: { ...only, resourceVersion: '0', resourceVersionMatch: 'Exact' },
  }),
  watch('a watch with a selector that is none', MAPS, { labelSelector: 'a b' }),
  watch('a watch by a field that there is not', MAPS, { fieldSelector: 'data.x=y' }),
  remove('a delete of a page', MAPS, undefined, { query: { labelSelector: 'suite=selectors,tier=front' } }),
  get('what is left of them', MAPS, { query: only }),
  remove('a delete by a policy that there is not', `${MAPS}/select-b`, { propagationPolicy: 'Sideways' }),
  remove('a delete by two policies', `${MAPS}/select-b`, { propagationPolicy: 'Orphan', orphanDependents: true }),
  remove('a delete under another version', `${MAPS}/select-b`, { preconditions: { resourceVersion: '1' } }),
  remove('a dry run of another kind', `${MAPS}/select-b`, { dryRun: ['Some'] }),
  remove('a delete of what is not there', `${MAPS}/nobody`),
  remove('select-b gone', `${MAPS}/select-b`),
  remove('select-c gone', `${MAPS}/select-c`),
  remove('select-d gone', `${MAPS}/select-d`),
  post('a map in a namespace that there is not', '/api/v1/namespaces/nobody-made-this/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x' },
  }),
  post('a map of another namespace', MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', namespace: 'default' },
  }),
  post('a map whose label and annotation have keys of three parts', MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', labels: { 'a/b/c': 'd' }, annotations: { 'e/f/g': 'h' } },
  }),
  post('a map of no namespace', EVERYWHERE, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }),
  {
    ...post('a media type that nobody reads', MAPS, null, { type: 'text/csv' }),
    text: 'a,b',
  },
  {
    ...post('a media type that nobody reads, of a custom resource', RUNS, null, { type: 'text/csv' }),
    text: 'a,b',
  },
];

/**
 * At the end of the script: the cache of a custom resource begins when its kind is defined, so that nobody remembers this.
 * What a cache of a kind of Kubernetes' own remembers depends on how long the server has run.
 */
export const LAST_STEPS: readonly Step[] = [
  watch('a watch of custom resources from a version that is long gone', RUNS, {
    resourceVersion: '1',
  }),
];
