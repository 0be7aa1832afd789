import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';
import { clusterAdmission } from '../../../src/cluster/admission/cluster-admission.js';
import { ApiServer } from '../../../src/cluster/index.js';
import { clusterSchemas } from '../../../src/cluster/schema/schemas.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { requests, setup, type AdmissionRequest } from './admission-requests.js';
import { normalAnswer } from './normal-answer.js';

const users = { bob: { name: 'bob', groups: [] }, ann: { name: 'ann', groups: [] }, eve: { name: 'eve', groups: [] } };

const file = new URL('../../fixtures/apiserver-answers/admission.json', import.meta.url);
const recorded: unknown = JSON.parse(readFileSync(file, 'utf8'));
const expected = new Map<string, Json | undefined>(
  isJsonArray(recorded)
    ? recorded
        .filter(isJsonObject)
        .map((entry) => [typeof entry['name'] === 'string' ? entry['name'] : '', entry['answer']])
    : [],
);

async function send(
  server: ApiServer,
  request: AdmissionRequest,
  query: Readonly<Record<string, string>>,
): Promise<JsonObject> {
  const { method, path, body, user } = request;
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await server.handle({
    method,
    path,
    query,
    headers: { 'content-type': type, ...(user === undefined ? {} : { authorization: `Bearer ${user}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (typeof response.body !== 'string') throw new Error(`${path} answered a stream`);
  const answer: unknown = JSON.parse(response.body);
  return isJsonObject(answer) ? answer : {};
}

describe('built-in kinds, admission and authorization, as kube-apiserver 1.35 answers', () => {
  const server = new ApiServer({
    clock: new VirtualClock(),
    schemas: clusterSchemas,
    admission: clusterAdmission,
    users,
  });

  beforeAll(async () => {
    for (const request of setup) await send(server, request, {});
  });

  it.each(requests.map((request) => ({ request, name: request.name })))('$name', async ({ request, name }) => {
    const query = request.method === 'GET' ? {} : { dryRun: 'All', fieldValidation: 'Strict' };
    expect(normalAnswer(await send(server, request, query), request.method !== 'POST')).toEqual(expected.get(name));
  });
});
