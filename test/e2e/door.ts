import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ApiRequest, ApiTransport } from '../../src/api/http.js';

/** A way into a cluster for other processes: whoever comes by it is whom the transport says. */
export interface Door {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  close(): void;
}

/** Serves a transport on the loopback, so that processes are watched and limited as the controllers of this one are. */
export async function openDoor(transport: ApiTransport, namespace: string): Promise<Door> {
  const server = createServer((request, response) => {
    // Whoever waits for an answer sees what the transport saw: that the connection broke.
    pass(transport, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-e2e-door-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const name = 'e2e';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: `http://127.0.0.1:${String(address.port)}` } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return {
    kubeconfig,
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function pass(transport: ApiTransport, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  const { status, headers, body } = await transport.send(await read(request), { signal: gone.signal });
  response.writeHead(status, kept(headers, ['content-type', 'retry-after']));
  if (typeof body === 'string') {
    response.end(body);
    return;
  }
  response.flushHeaders();
  for await (const piece of body) response.write(piece);
  response.end();
}

async function read(request: IncomingMessage): Promise<ApiRequest> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://door');
  const body = await text(request);
  return {
    method: methodOf(request),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: kept(request.headers, ['content-type', 'accept', 'user-agent']),
    ...(body === '' ? {} : { body }),
  };
}

const METHODS: readonly ApiRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function methodOf({ method }: IncomingMessage): ApiRequest['method'] {
  const known = METHODS.find((each) => each === method);
  if (known === undefined) throw new Error(`${method ?? 'no method'} has no way through the door`);
  return known;
}

function kept(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
