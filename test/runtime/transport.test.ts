// The transport on real sockets. Names like TestX are client-go's (rest/request_test.go).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createClient,
  createHttpTransport,
  fixedCredentials,
  type Access,
  type Client,
  type Credentials,
  type HttpTransport,
} from '../../src/runtime/index.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';
import { CONFIG_MAPS } from './config-maps.js';
import { drive, until } from './drive.js';
import { configMap } from './scripted-api.js';

const REF = { namespace: 'shop', name: 'a' };
const OBJECT = JSON.stringify(configMap('a', '1'));
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Site {
  readonly clock: VirtualClock;
  readonly client: Client;
  readonly transport: HttpTransport;
}

function connect(credentials: Credentials, timeouts = {}): Site {
  const clock = new VirtualClock();
  const transport = createHttpTransport({ credentials, clock, timeouts });
  closers.push(() => {
    transport.close();
  });
  return { clock, transport, client: createClient({ transport, clock, random: () => 0, userAgent: 'lockstep/test' }) };
}

/** An HTTP server that counts its connections. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const sockets: Socket[] = [];
  const server = createServer(handle);
  server.on('connection', (socket) => sockets.push(socket));
  closers.push(() => {
    server.closeAllConnections();
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, sockets };
}

/** A server that hears each piece of bytes, and on which connection. */
async function serveBytes(handle: (socket: Socket, connection: number, text: string) => void): Promise<string> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    const connection = connections;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      handle(socket, connection, data.toString());
    });
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.close();
  });
  return portOf(server.address());
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answer(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

describe('connections', () => {
  it('are kept: many calls one after the other use one', async () => {
    const { url, sockets } = await serve((_, response) => response.end(OBJECT));
    const { client, clock } = connect(fixedCredentials(url));
    for (let n = 0; n < 50; n += 1) await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(sockets).toHaveLength(1);
  });

  it('TestTransportConcurrency: calls at a time are bounded, and all are answered', async () => {
    const { url, sockets } = await serve((_, response) => setImmediate(() => response.end(OBJECT)));
    const { client, clock } = connect(fixedCredentials(url));
    const calls = Array.from({ length: 300 }, () => client.get(CONFIG_MAPS, REF));
    await drive(clock, Promise.all(calls));
    expect(sockets.length).toBeLessThanOrEqual(64);
  });

  it('TestHTTP1DoNotReuseRequestAfterTimeout: a call that was given up does not leave its connection to others', async () => {
    let requests = 0;
    const { url, sockets } = await serve((_, response) => {
      requests += 1;
      if (requests > 1) response.end(OBJECT);
    });
    const { client, clock } = connect(fixedCredentials(url));
    const giveUp = new AbortController();
    const call = client.get(CONFIG_MAPS, REF, { signal: giveUp.signal });
    await until(() => requests === 1);
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortedError' });
    await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(sockets).toHaveLength(2);
  });

  it('are made anew when the certificates change, not when the token does', async () => {
    const tokens: (string | undefined)[] = [];
    const { url, sockets } = await serve((request, response) => {
      tokens.push(request.headers.authorization);
      response.end(OBJECT);
    });
    let access: Access = { server: url, tls: { ca: 'one' }, headers: { authorization: 'Bearer 1' } };
    const { client, clock } = connect(() => Promise.resolve(access));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    access = { ...access, headers: { authorization: 'Bearer 2' } };
    await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(sockets).toHaveLength(1);
    access = { ...access, tls: { ca: 'two' } };
    await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(sockets).toHaveLength(2);
    expect(tokens).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 2']);
  });

  it('W5: of one client that is busy hold up no other: a lease is renewed by a client of its own', async () => {
    const held: ServerResponse[] = [];
    const { url } = await serve((request, response) => {
      if (request.headers['user-agent'] === 'lockstep/test') held.push(response);
      else response.end(OBJECT);
    });
    const { client, clock, transport } = connect(fixedCredentials(url));
    const waiting = Array.from({ length: 100 }, () => client.get(CONFIG_MAPS, REF));
    await until(() => held.length === 64);
    const lease = createClient({ transport, clock, random: () => 0, userAgent: 'lockstep/test leader-election' });
    await drive(clock, lease.get(CONFIG_MAPS, REF));
    for (let answered = 0; answered < 100; answered += 1) {
      await until(() => held.length > answered);
      held[answered]?.end(OBJECT);
    }
    await drive(clock, Promise.all(waiting));
    expect(held).toHaveLength(100);
  });

  it('of watches are apart from those of calls', async () => {
    const { url, sockets } = await serve((request, response) => {
      if (request.url?.includes('watch') === true) response.flushHeaders();
      else response.end(OBJECT);
    });
    const { client, clock } = connect(fixedCredentials(url));
    const stop = new AbortController();
    await drive(clock, client.get(CONFIG_MAPS, REF));
    const options = { resourceVersion: '1', timeoutSeconds: 300, signal: stop.signal };
    await drive(clock, client.watch(CONFIG_MAPS, options));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(sockets).toHaveLength(2);
    stop.abort();
  });
});

describe('a server that does not know who asks (401)', () => {
  /** A server that takes one token only, and credentials that hold another until they are asked again. */
  async function rotated({ renewedTo }: { readonly renewedTo: string }) {
    const seen: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      seen.push(`${request.method ?? ''} ${request.headers.authorization ?? ''}`);
      const isKnown = request.headers.authorization === 'Bearer new';
      response.writeHead(isKnown ? 200 : 401).end(isKnown ? OBJECT : UNAUTHORIZED);
    });
    const accessWith = (token: string): Access => ({
      server: url,
      tls: {},
      headers: { authorization: `Bearer ${token}` },
    });
    let access = accessWith('old');
    const site = connect(({ refused } = {}) => {
      if (refused === access && renewedTo !== 'old') access = accessWith(renewedTo);
      return Promise.resolve(access);
    });
    return { ...site, seen };
  }
  const UNAUTHORIZED = JSON.stringify({ kind: 'Status', status: 'Failure', code: 401, reason: 'Unauthorized' });

  it('is asked again once with credentials that were read anew, a create too: nothing was done', async () => {
    const { client, clock, seen } = await rotated({ renewedTo: 'new' });
    await drive(clock, client.create(CONFIG_MAPS, configMap('a', '1')));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(seen).toEqual(['POST Bearer old', 'POST Bearer new', 'GET Bearer new']);
  });

  it('is not asked again with the same credentials', async () => {
    const { client, clock, seen } = await rotated({ renewedTo: 'old' });
    await expect(drive(clock, client.get(CONFIG_MAPS, REF))).rejects.toMatchObject({ code: 401 });
    expect(seen).toEqual(['GET Bearer old']);
  });

  it('is asked no third time', async () => {
    const { client, clock, seen } = await rotated({ renewedTo: 'also old' });
    await expect(drive(clock, client.get(CONFIG_MAPS, REF))).rejects.toThrow(
      'renew the credentials of this kubeconfig or service account',
    );
    expect(seen).toEqual(['GET Bearer old', 'GET Bearer also old']);
  });

  it('is asked again for a watch too', async () => {
    const { client, clock, seen } = await rotated({ renewedTo: 'new' });
    const { signal } = new AbortController();
    await drive(clock, client.watch(CONFIG_MAPS, { resourceVersion: '1', timeoutSeconds: 300, signal }));
    expect(seen).toEqual(['GET Bearer old', 'GET Bearer new']);
  });

  it('has its answer told where the credentials cannot be read any more', async () => {
    const { url } = await serve((_, response) => response.writeHead(401).end(UNAUTHORIZED));
    const access: Access = { server: url, tls: {}, headers: {} };
    const { client, clock } = connect(({ refused } = {}) =>
      refused === undefined ? Promise.resolve(access) : Promise.reject(new Error('the plugin is gone')),
    );
    await expect(drive(clock, client.get(CONFIG_MAPS, REF))).rejects.toMatchObject({ code: 401 });
  });
});

describe('a kept connection that turns out to be dead', () => {
  /** Each connection answers once; the first then dies when it is used again. */
  async function staleServer(): Promise<{ url: string; heard: number[] }> {
    const heard: number[] = [];
    const url = await serveBytes((socket, connection) => {
      const isFirst = !heard.includes(connection);
      heard.push(connection);
      if (isFirst || connection > 1) socket.write(answer(OBJECT));
      else socket.destroy();
    });
    return { url, heard };
  }

  it('TestConnectionResetByPeerIsRetried: a read is sent again on a new one', async () => {
    const { url, heard } = await staleServer();
    const { client, clock } = connect(fixedCredentials(url));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    expect(heard).toEqual([1, 1, 2]);
  });

  it('a create is not sent again, and it is unknown whether it was done', async () => {
    const { url, heard } = await staleServer();
    const { client, clock } = connect(fixedCredentials(url));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    const create = drive(clock, client.create(CONFIG_MAPS, { metadata: REF }));
    await expect(create).rejects.toMatchObject({ name: 'NoAnswerError', maybeDone: true });
    expect(heard).toEqual([1, 1]);
  });

  it('a create that may be repeated is', async () => {
    const { url, heard } = await staleServer();
    const { client, clock } = connect(fixedCredentials(url));
    await drive(clock, client.get(CONFIG_MAPS, REF));
    await drive(clock, client.create(CONFIG_MAPS, { metadata: REF }, { repeatable: true }));
    expect(heard).toEqual([1, 1, 2]);
  });
});

describe('no answer', () => {
  it('a server that does not listen is asked again for two seconds; nothing was done', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    server.close();
    const { client, clock } = connect(fixedCredentials(`http://127.0.0.1:${port}`));
    const create = drive(clock, client.create(CONFIG_MAPS, { metadata: REF }));
    await expect(create).rejects.toMatchObject({ name: 'NoAnswerError', maybeDone: false });
    await expect(create).rejects.toThrow(`nothing listens at http://127.0.0.1:${port}`);
    expect(clock.monotonic()).toBeGreaterThan(1_000);
    expect(clock.monotonic()).toBeLessThanOrEqual(2_000);
  });

  it('a host that does not exist is named', async () => {
    const { client, clock } = connect(fixedCredentials('http://nowhere.invalid:6443'));
    const get = drive(clock, client.get(CONFIG_MAPS, REF));
    await expect(get).rejects.toThrow('cannot get configmaps "shop/a": no such host: http://nowhere.invalid:6443');
  });

  it('a write that is not answered within 15 s is given up: unknown whether it was done', async () => {
    const requests: string[] = [];
    const { url } = await serve((request) => requests.push(request.url ?? ''));
    const { client, clock } = connect(fixedCredentials(url));
    const create = client.create(CONFIG_MAPS, { metadata: REF });
    const failed = expect(create).rejects.toMatchObject({ name: 'NoAnswerError', maybeDone: true });
    await until(() => requests.length === 1);
    await clock.advance(15_000);
    await failed;
    await expect(create).rejects.toThrow('no answer within 15 s; whether it was done is unknown');
    expect(requests[0]).toContain('timeout=10s');
    expect(clock.pending).toBe(0);
  });

  it('an answer that stops coming in the middle is given up', async () => {
    let heard = 0;
    const url = await serveBytes((socket) => {
      heard += 1;
      socket.write(answer(OBJECT).slice(0, -10));
    });
    const { client, clock } = connect(fixedCredentials(url), { idleMs: 5_000 });
    const get = client.get(CONFIG_MAPS, REF);
    const failed = expect(get).rejects.toThrow('the answer stopped coming for 5 s');
    await until(() => heard === 1 && clock.untilNext === 5_000);
    await settle();
    await clock.advance(5_000);
    await failed;
  });

  it('an answer that is cut off is no answer', async () => {
    const url = await serveBytes((socket) => socket.end(answer(OBJECT).slice(0, -10)));
    const { client, clock } = connect(fixedCredentials(url));
    const get = drive(clock, client.get(CONFIG_MAPS, REF));
    await expect(get).rejects.toMatchObject({ name: 'NoAnswerError' });
  });
});

describe('streams', () => {
  it('come in pieces as they are written, and characters are not broken', async () => {
    const text = `${JSON.stringify({ type: 'ADDED', object: configMap('a', '11', { data: { motto: 'Größe 😀' } }) })}\n`;
    const bytes = Buffer.from(text);
    const responses: ServerResponse[] = [];
    const { url } = await serve((_, response) => {
      response.flushHeaders();
      responses.push(response);
    });
    const { client, clock } = connect(fixedCredentials(url));
    const signal = new AbortController().signal;
    const stream = await drive(clock, client.watch(CONFIG_MAPS, { resourceVersion: '1', timeoutSeconds: 300, signal }));
    const reading = (async () => {
      for await (const event of stream) return event;
      return null;
    })();
    for (let from = 0; from < bytes.length; from += 7) {
      responses[0]?.write(bytes.subarray(from, from + 7));
      await settle();
    }
    expect(await reading).toMatchObject({ type: 'ADDED', object: { data: { motto: 'Größe 😀' } } });
  });

  it('end at once when the caller aborts them, and so does their connection', async () => {
    const { url, sockets } = await serve((_, response) => {
      response.flushHeaders();
    });
    const { client, clock } = connect(fixedCredentials(url));
    const stop = new AbortController();
    const path = '/api/v1/namespaces/shop/pods/web/log';
    const logs = await drive(
      clock,
      client.stream({ method: 'GET', path, query: { follow: 'true' } }, { signal: stop.signal }),
    );
    const reading = (async () => {
      for await (const piece of logs) expect(piece).toBe('');
    })();
    stop.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortedError' });
    await until(() => sockets[0]?.destroyed === true);
    expect(clock.pending).toBe(0);
  });

  it('are not ended by the deadline of calls', async () => {
    const { url } = await serve((_, response) => {
      response.flushHeaders();
    });
    const { client, clock } = connect(fixedCredentials(url));
    const stop = new AbortController();
    const options = { resourceVersion: '1', timeoutSeconds: 300, signal: stop.signal };
    await drive(clock, client.watch(CONFIG_MAPS, options));
    await clock.advance(120_000);
    expect(clock.pending).toBe(0);
    stop.abort();
  });
});

it('a server may stand under a path', async () => {
  const urls: string[] = [];
  const { url } = await serve((request, response) => {
    urls.push(request.url ?? '');
    response.end(OBJECT);
  });
  const { client, clock } = connect(fixedCredentials(`${url}/k8s/clusters/c-1/`));
  await drive(clock, client.get(CONFIG_MAPS, REF));
  expect(urls).toEqual(['/k8s/clusters/c-1/api/v1/namespaces/shop/configmaps/a']);
});
