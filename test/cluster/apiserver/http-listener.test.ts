import { afterEach, describe, expect, it } from 'vitest';
import { listen, type Listening } from '../../../src/cluster/apiserver/http-listener.js';
import { ADMIT_ALL } from '../../../src/cluster/apiserver/admission.js';
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
