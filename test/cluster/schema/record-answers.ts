/**
 * Asks a real API server about every case and keeps its answers in test/fixtures/apiserver-answers.
 * Run it by hand where the cases or the CRDs have changed:
 *   kubectl proxy --port 8001 &
 *   npx esbuild --bundle --packages=external --platform=node --format=esm --outfile=dist/record-answers.mjs \
 *     test/cluster/schema/record-answers.ts && node dist/record-answers.mjs http://127.0.0.1:8001
 * The definitions are applied; the objects live in a namespace of their own, which is deleted.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';
import { textOf } from './json-reading.js';
import { definitionCases, definitionWith } from './definition-cases.js';
import { answerSuites, type AnswerCase, type AnswerSuite } from './answer-cases.js';

const server = process.argv[2] ?? 'http://127.0.0.1:8001';
const directory = join(process.cwd(), 'test/fixtures/apiserver-answers');
const namespace = 'lockstep-answers';

async function call(method: string, path: string, body?: Json): Promise<JsonObject> {
  const response = await fetch(server + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  return isJsonObject(answer) ? answer : {};
}

function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let found = value;
  for (const key of path) {
    if (isJsonArray(found) && typeof key === 'number') found = found[key];
    else found = isJsonObject(found) ? found[String(key)] : undefined;
  }
  return found;
}

interface Target {
  readonly apiVersion: string;
  readonly kind: Json;
  readonly path: string;
}

function targetOf(definition: JsonObject): Target {
  const group = textOf(at(definition, 'spec', 'group'));
  const version = textOf(at(definition, 'spec', 'versions', 0, 'name'));
  const plural = textOf(at(definition, 'spec', 'names', 'plural'));
  return {
    apiVersion: `${group}/${version}`,
    kind: at(definition, 'spec', 'names', 'kind') ?? '',
    path: `/apis/${group}/${version}/namespaces/${namespace}/${plural}`,
  };
}

async function ask({ name, spec, old }: AnswerCase, target: Target): Promise<JsonObject> {
  const { apiVersion, kind, path } = target;
  const object = { apiVersion, kind, metadata: { name: 'x' }, spec };
  const query = 'dryRun=All&fieldValidation=Strict';
  if (old === undefined) return { name, object, answer: kept(await call('POST', `${path}?${query}`, object)) };
  const before = await call('POST', path, { ...object, spec: old });
  const resourceVersion = at(before, 'metadata', 'resourceVersion') ?? '';
  const answer = await call('PUT', `${path}/x?${query}`, { ...object, metadata: { name: 'x', resourceVersion } });
  await call('DELETE', `${path}/x`);
  return { name, old: { ...object, spec: at(before, 'spec') ?? null }, object, answer: kept(answer) };
}

/** What does not depend on the day. */
function kept(answer: JsonObject): JsonObject {
  if (answer['kind'] !== 'Status') return { code: 200, spec: answer['spec'] };
  const { code, reason, message, details } = answer;
  return { code, reason, message, causes: at(details, 'causes') ?? [] };
}

async function record({ file, definition, cases }: AnswerSuite, version: Json): Promise<void> {
  const name = textOf(at(definition, 'metadata', 'name'));
  await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  const target = targetOf(definition);
  for (let tries = 0; tries < 100 && (await call('GET', target.path))['kind'] === 'Status'; tries += 1);
  const answers: JsonObject[] = [];
  for (const one of cases) answers.push(await ask(one, target));
  const schema = at(definition, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema');
  const text = JSON.stringify({ server: version, definition: name, schema, answers });
  await writeFile(join(directory, file), `${text.replaceAll('{"name":"', '\n{"name":"')}\n`);
  process.stdout.write(`${file}: ${answers.length} answers\n`);
}

async function recordDefinitions(version: Json): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All';
  const answers: JsonObject[] = [];
  for (const { name, schema } of definitionCases) {
    const { code, causes } = kept(await call('POST', path, definitionWith(schema)));
    answers.push({ name, code, causes: causes ?? [] });
  }
  const text = JSON.stringify({ server: version, answers });
  await writeFile(join(directory, 'definitions.json'), `${text.replaceAll('{"name":"', '\n{"name":"')}\n`);
  process.stdout.write(`definitions.json: ${answers.length} answers\n`);
}

await mkdir(directory, { recursive: true });
await call('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
const version = at(await call('GET', '/version'), 'gitVersion') ?? '';
for (const suite of answerSuites) await record(suite, version);
await recordDefinitions(version);
await call('DELETE', `/api/v1/namespaces/${namespace}`);
