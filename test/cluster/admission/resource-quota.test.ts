import { beforeEach, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/api/json.js';
import { clusterAdmission } from '../../../src/cluster/admission/cluster-admission.js';
import { ApiServer } from '../../../src/cluster/index.js';
import { clusterSchemas } from '../../../src/cluster/schema/schemas.js';
import { VirtualClock } from '../../support/virtual-clock.js';

const pod = (name: string): JsonObject => ({ metadata: { name }, spec: { containers: [{ name: 'a', image: 'x' }] } });

describe('a ResourceQuota of one pod', () => {
  let server: ApiServer;

  const post = async (
    plural: string,
    body: JsonObject,
    query: Readonly<Record<string, string>> = {},
  ): Promise<JsonObject> => {
    const path = `/api/v1/namespaces/default/${plural}`;
    const headers = { 'content-type': 'application/json' };
    const response = await server.handle({ method: 'POST', path, query, headers, body: JSON.stringify(body) });
    const answer: unknown = JSON.parse(typeof response.body === 'string' ? response.body : '{}');
    return isJsonObject(answer) ? answer : {};
  };
  const used = async (): Promise<unknown> => {
    const path = '/api/v1/namespaces/default/resourcequotas/one';
    const response = await server.handle({ method: 'GET', path });
    const quota: unknown = JSON.parse(typeof response.body === 'string' ? response.body : '{}');
    return isJsonObject(quota) && isJsonObject(quota['status']) ? quota['status']['used'] : undefined;
  };

  beforeEach(async () => {
    server = new ApiServer({ clock: new VirtualClock(), schemas: clusterSchemas, admission: clusterAdmission });
    await post('serviceaccounts', { metadata: { name: 'default' } });
    await post('resourcequotas', { metadata: { name: 'one' }, spec: { hard: { pods: '1' } } });
  });

  it('is charged by the pod that it lets in, at once', async () => {
    expect(await post('pods', pod('first'))).toMatchObject({ kind: 'Pod' });
    expect(await used()).toEqual({ pods: '1' });
  });

  it('refuses the second pod in the words that a person looks for', async () => {
    await post('pods', pod('first'));
    expect(await post('pods', pod('second'))).toMatchObject({
      code: 403,
      message: 'pods "second" is forbidden: exceeded quota: one, requested: pods=1, used: pods=1, limited: pods=1',
    });
  });

  it('lets only one in of two that are created in the same instant', async () => {
    const answers = await Promise.all([post('pods', pod('first')), post('pods', pod('second'))]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['Pod', 'Status']);
  });

  it('is not charged by a dry run', async () => {
    expect(await post('pods', pod('first'), { dryRun: 'All' })).toMatchObject({ kind: 'Pod' });
    expect(await used()).toBeUndefined();
  });

  it('is not charged by a pod that is refused for another reason', async () => {
    expect(await post('pods', { metadata: { name: 'x' }, spec: { containers: [] } })).toMatchObject({ code: 422 });
    expect(await used()).toBeUndefined();
  });
});
