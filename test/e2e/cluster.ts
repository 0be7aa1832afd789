import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { vi } from 'vitest';
import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';
import type { ApiTransport } from '../../src/api/http.js';
import type { JsonObject } from '../../src/api/json.js';
import { openDataDir } from '../../src/cli/embedded/data-dir.js';
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
  clientFor(userAgent: string): Client;
  /** With the rights of this user only; `refused` is told what they did not suffice for. */
  transportAs(user: string, refused: (what: string) => void): ApiTransport;
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
  const cluster = await startCluster({ dataDir: openDataDir(folder), clock: systemClock, log });
  return {
    real: false,
    clientFor: (userAgent) => clientOver(cluster.transport, userAgent),
    transportAs: (user, refused) => impersonating(cluster.transport, user, refused),
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
    clientFor: (userAgent) => clientOver(transport, userAgent),
    transportAs: (user, refused) => impersonating(transport, user, refused),
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

export function clientOver(transport: ApiTransport, userAgent: string): Client {
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
