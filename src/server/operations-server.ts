import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** What the probes ask. */
export interface Health {
  /** Null: alive. Else what is wrong, in words: a restart is the only help. */
  alive(): string | null;
  /** Null: ready. Else why not yet, or not any more. */
  ready(): string | null;
}

export interface OperationsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves /metrics, /healthz and /readyz, and nothing else. @throws Error where the address is taken */
export async function serveOperations(options: {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  readonly health: Health;
}): Promise<OperationsServer> {
  const { registry, health } = options;
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    const probe = (problem: string | null): void => {
      answer(problem === null ? 200 : 503, 'text/plain; charset=utf-8', `${problem ?? 'ok'}\n`);
    };
    const path = (request.url ?? '/').split('?')[0];
    if (request.method !== 'GET') answer(405, 'text/plain; charset=utf-8', 'only GET is served here\n');
    else if (path === '/healthz') probe(health.alive());
    else if (path === '/readyz') probe(health.ready());
    else if (path === '/metrics') {
      registry.metrics().then(
        (text) => {
          answer(200, registry.contentType, text);
        },
        (error: unknown) => {
          answer(500, 'text/plain; charset=utf-8', `the metrics cannot be collected: ${String(error)}\n`);
        },
      );
    } else answer(404, 'text/plain; charset=utf-8', 'there is /metrics, /healthz and /readyz\n');
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
  };
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(`the operations server cannot listen on ${host}:${port}: ${error.message}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
