/**
 * Asks a real API server and keeps its answers in test/fixtures/apiserver-answers/admission.json. By hand, where the
 * requests have changed (the answers are compared by admission-answers.test.ts):
 *   kubectl proxy --port 8001 &
 *   npx esbuild --bundle --packages=external --platform=node --format=esm --outfile=dist/record-admission.mjs \
 *     test/cluster/admission/record-admission.ts && node dist/record-admission.mjs http://127.0.0.1:8001
 * The namespaces are made and deleted.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../../src/api/json.js';
import { namespaces, requests, setup, type AdmissionRequest } from './admission-requests.js';
import { normalAnswer } from './normal-answer.js';

const server = process.argv[2] ?? 'http://127.0.0.1:8001';

async function send(request: AdmissionRequest, query: string): Promise<JsonObject> {
  const { method, path, body, user } = request;
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await fetch(`${server}${path}${query}`, {
    method,
    headers: { 'content-type': type, ...(user === undefined ? {} : { 'impersonate-user': user }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  return isJsonObject(answer) ? answer : {};
}

for (const request of setup) await send(request, '');
// Informers of the plugins and of the authorizer need a moment to see it; the quota controller must not lower `used`.
await new Promise((done) => setTimeout(done, 1500));
for (const request of setup.filter(({ path }) => path.endsWith('/status'))) await send(request, '');
await new Promise((done) => setTimeout(done, 300));
const answers: JsonObject[] = [];
for (const request of requests) {
  const query = request.method === 'GET' ? '' : '?dryRun=All&fieldValidation=Strict';
  answers.push({ name: request.name, answer: normalAnswer(await send(request, query), request.method !== 'POST') });
}
for (const { metadata } of namespaces) {
  const name = isJsonObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
  await fetch(`${server}/api/v1/namespaces/${name}`, { method: 'DELETE' });
}
const text = `[\n${answers.map((answer) => JSON.stringify(answer)).join(',\n')}\n]\n`;
await writeFile(join(process.cwd(), 'test/fixtures/apiserver-answers/admission.json'), text);
process.stdout.write(`${answers.length} answers\n`);
