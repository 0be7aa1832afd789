import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ADMIN } from '../../../src/cluster/apiserver/authentication.js';
import { listen, type Listening } from '../../../src/cluster/apiserver/http-listener.js';
import { ApiServer, clusterAdmission, clusterSchemas } from '../../../src/cluster/index.js';
import { systemClock } from '../../../src/runtime/index.js';

interface Ask {
  readonly path: string;
  readonly method?: 'POST' | 'PATCH';
  readonly type?: string;
  readonly accept?: string;
  readonly body?: string;
}

const CORE = '/api/v1/namespaces/default';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const MERGE = 'application/merge-patch+json';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const post = (path: string, more: Partial<Ask> = {}): Ask => ({ path, method: 'POST', body: '{}', ...more });
const DEFINITION_IN_PROTOBUF = 'k8s\0\x0a\x33\x0a\x17apiextensions.k8s.io/v1\x12\x18CustomResourceDefinition\x12\0';

/** What is asked for, by the first words of its row. */
const ASKS: Readonly<Record<string, readonly Ask[]>> = {
  'server-side apply': [
    { path: `${CORE}/configmaps/x?fieldManager=a`, method: 'PATCH', type: 'application/apply-patch+yaml', body: '{}' },
  ],
  'an answer in nothing but': [PROTOBUF, 'application/cbor', 'application/yaml'].map((accept) => ({
    path: `${CORE}/pods`,
    accept,
  })),
  'a table in the form v1beta1': [
    { path: `${CORE}/pods`, accept: 'application/json;as=Table;v=v1beta1;g=meta.k8s.io' },
  ],
  'OpenAPI v2 as protobuf': [
    { path: '/openapi/v2', accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' },
  ],
  'a definition or a custom resource in protobuf': [
    post(DEFINITIONS, { type: PROTOBUF, body: DEFINITION_IN_PROTOBUF }),
  ],
  'a kind that there is not': [
    post(`${CORE}/services`),
    { path: `${CORE}/services` },
    post('/apis/apps/v1/namespaces/default/deployments'),
    post('/apis/batch/v1/namespaces/default/cronjobs'),
  ],
  'a group that there is not': [
    post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'),
    { path: '/apis/metrics.k8s.io/v1beta1/nodes' },
    post('/apis/networking.k8s.io/v1/namespaces/default/ingresses'),
  ],
  'a watch that begins with a list': [
    { path: `${CORE}/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan` },
  ],
  'a parameter of a write': [post(`${CORE}/configmaps?dryrun=All`)],
  'exec, attach': [
    ...['exec', 'attach', 'portforward'].map((subresource) => post(`${CORE}/pods/x/${subresource}`)),
    { path: `${CORE}/pods/x/proxy` },
    ...['resize', 'ephemeralcontainers'].map((subresource) => ({
      path: `${CORE}/pods/x/${subresource}`,
      method: 'PATCH' as const,
      body: '{}',
    })),
  ],
  'a token of a service account': [post(`${CORE}/serviceaccounts/default/token`)],
  'a conversion webhook': [
    post(DEFINITIONS, {
      body: JSON.stringify({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'things.example.dev' },
        spec: {
          group: 'example.dev',
          scope: 'Namespaced',
          names: { plural: 'things', kind: 'Thing' },
          conversion: { strategy: 'Webhook' },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        },
      }),
    }),
  ],
};

/** The rows of the table: what is asked for, and the code and text of the answer. */
const ROWS = readFileSync('docs/embedded-api-server.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, asked, code, said] = /^\| (.+?) \| (\d{3}) `(.+?)` \| .+ \|$/.exec(line) ?? [];
    return asked === undefined || code === undefined || said === undefined ? [] : [{ asked, code: Number(code), said }];
  });

describe('what the docs say is left out', () => {
  let listening: Listening;
  let server: ApiServer;
  beforeAll(async () => {
    server = new ApiServer({ clock: systemClock, schemas: clusterSchemas, admission: clusterAdmission });
    listening = await listen(server, { anonymous: SYSTEM_ADMIN });
  });
  afterAll(async () => {
    server.close();
    await listening.close();
  });

  it('is all that is asked for here', () => {
    const starts = Object.keys(ASKS);
    expect(ROWS.map(({ asked }) => starts.find((start) => asked.startsWith(start)) ?? asked)).toEqual(starts);
  });

  it.each(ROWS.map((row) => [row.asked, row] as const))('is refused as they say: %s', async (_asked, row) => {
    const [, asks = []] = Object.entries(ASKS).find(([start]) => row.asked.startsWith(start)) ?? [];
    for (const { path, method = 'GET', type = 'application/json', accept = 'application/json', body } of asks) {
      const answer = await fetch(listening.url + path, {
        method,
        headers: { accept, 'content-type': method === 'PATCH' && type === 'application/json' ? MERGE : type },
        ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body, 'latin1')) }),
      });
      const said = await answer.text();
      expect([path, answer.status, said]).toEqual([path, row.code, expect.stringContaining(row.said)]);
    }
  });
});
