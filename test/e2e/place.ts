import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { vi } from 'vitest';
import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import type { Right } from '../../src/cli/controller/needed-rights.js';
import { type RunningController, startController } from '../../src/cli/controller/running-controller.js';
import { applyManifest } from '../../src/cli/manifests/apply.js';
import { RUN_KINDS } from '../../src/cli/run-kinds.js';
import { type Client, systemClock } from '../../src/runtime/index.js';
import { createMetrics } from '../../src/server/metrics.js';
import { type Cluster, WAIT_MS, clientOver, openCluster } from './cluster.js';
import { openDoor } from './door.js';
import { RIGHTS, userWith, withdraw } from './rights.js';

/** A cluster, a namespace of its own in it, and Lockstep's controller at work there. */
export interface Place {
  readonly cluster: Cluster;
  readonly client: Client;
  readonly namespace: string;
  readonly store: MemoryAuditStore;
  /** Path of a kubeconfig by which other processes reach the cluster, with the controller's rights. */
  readonly kubeconfig: string;
  /** One more controller for the same namespace, with the same audit store. */
  startController(): Promise<RunningController>;
  close(): Promise<void>;
}

interface PlaceOptions {
  /** False: nothing is at work until `startController` is called, or a process is started for it. */
  readonly controller?: boolean;
  /** All that the controller may do. Default: what deploy/ grants, and it is a fault if that does not suffice. */
  readonly rights?: readonly Right[];
}

/** A namespace in a cluster that stays open when the place is closed. */
export async function placeIn(
  cluster: Cluster,
  { rights, controller: wanted = true }: PlaceOptions = {},
): Promise<Place> {
  const client = cluster.clientFor('lockstep-e2e');
  const namespace = `e2e-${randomBytes(4).toString('hex')}`;
  await applyManifest(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, namespace);
  if (cluster.real) await serviceAccountIn(client, namespace);
  const user = await userWith(rights ?? RIGHTS, { client, namespace });
  const refused: string[] = [];
  const transport = cluster.transportAs(user, (what) => refused.push(what));
  const door = await openDoor(transport, namespace);
  const store = new MemoryAuditStore();
  const key = new Uint8Array(randomBytes(32));
  const controllers: RunningController[] = [];
  const start = async (): Promise<RunningController> => {
    const controller = startController({
      client: clientOver(transport, 'lockstep'),
      clock: systemClock,
      namespace,
      key,
      store,
      metrics: createMetrics('e2e'),
      log: pino({ level: process.env['LOCKSTEP_E2E_LOG'] ?? 'silent' }),
      freeze: true,
    });
    controllers.push(controller);
    await vi.waitFor(
      () => {
        const missing = controller.notReady() ?? controller.failure();
        if (missing !== null) throw new Error(missing);
      },
      { timeout: WAIT_MS, interval: 20 },
    );
    return controller;
  };
  if (wanted) await start();
  return {
    cluster,
    client,
    namespace,
    store,
    kubeconfig: door.kubeconfig,
    startController: start,
    async close() {
      await client.call({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
      if (controllers.length > 0) await runsGone({ client, namespace });
      for (const controller of controllers) await controller.stop();
      door.close();
      await withdraw({ client, namespace });
      if (rights === undefined && refused.length > 0)
        throw new Error(`the rights of deploy/ did not suffice:\n${refused.join('\n')}`);
    },
  };
}

/** A run that goes on is stopped and let go of by the controller: without one the namespace would stay for ever. */
async function runsGone({ client, namespace }: Pick<Place, 'client' | 'namespace'>): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const { resource } of RUN_KINDS) {
        const names = (await client.list(resource, { namespace })).items.map(({ metadata }) => metadata.name);
        if (names.length > 0) throw new Error(`${resource.plural} are left in ${namespace}: ${names.join(', ')}`);
      }
    },
    { timeout: WAIT_MS, interval: 100 },
  );
}

/** A namespace in a cluster that is closed with it. */
export async function openPlace(options: PlaceOptions = {}): Promise<Place> {
  const cluster = await openCluster();
  const place = await placeIn(cluster, options);
  return {
    ...place,
    async close() {
      await place.close();
      await cluster.close();
    },
  };
}

/** Pods are refused until the namespace has its service account. */
async function serviceAccountIn(client: Client, namespace: string): Promise<void> {
  await vi.waitFor(
    () => client.call({ method: 'GET', path: `/api/v1/namespaces/${namespace}/serviceaccounts/default` }),
    { timeout: WAIT_MS, interval: 50 },
  );
}
