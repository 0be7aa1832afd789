import type { JsonObject } from '../../src/api/json.js';
import { get, NAMESPACE, patch, post, remove, type Step, watch } from './step.js';

const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

const map = (name: string, metadata: JsonObject = {}, rest: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...rest,
});

const raw = (name: string, text: string, type?: string): Step => ({
  name,
  method: 'POST',
  path: MAPS,
  text,
  ...(type === undefined ? {} : { type }),
});

/** Bodies that are wrong before anybody looks at the object. */
const BODIES: readonly Step[] = [
  raw('a body: nothing', ''),
  raw('a body: half an object', '{"kind":"ConfigMap"'),
  raw('a body: null', 'null'),
  raw('a body: a list', '[]'),
  raw('a body: a number', '5'),
  raw('a body: an empty object', '{}'),
  raw('a body: no kind', '{"metadata":{"name":"a"}}'),
  raw('a body: metadata that is a list', '{"apiVersion":"v1","kind":"ConfigMap","metadata":[]}'),
  raw('a body: data that is a list', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":["x"]}'),
  raw('a body: data with a number', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":1}}'),
  raw('a body: YAML', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: yaml }\n', 'application/yaml'),
];

/** `generateName`: names that are made, and prefixes that are too long or bad. */
const NAMES: readonly Step[] = [
  post('a name to be made', MAPS, map('', { name: null, generateName: 'made-' }), { save: { made: 'metadata.name' } }),
  get('the object of that name', `${MAPS}/$made`),
  post('a name beside a prefix', MAPS, map('given', { generateName: 'made-' })),
  post('a bad prefix', MAPS, map('', { name: null, generateName: 'Made_' }), {
    query: { dryRun: 'All' },
    save: { refused: 'details.name' },
  }),
  post('neither a name nor a prefix', MAPS, map('', { name: null })),
  remove('the made one gone', `${MAPS}/$made`),
];

const immutable: readonly Step[] = [
  post('an immutable map', MAPS, map('fixed', {}, { data: { a: 'b' }, immutable: true })),
  patch('a change of its data', `${MAPS}/fixed`, { data: { a: 'c' } }),
  patch('a change back to mutable', `${MAPS}/fixed`, { immutable: false }),
  patch('a change of its labels', `${MAPS}/fixed`, { metadata: { labels: { a: 'b' } } }),
  patch('a change of its name', `${MAPS}/fixed`, { metadata: { name: 'other' } }),
  patch('a change of its namespace', `${MAPS}/fixed`, { metadata: { namespace: 'default' } }),
  patch('a change of its creation', `${MAPS}/fixed`, { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } }),
];

/** What becomes of dependents, in each propagation mode. */
function owners(policy: 'Foreground' | 'Background' | 'Orphan'): readonly Step[] {
  const owner = `owner-${policy.toLowerCase()}`;
  const dependent = `dependent-${policy.toLowerCase()}`;
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: '$owner', blockOwnerDeletion: true };
  const orphaned = policy === 'Orphan';
  return [
    post(`${policy}: an owner`, MAPS, map(owner), { save: { owner: 'metadata.uid' } }),
    post(`${policy}: a dependent`, MAPS, map(dependent, { ownerReferences: [reference] })),
    remove(`${policy}: the owner deleted`, `${MAPS}/${owner}`, { propagationPolicy: policy }),
    get(`${policy}: the owner is gone`, `${MAPS}/${owner}`, { until: 404 }),
    get(`${policy}: the dependent`, `${MAPS}/${dependent}`, { until: orphaned ? 200 : 404 }),
    ...(orphaned ? [remove('Orphan: the dependent deleted', `${MAPS}/${dependent}`)] : []),
  ];
}

const versions: readonly Step[] = [
  get('the version of now', MAPS, { save: { now: 'metadata.resourceVersion' }, query: { labelSelector: 'none=such' } }),
  post('a map to be watched', MAPS, map('watched', { labels: { see: 'me' } })),
  patch('out of the selection', `${MAPS}/watched`, { metadata: { labels: { see: 'not' } } }),
  patch('into the selection', `${MAPS}/watched`, { metadata: { labels: { see: 'me' } } }),
  remove('the watched one gone', `${MAPS}/watched`),
  watch('a watch of all since then', MAPS, { resourceVersion: '$now' }),
  watch('a watch of what is selected since then', MAPS, { resourceVersion: '$now', labelSelector: 'see=me' }),
  watch('a watch of one name', MAPS, { resourceVersion: '$now', fieldSelector: 'metadata.name=watched' }),
  watch('a watch of what is there', MAPS, { labelSelector: 'a=b' }),
  watch('a watch from a version that is none', MAPS, { resourceVersion: 'x' }),
  watch('a watch from the future', MAPS, { resourceVersion: '999999999' }),
  get('a list from the future', MAPS, { query: { resourceVersion: '999999999' } }),
  get('a list of a version that is none', MAPS, { query: { resourceVersion: 'x' } }),
  get('a list of exactly no version', MAPS, { query: { resourceVersionMatch: 'Exact' } }),
  get('a page with a token that is none', MAPS, { query: { limit: '1', continue: 'x' } }),
  get('a limit that is none', MAPS, { query: { limit: 'x' } }),
  get('a label selector that is none', MAPS, { query: { labelSelector: 'a b' } }),
  get('a field selector that is none', MAPS, { query: { fieldSelector: 'a' } }),
];

/** Discovery of the groups whose kinds are whole here. */
const discovery: readonly Step[] = [
  get('the resources of the group of gadgets', '/apis/differential.lockstep.dev/v1'),
  get('the group of gadgets', '/apis/differential.lockstep.dev'),
  get('the versions of the core', '/api', {}),
  get('a group that is not served', '/apis/nobody.example.dev'),
  get('a version that is not served', '/apis/batch/v9'),
  get('a document that there is not', '/openapi/v3/apis/nobody.example.dev/v1'),
  get('a path that is nothing', '/nothing'),
];

/** What the server does whatever the kind. */
export const SERVER_STEPS: readonly Step[] = [
  ...BODIES,
  ...NAMES,
  ...immutable,
  ...owners('Background'),
  ...owners('Foreground'),
  ...owners('Orphan'),
  ...versions,
  ...discovery,
];
