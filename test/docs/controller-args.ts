import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject } from '../../src/api/json.js';
import type { Pod } from '../../src/api/kube.js';
import type { Client, Stored } from '../../src/runtime/index.js';

interface Setup {
  readonly kubeconfig: string;
  readonly folder: string;
  /** Where its probes and metrics are served. */
  readonly port: number;
}

/** The arguments of a controller's container, with what a pod has and a process has not: its token, and a port. */
export async function controllerArgs(
  client: Client,
  { metadata, spec }: Stored<Pod>,
  { kubeconfig, folder, port }: Setup,
): Promise<readonly string[]> {
  const namespace = metadata.namespace ?? '';
  const answer = await client.call({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${spec?.serviceAccountName ?? 'default'}/token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  const token = isJsonObject(answer) && isJsonObject(answer['status']) ? answer['status']['token'] : null;
  if (typeof token !== 'string') throw new Error(`no token for ${metadata.name}: ${JSON.stringify(answer)}`);
  const path = join(folder, `${metadata.name}.kubeconfig`);
  writeFileSync(path, withToken(readFileSync(kubeconfig, 'utf8'), token), { mode: 0o600 });
  const args = spec?.containers[0]?.args ?? [];
  return [
    ...args.map((arg) => (arg.startsWith('--operations-address=') ? `--operations-address=127.0.0.1:${port}` : arg)),
    `--kubeconfig=${path}`,
  ];
}

/** The same cluster, for the owner of a token. */
function withToken(kubeconfig: string, token: string): string {
  const config: unknown = parse(kubeconfig);
  if (!isJsonObject(config)) throw new Error('this is no kubeconfig');
  const user = { name: 'pod', user: { token } };
  const clusters = Array.isArray(config['clusters'])
    ? (config['clusters'] as readonly { readonly name: string }[])
    : [];
  const context = { name: 'pod', context: { cluster: clusters[0]?.name ?? '', user: 'pod' } };
  return JSON.stringify({ ...config, users: [user], contexts: [context], 'current-context': 'pod' });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
