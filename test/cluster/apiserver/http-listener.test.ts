import { afterEach, describe, expect, it } from 'vitest';
import { listen, type Listening } from '../../../src/cluster/apiserver/http-listener.js';
import { ADMIT_ALL } from '../../../src/cluster/apiserver/admission.js';
import { PROTOBUF } from '../../../src/cluster/apiserver/protobuf/protobuf-body.js';
import { api, startServer } from './server.js';

describe('the server over HTTP', () => {
  let listening: Listening | undefined;
  afterEach(async () => {
    await listening?.close();
  });

  const MAPS = '/api/v1/namespaces/default/configmaps';

  it('answers the same core, and streams watches as they happen', async () => {
    const server = startServer();
    listening = await listen(server);
    const abort = new AbortController();
    const response = await fetch(`${listening.url}${MAPS}?watch=true`, { signal: abort.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const created = await fetch(`${listening.url}${MAPS}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ metadata: { name: 'x' } }),
    });
    expect(created.status).toBe(201);
    const first = await reader?.read();
    expect(JSON.parse(first?.value ?? '{}')).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'x' } } });
    abort.abort();
  });

  it('takes objects in protobuf where their kind is built in, and answers in JSON', async () => {
    const server = startServer();
    listening = await listen(server);
    const { url } = listening;
    const send = async (path: string, body: Buffer | string): Promise<unknown> => {
      const headers = { 'content-type': PROTOBUF, accept: `${PROTOBUF},application/json` };
      const answer = await fetch(url + path, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
      return { code: answer.status, body: await answer.json() };
    };
    // What `kubectl create namespace x` sends.
    const namespace =
      'k8s\0\x0a\x0f\x0a\x02v1\x12\x09Namespace\x12\x11\x0a\x09\x0a\x01x\x12\0\x1a\0"\0\x12\0\x1a\x02\x0a\0';
    expect(await send('/api/v1/namespaces', namespace)).toMatchObject({
      code: 201,
      body: { metadata: { name: 'x' } },
    });
    expect(await send('/api/v1/namespaces', namespace.slice(0, -7))).toMatchObject({
      code: 400,
      body: { reason: 'BadRequest' },
    });
    const definition = namespace.replace('v1', 'v9');
    expect(await send('/api/v1/namespaces', definition)).toMatchObject({
      code: 415,
      body: { message: expect.stringContaining('application/json, application/yaml') as string },
    });
  });

  it('takes who sends no token as anonymous', async () => {
    const nobody = { ...ADMIT_ALL, authorize: () => ({ allowed: false, reason: '' }) as const };
    listening = await listen(startServer({ admission: nobody }));
    const answer = await fetch(`${listening.url}/version`);
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { message: 'forbidden: User "system:anonymous" cannot get path "/version"' },
    ]);
  });

  it('refuses a body that is too large', async () => {
    listening = await listen(startServer());
    const body = JSON.stringify({ metadata: { name: 'x' }, data: { x: 'y'.repeat(4 * 1024 * 1024) } });
    const answer = await fetch(`${listening.url}${MAPS}`, { method: 'POST', body });
    expect(answer.status).toBe(413);
  });

  it('ends watches when it is closed', async () => {
    const server = startServer();
    listening = await listen(server);
    const response = await fetch(`${listening.url}${MAPS}?watch=true`);
    const text = response.text();
    server.close();
    expect(await text).toBe('');
    expect((await api(server, 'GET', MAPS)).code).toBe(200);
  });
});
