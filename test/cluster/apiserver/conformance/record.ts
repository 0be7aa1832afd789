/**
 * Sends the exchanges to a real API server and keeps its answers in test/fixtures/apiserver-exchanges.json.
 * Run it by hand where the exchanges have changed:
 *   kubectl proxy --port 8001 &
 *   npx esbuild --bundle --packages=external --platform=node --format=esm --outfile=dist/record-exchanges.mjs \
 *     test/cluster/apiserver/conformance/record.ts && node dist/record-exchanges.mjs http://127.0.0.1:8001
 */
import { writeFile } from 'node:fs/promises';
import type { Json } from '../../../../src/api/json.js';
import { readAnswer, savedVersion, Variables, type Answer } from './answer.js';
import { EXCHANGES, GADGETS, NAMESPACE, type Exchange } from './exchanges.js';

const server = process.argv[2] ?? 'http://127.0.0.1:8001';

async function call(method: string, path: string, body?: Json): Promise<number> {
  const response = await fetch(server + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.text();
  return response.status;
}

async function until(path: string, status: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await call('GET', path)) === status) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${path} never answered ${status}`);
}

async function send(exchange: Exchange, variables: Variables): Promise<Answer> {
  const query = new URLSearchParams(exchange.query ?? {}).toString();
  const text = exchange.text ?? (exchange.body === undefined ? undefined : JSON.stringify(exchange.body));
  const response = await fetch(
    server + exchange.path + (query === '' ? '' : `?${variables.apply(decodeURIComponent(query))}`),
    {
      method: exchange.method,
      headers: { 'content-type': exchange.type ?? 'application/json', accept: exchange.accept ?? '*/*' },
      ...(text === undefined ? {} : { body: variables.apply(text) }),
    },
  );
  const answer = await response.text();
  if (exchange.save !== undefined) variables.set(exchange.save, savedVersion(answer));
  return readAnswer(exchange, { code: response.status, text: answer, variables });
}

const variables = new Variables();
const answers: Answer[] = [];
await call('DELETE', `/api/v1/namespaces/${NAMESPACE}`);
await until(`/api/v1/namespaces/${NAMESPACE}`, 404);
await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', GADGETS);
await until(`/apis/test.lockstep.dev/v1/namespaces/${NAMESPACE}/gadgets`, 200);
await call('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
await until(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`, 200);
for (const exchange of EXCHANGES) answers.push(await send(exchange, variables));
await call('DELETE', `/api/v1/namespaces/${NAMESPACE}`);
await call('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.test.lockstep.dev');
await writeFile('test/fixtures/apiserver-exchanges.json', `${JSON.stringify(answers, undefined, 1)}\n`);
