import { setTimeout as sleep } from 'node:timers/promises';
import { CRD_MANIFESTS } from '../../src/api/generated/crd-manifests.js';
import type { JsonObject } from '../../src/api/json.js';
import { kubeObject } from '../../src/cli/manifests/apply.js';
import {
  ApiError,
  type Client,
  NAMESPACES,
  createClient,
  createHttpTransport,
  loadCredentials,
  systemClock,
} from '../../src/runtime/index.js';

/** User agent of what the benchmark itself asks for. */
export const BENCH_AGENT = 'bench-of-lockstep';

/** The API server of a kubeconfig, with Lockstep's kinds. */
export async function connect(kubeconfig: string): Promise<{ readonly client: Client; close(): void }> {
  const { credentials } = await loadCredentials({ kind: 'file', path: kubeconfig, context: undefined }, systemClock);
  const transport = createHttpTransport({ credentials, clock: systemClock });
  const client = createClient({ transport, clock: systemClock, random: Math.random, userAgent: BENCH_AGENT });
  for (const manifest of CRD_MANIFESTS) await install(client, manifest);
  return {
    client,
    close: () => {
      transport.close();
    },
  };
}

/** Asks again every `everyMs` until the answer is true. @throws Error where that takes longer than `patienceMs` */
export async function until(
  what: string,
  ask: () => boolean | Promise<boolean>,
  { everyMs = 50, patienceMs = 60_000 } = {},
): Promise<void> {
  const begin = performance.now();
  while (!(await ask())) {
    if (performance.now() - begin > patienceMs) throw new Error(`waited ${patienceMs / 1_000} s in vain for ${what}`);
    await sleep(everyMs);
  }
}

/** Makes namespaces, and deletes them, with all that is in them, only when everything has been measured. */
export class Namespaces {
  readonly #client: Client;
  readonly #names: string[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  async make(): Promise<string> {
    const name = `lockstep-bench-${Date.now().toString(36)}`;
    await this.#client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    this.#names.push(name);
    // Pods are refused before their service account is there.
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    await until('the default service account', () => exists(this.#client, account));
    return name;
  }

  /** Asks for their deletion, which takes its time. */
  async deleteAll(): Promise<void> {
    for (const name of this.#names.splice(0)) await this.#client.remove(NAMESPACES, { name });
  }
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface DefinitionStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

async function install(client: Client, manifest: JsonObject): Promise<void> {
  const path = `${DEFINITIONS}/${kubeObject(manifest).metadata?.name ?? ''}`;
  const body = JSON.stringify(manifest);
  const there = await exists(client, path);
  await (there
    ? client.call({ method: 'PATCH', path, headers: { 'content-type': 'application/merge-patch+json' }, body })
    : client.call({ method: 'POST', path: DEFINITIONS, headers: { 'content-type': 'application/json' }, body }));
  await until(`${path} to be served`, async () => {
    const { status } = (await client.call({ method: 'GET', path })) as { readonly status?: DefinitionStatus };
    return (status?.conditions ?? []).some(
      (condition) => condition.type === 'Established' && condition.status === 'True',
    );
  });
}

async function exists(client: Client, path: string): Promise<boolean> {
  try {
    await client.call({ method: 'GET', path });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return false;
    throw error;
  }
}
