import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusterAdmission, clusterSchemas } from '../../../../src/cluster/index.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { api, bodyText, startServer, type TestServer } from '../server.js';
import { readAnswer, savedVersion, Variables, type Answer } from './answer.js';
import { EXCHANGES, GADGETS, NAMESPACE } from './exchanges.js';

/** What a real kube-apiserver 1.35 answered (record.ts). */
const RECORDED = JSON.parse(readFileSync('test/fixtures/apiserver-exchanges.json', 'utf8')) as readonly Answer[];

/** The server's own rules alone, and together with the schemas and the admission of the embedded cluster. */
const PARTS = {
  alone: {},
  'with schemas and admission': { schemas: clusterSchemas, admission: clusterAdmission },
};

describe.each(Object.entries(PARTS))('the embedded API server answers as a real one: %s', (_name, parts) => {
  const answers = new Map<string, Answer>();

  beforeAll(async () => {
    const clock = new VirtualClock();
    const server = startServer({ clock, ...parts });
    await api(server, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', GADGETS);
    await api(server, 'POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    await api(server, 'POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: 'default' } });
    const variables = new Variables();
    for (const exchange of EXCHANGES) answers.set(exchange.name, await send(server, { exchange, variables, clock }));
  });

  it.each(RECORDED.map((answer) => [answer.name, answer] as const))('%s', (name, recorded) => {
    expect(answers.get(name)).toEqual(recorded);
  });
});

async function send(
  server: TestServer,
  to: { readonly exchange: (typeof EXCHANGES)[number]; readonly variables: Variables; readonly clock: VirtualClock },
): Promise<Answer> {
  const { exchange, variables, clock } = to;
  const query = Object.entries(exchange.query ?? {}).map(([name, value]) => [name, variables.apply(value)] as const);
  const text = exchange.text ?? (exchange.body === undefined ? undefined : JSON.stringify(exchange.body));
  const response = await server.handle({
    method: exchange.method,
    path: exchange.path,
    query: Object.fromEntries(query),
    headers: { 'content-type': exchange.type ?? 'application/json', accept: exchange.accept ?? '*/*' },
    ...(text === undefined ? {} : { body: variables.apply(text) }),
  });
  const read = bodyText(response);
  if (typeof response.body !== 'string') await clock.advance(1_000);
  const answer = await read;
  if (exchange.save !== undefined) variables.set(exchange.save, savedVersion(answer));
  return readAnswer(exchange, { code: response.status, text: answer, variables });
}
