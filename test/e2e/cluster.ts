import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { vi } from 'vitest';
import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';
import type { ApiTransport } from '../../src/api/http.js';
import type { JsonObject } from '../../src/api/json.js';
import { openDataDir } from '../../src/cli/embedded/data-dir.js';
import { kubeconfigOf } from '../../src/cli/embedded/kubeconfig.js';
import { startCluster } from '../../src/cli/embedded/start-cluster.js';
import { kubeObject } from '../../src/cli/manifests/apply.js';
import {
  ApiError,
  type Client,
  createClient,
  createHttpTransport,
  loadCredentials,
  systemClock,
} from '../../src/runtime/index.js';
import { impersonating } from './rights.js';

/** For a whole scenario. Longer than any scenario takes; on a busy machine a real node may take many seconds to start a pod. */
export const LIMIT_MS = 90_000;

/** For one thing that is waited for: it is over first, and says what was there instead. */
export const WAIT_MS = 60_000;

/** A Kubernetes that serves Lockstep's kinds. */
export interface Cluster {
  /** Whether KUBECONFIG named it; else it is the embedded one, with real processes. */
  readonly real: boolean;
  /** Path of a file by which other processes reach it. */
  readonly kubeconfig: string;
  clientFor(userAgent: string): Client;
  /** A client with the rights of this user only; `refused` is told what they did not suffice for. */
  clientAs(user: string, refused: (what: string) => void): Client;
  close(): Promise<void>;
}

/** The cluster that KUBECONFIG names, or an embedded one of its own where it names none. */
export function openCluster(): Promise<Cluster> {
  const kubeconfig = process.env['KUBECONFIG'] ?? '';
  return kubeconfig === '' ? embedded() : real(kubeconfig);
}

async function embedded(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-e2e-'));
  const log = pino({ level: 'silent' });
  const cluster = await startCluster({ dataDir: openDataDir(folder), clock: systemClock, log, open: { port: 0 } });
  if (cluster.door === null) throw new Error('the embedded cluster has no door');
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(cluster.door, 'default'));
  return {
    real: false,
    kubeconfig,
    clientFor: (userAgent) => clientOver(cluster.transport, userAgent),
    clientAs: (user, refused) => clientOver(impersonating(cluster.transport, user, refused), 'lockstep'),
    async close() {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function real(path: string): Promise<Cluster> {
  const loaded = await loadCredentials({ kind: 'file', path, context: undefined }, systemClock);
  const transport = createHttpTransport({ credentials: loaded.credentials, clock: systemClock });
  const client = clientOver(transport, 'lockstep-e2e');
  for (const manifest of CRD_MANIFESTS) await install(client, manifest);
  return {
    real: true,
    kubeconfig: path,
    clientFor: (userAgent) => clientOver(transport, userAgent),
    clientAs: (user, refused) => clientOver(impersonating(transport, user, refused), 'lockstep'),
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

function clientOver(transport: ApiTransport, userAgent: string): Client {
  return createClient({ transport, clock: systemClock, random: Math.random, userAgent });
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The kind is there in this version, and served. */
async function install(client: Client, manifest: JsonObject): Promise<void> {
  const path = `${DEFINITIONS}/${kubeObject(manifest).metadata?.name ?? ''}`;
  const body = JSON.stringify(manifest);
  try {
    await client.call({ method: 'POST', path: DEFINITIONS, headers: { 'content-type': 'application/json' }, body });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    await client.call({ method: 'PATCH', path, headers: { 'content-type': 'application/merge-patch+json' }, body });
  }
  await vi.waitFor(
    async () => {
      const { conditions = [] } = statusOf(await client.call({ method: 'GET', path }));
      const served = conditions.some(({ type, status }) => type === 'Established' && status === 'True');
      if (!served) throw new Error(`${path} is not served`);
    },
    { timeout: WAIT_MS, interval: 50 },
  );
}

interface DefinitionStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

function statusOf(definition: unknown): DefinitionStatus {
  return (definition as { readonly status?: DefinitionStatus }).status ?? {};
}
