import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';
import type { ApiTransport } from '../../src/api/http.js';
import type { JsonObject } from '../../src/api/json.js';
import { ApiServer, clusterAdmission, clusterSchemas } from '../../src/cluster/index.js';
import { type HttpTransport, createHttpTransport, loadCredentials, systemClock } from '../../src/runtime/index.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { BAD, GOOD, expectedRefusal, refOf, type ExampleFile } from './example-files.js';

/** A kubeconfig: the same requests go to that API server too, and its answers must be the embedded one's. */
const REAL = process.env['LOCKSTEP_TEST_KUBECONFIG'];
const ALL = [...GOOD, ...BAD].map((file) => [file.path, file] as const);

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
let embedded: ApiTransport;

beforeAll(async () => {
  const server = new ApiServer({ clock: new VirtualClock(), schemas: clusterSchemas, admission: clusterAdmission });
  embedded = server.transport();
  for (const manifest of CRD_MANIFESTS) await post(embedded, DEFINITIONS, manifest);
  await makeNamespaces(embedded);
}, 120_000);

describe('the embedded API server', () => {
  it.each(GOOD.map((file) => [file.path, file] as const))('accepts %s', async (_path, file) => {
    expect(await dryRun(embedded, file)).toMatchObject({ code: 201 });
  });

  it.each(BAD.map((file) => [file.path, file] as const))('says of %s what the file expects', async (_path, file) => {
    const { apiServer } = expectedRefusal(file);
    const answer = await dryRun(embedded, file);
    if (apiServer === null) expect(answer).toMatchObject({ code: 201 });
    else expect(answer.message).toContain(apiServer);
  });
});

describe.skipIf(REAL === undefined)('a real API server', () => {
  let real: HttpTransport;
  afterAll(() => {
    real.close();
  });

  beforeAll(async () => {
    const loaded = await loadCredentials({ kind: 'file', path: REAL ?? '', context: undefined }, systemClock);
    real = createHttpTransport({ credentials: loaded.credentials, clock: systemClock });
    await makeNamespaces(real);
  }, 120_000);

  it.each(ALL)('answers %s as the embedded one does', async (_path, file) => {
    const answer = await dryRun(real, file);
    expect(comparable(await dryRun(embedded, file))).toEqual(comparable(answer));
    const { apiServer } = expectedRefusal(file);
    if (apiServer !== null) expect(answer.message).toContain(apiServer);
  });
});

interface Answer {
  readonly code: number;
  /** Empty where it was accepted. */
  readonly message: string;
  /** Of `details`, as JSON. */
  readonly causes: readonly string[];
}

/** The real API server goes through the members of an object in any order, and its rules with them: so do several causes come. */
function comparable({ code, message, causes }: Answer): object {
  return { code, causes: [...causes].sort(), message: causes.length > 1 ? message.length : message };
}

/** Creates the run of a file, strictly, and without storing it; under a name that no earlier run of it has. */
async function dryRun(transport: ApiTransport, file: ExampleFile): Promise<Answer> {
  const { namespace, name } = refOf(file);
  const workflow = { ...file.workflow, metadata: { name: `${name}-dry-run`, namespace } };
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  const { apiVersion, plural } = file.kind.translator;
  return post(transport, `/apis/${apiVersion}/namespaces/${namespace}/${plural}`, workflow, query);
}

async function makeNamespaces(transport: ApiTransport): Promise<void> {
  for (const { documents } of [...GOOD, ...BAD]) {
    const namespace = documents.find((document) => document['kind'] === 'Namespace');
    if (namespace !== undefined) await post(transport, '/api/v1/namespaces', namespace);
  }
  await post(transport, '/api/v1/namespaces', { metadata: { name: 'default' } });
}

async function post(
  transport: ApiTransport,
  path: string,
  object: JsonObject,
  query: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const { status, body } = await transport.send({ method: 'POST', path, query, headers, body: JSON.stringify(object) });
  const { message = '', details } = JSON.parse(await textOf(body)) as Partial<StatusBody>;
  return { code: status, message, causes: (details?.causes ?? []).map((cause) => JSON.stringify(cause)) };
}

/** What is read of a Status; an object that was accepted has none of it. */
interface StatusBody {
  readonly message: string;
  readonly details: { readonly causes?: readonly object[] };
}

async function textOf(body: string | AsyncIterable<string>): Promise<string> {
  if (typeof body === 'string') return body;
  let text = '';
  for await (const piece of body) text += piece;
  return text;
}
