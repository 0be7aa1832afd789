/**
 * Creates an object of each kind on a real API server, and keeps it as JSON and as protobuf in
 * test/fixtures/protobuf-objects.json. Run it by hand where the samples have changed:
 *   kubectl proxy --port 8001 &
 *   npx esbuild --bundle --packages=external --platform=node --format=esm --outfile=dist/record-protobuf.mjs \
 *     test/cluster/apiserver/protobuf/record.ts && node dist/record-protobuf.mjs http://127.0.0.1:8001
 */
import { writeFile } from 'node:fs/promises';
import { NAMESPACE, SAMPLES } from './sample-objects.js';

const server = process.argv[2] ?? 'http://127.0.0.1:8001';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const recorded: { readonly path: string; readonly json: unknown; readonly protobuf: string }[] = [];
for (const { path, object } of SAMPLES) {
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(server + path, { method: 'POST', headers, body: JSON.stringify(object) });
  if (made.status !== 201) throw new Error(`${path}: ${made.status} ${await made.text()}`);
  const one = `${server}${path}/${NAMESPACE}`;
  const json: unknown = await (await fetch(one, { headers: { accept: 'application/json' } })).json();
  const protobuf = await (await fetch(one, { headers: { accept: PROTOBUF } })).arrayBuffer();
  recorded.push({ path, json, protobuf: Buffer.from(protobuf).toString('base64') });
}
for (const { path } of [...SAMPLES].reverse()) await fetch(`${server}${path}/${NAMESPACE}`, { method: 'DELETE' });
await writeFile('test/fixtures/protobuf-objects.json', `${JSON.stringify(recorded, undefined, 1)}\n`);
