import { beforeAll, describe, expect, it } from 'vitest';
import { CRD_MANIFESTS } from '../../../src/api/generated/crd-manifests.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';
import { clusterSchemas } from '../../../src/cluster/index.js';
import { bodyText, startServer, type TestServer } from './server.js';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

describe('the OpenAPI documents', () => {
  let server: TestServer;
  const read = async (path: string): Promise<JsonObject> => {
    const response = await server.handle({ method: 'GET', path, headers: { accept: 'application/json' } });
    expect(response.status).toBe(200);
    const value: unknown = JSON.parse(await bodyText(response));
    if (!isJsonObject(value)) throw new Error(`${path} is no object`);
    return value;
  };

  beforeAll(async () => {
    server = startServer({ schemas: clusterSchemas });
    for (const manifest of CRD_MANIFESTS)
      await server.handle({ method: 'POST', path: DEFINITIONS, body: JSON.stringify(manifest) });
  });

  it('v3: each group and version has one, whose references all lead somewhere', async () => {
    const { paths } = await read('/openapi/v3');
    const places = Object.keys(isJsonObject(paths) ? paths : {});
    expect(places).toEqual(expect.arrayContaining(['api/v1', 'apis/batch/v1', 'apis/lockstep.dev/v1alpha1']));
    for (const place of places) {
      const document = await read(`/openapi/v3/${place}`);
      const schemas = at(document, 'components', 'schemas');
      for (const reference of referencesOf(document))
        expect(schemas).toHaveProperty([reference.replace('#/components/schemas/', '')]);
    }
  });

  it('v3: the schema of a definition is there as it was written, and its kind can be found by it', async () => {
    const document = await read('/openapi/v3/apis/lockstep.dev/v1alpha1');
    const schema = at(document, 'components', 'schemas', 'dev.lockstep.v1alpha1.WorkflowExecution');
    expect(at(schema, 'x-kubernetes-group-version-kind')).toEqual([
      { group: 'lockstep.dev', version: 'v1alpha1', kind: 'WorkflowExecution' },
    ]);
    expect(at(schema, 'properties', 'spec', 'required')).toEqual(['steps']);
    const path = '/apis/lockstep.dev/v1alpha1/namespaces/{namespace}/workflowexecutions/{name}';
    const parameters = at(document, 'paths', path, 'patch', 'parameters');
    // By this kubectl knows that the server itself refuses unknown fields.
    expect(JSON.stringify(parameters)).toContain('"fieldValidation"');
  });

  it('v2: one document of all, without what v2 does not know', async () => {
    const document = await read('/openapi/v2');
    for (const reference of referencesOf(document))
      expect(at(document, 'definitions')).toHaveProperty([reference.replace('#/definitions/', '')]);
    const text = JSON.stringify(document);
    for (const word of ['"nullable"', '"oneOf"', '"x-kubernetes-validations"', '#/components/'])
      expect(text).not.toContain(word);
    expect(at(document, 'definitions', 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers')).toMatchObject({
      type: 'array',
      'x-kubernetes-patch-merge-key': 'name',
      items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
    });
  });

  it('change their hash with the kinds, and only then', async () => {
    const hashes = async (): Promise<Json> => (await read('/openapi/v3'))['paths'] ?? null;
    const before = await hashes();
    expect(await hashes()).toEqual(before);
    await server.handle({ method: 'DELETE', path: `${DEFINITIONS}/workflowactions.lockstep.dev` });
    const after = await hashes();
    expect(at(after, 'apis/lockstep.dev/v1alpha1')).not.toEqual(at(before, 'apis/lockstep.dev/v1alpha1'));
    expect(at(after, 'api/v1')).toEqual(at(before, 'api/v1'));
  });

  it('aggregated discovery names every resource once, with its subresources', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const response = await server.handle({ method: 'GET', path: '/apis', headers: { accept } });
    expect(response.headers['content-type']).toContain('as=APIGroupDiscoveryList');
    const text = await bodyText(response);
    expect(text.match(/"resource":"workflowexecutions"/g)).toHaveLength(1);
    expect(text).toContain('"subresource":"status"');
    const plain = await server.handle({ method: 'GET', path: '/apis', headers: { accept: 'application/json' } });
    expect(JSON.parse(await bodyText(plain))).toMatchObject({ kind: 'APIGroupList' });
  });
});

function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}

function referencesOf(value: Json): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(referencesOf);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (member === undefined) return [];
    return key === '$ref' && typeof member === 'string' ? [member] : referencesOf(member);
  });
}
