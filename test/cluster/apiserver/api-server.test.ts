import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/api/json.js';
import type { Admission } from '../../../src/cluster/apiserver/admission.js';
import { ADMIT_ALL } from '../../../src/cluster/apiserver/admission.js';
import type { SchemaHandler } from '../../../src/cluster/schema-port.js';
import { StatusError } from '../../../src/cluster/status-error.js';
import { settle, VirtualClock } from '../../support/virtual-clock.js';
import { api, bodyText, startServer } from './server.js';

const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const THINGS = '/apis/example.com/v1/namespaces/default/things';

const definition = (versions: readonly string[] = ['v1']): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'things', kind: 'Thing' },
    versions: versions.map((name, index) => ({
      name,
      served: true,
      storage: index === 0,
      schema: { openAPIV3Schema: { type: 'object' } },
    })),
  },
});
const thing = (name: string, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { name, ...metadata },
});
const names = (body: { readonly [name: string]: unknown }): readonly string[] =>
  (body['items'] as { metadata: { name: string } }[]).map((item) => item.metadata.name);

describe('lists', () => {
  it('come in pages that together are one consistent list, whatever is written in between', async () => {
    const server = startServer();
    for (const name of ['a', 'b', 'c', 'd']) await api(server, 'POST', MAPS, { metadata: { name } });
    const first = await api(server, 'GET', `${MAPS}?limit=3`);
    expect(first.body['metadata']).toMatchObject({ remainingItemCount: 1 });
    const { continue: token, resourceVersion } = first.body['metadata'] as {
      continue: string;
      resourceVersion: string;
    };
    await api(server, 'DELETE', `${MAPS}/d`);
    await api(server, 'POST', MAPS, { metadata: { name: 'e' } });
    const second = await api(server, 'GET', `${MAPS}?limit=3&continue=${token}`);
    expect([...names(first.body), ...names(second.body)]).toEqual(['a', 'b', 'c', 'd']);
    expect(second.body['metadata']).toEqual({ resourceVersion });
  });

  it('answer 410 for a continue token that the history has outlived', async () => {
    const server = startServer({ historyLength: 2 });
    for (const name of ['a', 'b', 'c']) await api(server, 'POST', MAPS, { metadata: { name } });
    const { body } = await api(server, 'GET', `${MAPS}?limit=1`);
    for (const name of ['d', 'e', 'f']) await api(server, 'POST', MAPS, { metadata: { name } });
    const { continue: token } = body['metadata'] as { continue: string };
    expect(await api(server, 'GET', `${MAPS}?limit=1&continue=${token}`)).toMatchObject({
      code: 410,
      body: { reason: 'Expired' },
    });
  });

  it('answer 504 for a version from the future', async () => {
    const answer = await api(startServer(), 'GET', `${MAPS}?resourceVersion=1000`);
    expect(answer).toMatchObject({ code: 504, headers: { 'retry-after': '1' } });
  });
});

describe('generated names', () => {
  it('are tried again where they collide, and give up after some attempts', async () => {
    let calls = 0;
    const suffix = (): string => ((calls += 1) < 3 ? 'taken' : 'freed');
    const server = startServer({ ids: { uid: () => `u${calls}`, suffix } });
    await api(server, 'POST', MAPS, { metadata: { name: 'x-taken' } });
    const first = await api(server, 'POST', MAPS, { metadata: { generateName: 'x-' } });
    expect(first.body['metadata']).toMatchObject({ name: 'x-freed', generateName: 'x-' });
    const second = await api(server, 'POST', MAPS, { metadata: { generateName: 'x-' } });
    expect(second).toMatchObject({ code: 409, body: { reason: 'AlreadyExists' } });
  });
});

describe('custom resource definitions', () => {
  it('serve their kind in the same turn, and say so', async () => {
    const server = startServer();
    expect((await api(server, 'POST', DEFINITIONS, definition())).body['status']).toMatchObject({
      conditions: [{ type: 'NamesAccepted' }, { type: 'Established', status: 'True' }],
    });
    expect((await api(server, 'POST', THINGS, thing('a'))).code).toBe(201);
    expect((await api(server, 'GET', '/apis/example.com/v1')).body['resources']).toMatchObject([{ name: 'things' }]);
  });

  it('show objects in each served version', async () => {
    const server = startServer();
    await api(server, 'POST', DEFINITIONS, definition(['v1', 'v2']));
    await api(server, 'POST', THINGS, thing('a'));
    const other = THINGS.replace('v1', 'v2');
    expect((await api(server, 'GET', `${other}/a`)).body).toMatchObject({ apiVersion: 'example.com/v2' });
    const before = server.revision;
    await api(server, 'PATCH', `${other}/a`, { metadata: { labels: {} } });
    expect(server.revision).toBe(before);
  });

  it('prune and default what was written under an older schema when it is read', async () => {
    // The description of the schema stands for what it does: the field that it adds, and the one that it drops.
    const compile = (schema: JsonObject): SchemaHandler => ({
      prune: (value) => ({
        value: Object.fromEntries(Object.entries(value).filter(([key]) => key !== schema['title'])),
        unknown: [],
      }),
      applyDefaults: (value) =>
        typeof schema['description'] === 'string' ? { [schema['description']]: 1, ...value } : value,
      validate: () => [],
    });
    const server = startServer({ schemas: { compile, builtin: () => undefined } });
    await api(server, 'POST', DEFINITIONS, definition());
    await api(server, 'POST', THINGS, { ...thing('a'), old: 1 });
    const schema = { type: 'object', title: 'old', description: 'fresh' };
    const path = '/spec/versions/0/schema/openAPIV3Schema';
    const headers = { 'content-type': 'application/json-patch+json' };
    await api(server, 'PATCH', `${DEFINITIONS}/things.example.com`, [{ op: 'replace', path, value: schema }], {
      headers,
    });
    const { body } = await api(server, 'GET', `${THINGS}/a`);
    expect([body['old'], body['fresh']]).toEqual([undefined, 1]);
    expect((await api(server, 'GET', THINGS)).body['items']).toMatchObject([{ fresh: 1 }]);
  });

  it('take their objects with them, and wait for those that are held', async () => {
    const server = startServer();
    await api(server, 'POST', DEFINITIONS, definition());
    await api(server, 'POST', THINGS, thing('held', { finalizers: ['a.b/c'] }));
    await api(server, 'POST', THINGS, thing('free'));
    await api(server, 'DELETE', `${DEFINITIONS}/things.example.com`);
    expect(names((await api(server, 'GET', THINGS)).body)).toEqual(['held']);
    await api(server, 'PATCH', `${THINGS}/held`, { metadata: { finalizers: null } });
    const gone = await server.handle({ method: 'GET', path: THINGS });
    expect([gone.status, gone.body]).toEqual([404, '404 page not found\n']);
    expect((await api(server, 'GET', `${DEFINITIONS}/things.example.com`)).code).toBe(404);
  });

  it('are refused where their name does not fit', async () => {
    const wrong = { ...definition(), metadata: { name: 'x.example.com' } };
    expect(await api(startServer(), 'POST', DEFINITIONS, wrong)).toMatchObject({ code: 422 });
  });
});

describe('namespaces', () => {
  it('take nothing new while they are being deleted, and go when they are finalized', async () => {
    const server = startServer();
    await api(server, 'POST', '/api/v1/namespaces', { metadata: { name: 'n' } });
    const deleted = await api(server, 'DELETE', '/api/v1/namespaces/n');
    expect(deleted.body).toMatchObject({ status: { phase: 'Terminating' }, spec: { finalizers: ['kubernetes'] } });
    expect(await api(server, 'POST', '/api/v1/namespaces/n/configmaps', { metadata: { name: 'x' } })).toMatchObject({
      code: 403,
      body: {
        message:
          'configmaps "x" is forbidden: unable to create new content in namespace n because it is being terminated',
        details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
      },
    });
    await server.localClient().finalizeNamespace('n');
    expect((await api(server, 'GET', '/api/v1/namespaces/n')).code).toBe(404);
  });
});

describe('pods', () => {
  const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'main', image: 'x' }] } };

  it('that are on no node go at once, others wait for their kubelet', async () => {
    const server = startServer();
    await api(server, 'POST', PODS, pod);
    expect((await api(server, 'DELETE', `${PODS}/p`)).body).toMatchObject({ kind: 'Pod' });
    expect((await api(server, 'GET', `${PODS}/p`)).code).toBe(404);
    await api(server, 'POST', PODS, pod);
    await server.localClient().bind({ namespace: 'default', name: 'p' }, 'n1');
    await api(server, 'DELETE', `${PODS}/p`);
    expect((await api(server, 'GET', `${PODS}/p`)).body['metadata']).toMatchObject({ deletionGracePeriodSeconds: 30 });
    await api(server, 'DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
    expect((await api(server, 'GET', `${PODS}/p`)).code).toBe(404);
  });

  it('have logs where a kubelet gives them', async () => {
    const server = startServer();
    await api(server, 'POST', PODS, pod);
    await server.localClient().bind({ namespace: 'default', name: 'p' }, 'n1');
    server.setLogProvider({
      readLog: (of, query) => Promise.resolve(`${of.name} ${query.container} ${query.tailLines ?? 'all'}\n`),
    });
    const answer = await server.handle({ method: 'GET', path: `${PODS}/p/log`, query: { tailLines: '5' } });
    expect([answer.status, await bodyText(answer)]).toEqual([200, 'p main 5\n']);
  });
});

describe('a Job', () => {
  it('leaves its pods behind unless its deletion says otherwise, as batch/v1 always did', async () => {
    const server = startServer();
    const jobs = '/apis/batch/v1/namespaces/default/jobs';
    await api(server, 'POST', jobs, { metadata: { name: 'j' } });
    expect((await api(server, 'DELETE', `${jobs}/j`)).body['metadata']).toMatchObject({ finalizers: ['orphan'] });
    await api(server, 'POST', jobs, { metadata: { name: 'k' } });
    expect((await api(server, 'DELETE', `${jobs}/k?propagationPolicy=Background`)).body).toMatchObject({
      status: 'Success',
    });
  });
});

describe('deletecollection', () => {
  it('deletes what is selected and answers it', async () => {
    const server = startServer();
    for (const [name, app] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'x'],
    ] as const)
      await api(server, 'POST', MAPS, { metadata: { name, labels: { app } } });
    expect(names((await api(server, 'DELETE', `${MAPS}?labelSelector=app%3Dx`)).body)).toEqual(['a', 'c']);
    expect(names((await api(server, 'GET', MAPS)).body)).toEqual(['b']);
  });
});

describe('what is not done is refused', () => {
  it.each([
    ['server-side apply', 'PATCH', `${MAPS}/x?fieldManager=a`, { 'content-type': 'application/apply-patch+yaml' }, 415],
    ['protobuf', 'GET', MAPS, { accept: 'application/vnd.kubernetes.protobuf' }, 406],
    ['tables of an old form', 'GET', MAPS, { accept: 'application/json;as=Table;v=v1beta1;g=meta.k8s.io' }, 406],
    ['an unknown parameter of a write', 'POST', `${MAPS}?dryrun=All`, {}, 400],
    ['an unknown parameter of a delete', 'DELETE', `${MAPS}/x?dryrun=All`, {}, 400],
    ['exec', 'POST', `${PODS}/p/exec`, {}, 501],
    ['attach', 'GET', `${PODS}/p/attach`, {}, 501],
    ['a token', 'POST', '/api/v1/namespaces/default/serviceaccounts/x/token', {}, 501],
  ] as const)('%s', async (_what, method, path, headers, code) => {
    expect((await api(startServer(), method, path, undefined, { headers })).code).toBe(code);
  });

  it('but a client that takes JSON as well as protobuf gets JSON', async () => {
    const headers = { accept: 'application/vnd.kubernetes.protobuf,application/json' };
    expect((await api(startServer(), 'GET', MAPS, undefined, { headers })).code).toBe(200);
  });
});

describe('users', () => {
  const admission: Admission = {
    ...ADMIT_ALL,
    authorize: (user, { verb }) =>
      user.name === 'ann' && verb === 'get' ? { allowed: true } : { allowed: false, reason: '' },
  };
  const users = { 'token-of-ann': { name: 'ann', groups: ['ops'] } };
  const asAnn = { headers: { authorization: 'Bearer token-of-ann' } };

  it('are known by their token and may do what they may', async () => {
    const server = startServer({ admission, users });
    expect((await api(server, 'GET', `${MAPS}/x`, undefined, asAnn)).code).toBe(404);
    expect(await api(server, 'GET', PODS, undefined, asAnn)).toMatchObject({
      code: 403,
      body: {
        message: 'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default"',
      },
    });
    expect((await api(server, 'GET', '/version', undefined, asAnn)).code).toBe(200);
  });

  it('are refused with a token that nobody has', async () => {
    const answer = await api(startServer(), 'GET', PODS, undefined, { headers: { authorization: 'Bearer x' } });
    expect(answer).toMatchObject({ code: 401, body: { reason: 'Unauthorized' } });
  });

  it('of this process need none', async () => {
    expect((await api(startServer({ admission }), 'GET', PODS)).code).toBe(200);
  });

  it('come through a transport of their own', async () => {
    const server = startServer({ admission, users });
    const answer = await server.transport('token-of-ann').send({ method: 'GET', path: PODS });
    expect(answer.status).toBe(403);
  });
});

describe('admission', () => {
  it('refuses before the name is looked up, and is dry where the name is taken', async () => {
    const seen: boolean[] = [];
    const admission: Admission = {
      ...ADMIT_ALL,
      validate: (object, _old, { dryRun }) => {
        if (object.kind !== 'ConfigMap') return;
        seen.push(dryRun);
        if (seen.length > 2) throw new StatusError({ code: 403, reason: 'Forbidden', message: 'exceeded quota' });
      },
    };
    const server = startServer({ admission });
    const body = { metadata: { name: 'x' } };
    const codes = [];
    for (let i = 0; i < 3; i += 1) codes.push((await api(server, 'POST', MAPS, body)).code);
    expect([codes, seen]).toEqual([
      [201, 409, 403],
      [false, true, true],
    ]);
  });

  it('can warn, and can write statuses that change something', async () => {
    const admission: Admission = {
      ...ADMIT_ALL,
      validate: (object, _old, context) => {
        if (object.kind !== 'ConfigMap') return;
        context.warn('mind the quota');
        const { store } = context;
        const quota = store.get('', 'resourcequotas', { namespace: 'default', name: 'q' });
        if (quota !== undefined) store.writeStatus(quota, { used: { pods: '1' } });
      },
    };
    const server = startServer({ admission });
    await api(server, 'POST', '/api/v1/namespaces/default/resourcequotas', { metadata: { name: 'q' } });
    const answer = await api(server, 'POST', MAPS, { metadata: { name: 'x' } });
    expect(answer.headers['warning']).toBe('299 - "mind the quota"');
    const quota = await api(server, 'GET', '/api/v1/namespaces/default/resourcequotas/q');
    expect(quota.body['status']).toEqual({ used: { pods: '1' } });
  });
});

describe('the local client', () => {
  it('tells existing objects and then changes, each after the write that caused it', async () => {
    const server = startServer();
    const client = server.localClient();
    const { CONFIG_MAPS } = await import('../../../src/cluster/resource.js');
    const map = (name: string) => ({ metadata: { namespace: 'default', name } });
    await client.create(CONFIG_MAPS, map('a'));
    const seen: string[] = [];
    const stop = new AbortController();
    client.watch(CONFIG_MAPS, { namespace: 'default', signal: stop.signal }, ({ type, object }) => {
      seen.push(`${type} ${object.metadata.name}`);
    });
    expect(seen).toEqual([]);
    await client.create(CONFIG_MAPS, map('b'));
    await client.patch(CONFIG_MAPS, { namespace: 'default', name: 'a' }, { body: { data: { x: 'y' } } });
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'b' });
    await settle();
    expect(seen).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED b']);
    stop.abort();
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'a' });
    await settle();
    expect(seen).toHaveLength(4);
  });

  it('throws a StatusError for every refusal', async () => {
    const { PODS: pods } = await import('../../../src/cluster/resource.js');
    const read = startServer().localClient().get(pods, { namespace: 'default', name: 'x' });
    await expect(read).rejects.toMatchObject({ code: 404, reason: 'NotFound', details: { name: 'x', kind: 'pods' } });
    await expect(read).rejects.toBeInstanceOf(StatusError);
  });

  it('keeps nothing of what it was given: changing it later changes nothing stored', async () => {
    const { CONFIG_MAPS } = await import('../../../src/cluster/resource.js');
    const client = startServer().localClient();
    const data = { a: '1' };
    await client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'x' }, data });
    data.a = '2';
    expect((await client.get(CONFIG_MAPS, { namespace: 'default', name: 'x' })).data).toEqual({ a: '1' });
  });
});

describe('a clock of its own', () => {
  it('gives the times of metadata', async () => {
    const clock = new VirtualClock(Date.parse('2030-01-02T03:04:05.678Z'));
    const { body } = await api(startServer({ clock }), 'POST', MAPS, { metadata: { name: 'x' } });
    expect(body['metadata']).toMatchObject({ creationTimestamp: '2030-01-02T03:04:05Z' });
  });
});
