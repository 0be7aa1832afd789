import type { JsonObject } from '../../src/api/json.js';
import type { SampleKind } from './sample-kinds.js';
import { get, JSON_PATCH, patch, post, put, remove, type Step, STRATEGIC, TABLE, watch } from './step.js';

/** Everything that clients do with the objects of a kind. */
export function stepsOf(sample: SampleKind): readonly Step[] {
  const { apiVersion, kind, path, content, custom } = sample;
  const object = (name: string, metadata: JsonObject = {}): JsonObject => ({
    apiVersion,
    kind,
    metadata: { name, labels: { suite: 'differential' }, ...metadata },
    ...content,
  });
  const one = `${path}/one`;
  const said = (what: string): string => `${kind}: ${what}`;
  const selected = { labelSelector: 'suite=differential' };
  const current = { first: 'metadata.resourceVersion' };
  return [
    get(said('an empty list'), path, {
      query: { ...selected },
      save: { begin: 'metadata.resourceVersion' },
      versions: sample.controlled ? 'none' : 'anew',
    }),
    post(said('a dry run of a create'), path, object('one'), { query: { dryRun: 'All' } }),
    get(said('that it left nothing'), one),
    post(said('a create'), path, object('one'), { save: current }),
    post(said('a name that is taken'), path, object('one')),
    post(said('another kind in the body'), path, { ...object('two'), kind: 'Other' }),
    post(said('another version in the body'), path, { ...object('two'), apiVersion: 'example.dev/v9' }),
    post(
      said('an unknown field, strictly'),
      path,
      { ...object('two'), unknown: 1 },
      { query: { fieldValidation: 'Strict' } },
    ),
    post(said('a bad name'), path, object('One_')),
    post(
      said('bad metadata'),
      path,
      object('two', { labels: { 'a b': 'c' }, annotations: { '/': 'x' }, finalizers: ['x'] }),
    ),
    post(said('a spec that is a number'), path, { ...object('two'), spec: 5 }),
    get(said('the object'), one),
    get(said('the object as a table'), one, { accept: TABLE }),
    get(said('only its metadata'), one, { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }),
    put(said('an update under an old version'), one, object('one', { resourceVersion: '1' })),
    put(
      said('an update that changes a label'),
      one,
      object('one', {
        labels: { suite: 'differential', a: 'b' },
        ...(sample.controlled ? {} : { resourceVersion: '$first' }),
      }),
    ),
    put(
      said('an update of what is not there'),
      `${path}/nobody`,
      object('nobody', custom ? { resourceVersion: '1' } : {}),
      { query: { dryRun: 'All' } },
    ),
    put(said('an update of another name'), one, object('other')),
    patch(said('a merge patch'), one, sample.change),
    patch(said('the same again'), one, sample.change),
    patch(said('a strategic patch'), one, { metadata: { labels: { a: null, c: 'd' } } }, { type: STRATEGIC }),
    patch(said('a JSON patch'), one, [{ op: 'add', path: '/metadata/labels/e', value: 'f' }], { type: JSON_PATCH }),
    patch(said('a JSON patch whose test fails'), one, [{ op: 'test', path: '/kind', value: 'x' }], {
      type: JSON_PATCH,
    }),
    patch(said('a patch of the uid'), one, { metadata: { uid: 'other' } }),
    patch(said('a patch to a bad label'), one, { metadata: { labels: { a: 'b b' } } }),
    patch(said('a patch that is no object'), one, []),
    // Of custom resources a real server would write the managed fields alone; gadgets have a step of their own.
    ...(custom
      ? []
      : [patch(said('status by its own door'), `${one}/status`, { metadata: { annotations: { by: 'status' } } })]),
    post(said('a second one'), path, object('two')),
    post(said('a third one'), path, object('three')),
    get(said('the first page'), path, { query: { ...selected, limit: '2' }, save: { next: 'metadata.continue' } }),
    get(said('the second page'), path, { query: { ...selected, limit: '2', continue: '$next' } }),
    get(said('a list by a name'), path, { query: { fieldSelector: 'metadata.name=two' } }),
    get(said('a list by a field that there is not'), path, { query: { fieldSelector: 'spec.nothing=1' } }),
    get(said('a table'), path, { query: selected, accept: TABLE }),
    get(said('a table without objects'), path, { query: { ...selected, includeObject: 'None' }, accept: TABLE }),
    remove(said('a delete under another uid'), one, { preconditions: { uid: 'other' } }),
    remove(said('a dry run of a delete'), one, { dryRun: ['All'] }),
    patch(said('a finalizer'), one, { metadata: { finalizers: ['example.dev/hold'] } }),
    remove(said('a delete that a finalizer holds'), one, { gracePeriodSeconds: 0 }),
    patch(said('a new finalizer while it is being deleted'), one, {
      metadata: { finalizers: ['example.dev/hold', 'example.dev/new'] },
    }),
    patch(said('the finalizer gone'), one, { metadata: { finalizers: null } }),
    get(said('that it is gone'), one, { until: 404 }),
    remove(said('a delete at once'), `${path}/two`, { gracePeriodSeconds: 0 }),
    get(said('that the second is gone'), `${path}/two`, { until: 404 }),
    // Of one only: a real server deletes several side by side, in any order.
    remove(said('a delete of all that are selected'), path, { gracePeriodSeconds: 0 }, { query: selected }),
    get(said('that they are gone'), `${path}/three`, { until: 404 }),
    ...(sample.controlled
      ? []
      : [watch(said('a watch from the beginning'), path, { ...selected, resourceVersion: '$begin' })]),
  ];
}
