import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject, Pod } from '../../src/api/kube.js';
import {
  ApiError,
  type Client,
  LEASES,
  PODS,
  type Stored,
  createClient,
  createHttpTransport,
  defineResource,
  delay,
  loadCredentials,
  systemClock,
} from '../../src/runtime/index.js';
import { type PodProcess, startPod } from './pod-process.js';

const NODE = 'docs-node';
const VOLUME = 'docs-volume';
const LOOK_MS = 200;
const HEARTBEAT_MS = 10_000;

const NODES = defineResource<KubeObject>({ apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false });
const VOLUMES = defineResource<KubeObject>({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  namespaced: false,
});

export interface NodeOfTest {
  close(): Promise<void>;
}

interface NodeSetup {
  readonly kubeconfig: string;
  /** The program that stands for the image `lockstep`. */
  readonly program: string;
  /** For what pods write. */
  readonly folder: string;
}

/**
 * A node for an API server that has none: pods run as processes on this machine, those of the controller with the
 * rights of its service account, and a volume waits for its claim. The scheduler and all controllers are Kubernetes' own.
 * It has no logs and no exec.
 */
export async function startNode(setup: NodeSetup): Promise<NodeOfTest> {
  const { credentials } = await loadCredentials({ kind: 'file', path: setup.kubeconfig }, systemClock);
  const transport = createHttpTransport({ credentials, clock: systemClock });
  const client = createClient({ transport, clock: systemClock, random: Math.random, userAgent: 'lockstep-docs-node' });
  const stop = new AbortController();
  mkdirSync(join(setup.folder, 'volume'), { recursive: true });
  await register(client, setup.folder);
  const beating = untilAborted(stop.signal, HEARTBEAT_MS, () => heartbeat(client));
  const pods = new Map<string, PodProcess>();
  const looking = untilAborted(stop.signal, LOOK_MS, () => look(client, pods, setup));
  return {
    close: async () => {
      stop.abort();
      await Promise.all([beating, looking]);
      for (const pod of pods.values()) pod.kill();
      await client.remove(NODES, { name: NODE });
      await client.remove(VOLUMES, { name: VOLUME });
      transport.close();
    },
  };
}

async function untilAborted(signal: AbortSignal, everyMs: number, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await delay(systemClock, everyMs, signal).catch(() => undefined);
  }
}

async function register(client: Client, folder: string): Promise<void> {
  await client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } });
  const status = {
    capacity: { cpu: '8', memory: '16Gi', pods: '50' },
    allocatable: { cpu: '8', memory: '16Gi', pods: '50' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: '' }],
  };
  await client.patch(NODES, { name: NODE }, { patch: { type: 'merge', body: { status } }, subresource: 'status' });
  const taints = { spec: { taints: null } };
  await client.patch(NODES, { name: NODE }, { patch: { type: 'merge', body: taints } });
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: VOLUME },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: join(folder, 'volume') },
      persistentVolumeReclaimPolicy: 'Retain',
    },
  };
  await client.create(VOLUMES, volume);
  await heartbeat(client);
}

/** What a kubelet renews, so that the node stays Ready. */
async function heartbeat(client: Client): Promise<void> {
  const ref = { namespace: 'kube-node-lease', name: NODE };
  const spec = {
    holderIdentity: NODE,
    leaseDurationSeconds: 40,
    renewTime: new Date().toISOString().replace('Z', '000Z'),
  };
  const found = await client.find(LEASES, ref);
  if (found === null)
    await client.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: ref, spec });
  else await client.patch(LEASES, ref, { patch: { type: 'merge', body: { spec } } });
}

async function look(client: Client, pods: Map<string, PodProcess>, setup: NodeSetup): Promise<void> {
  const { items } = await client.list(PODS, { fieldSelector: `spec.nodeName=${NODE}` });
  for (const [uid, running] of pods)
    if (!items.some(({ metadata }) => metadata.uid === uid)) {
      running.kill();
      pods.delete(uid);
    }
  await Promise.all(
    items.map(async (pod) => {
      try {
        await lookAt(client, pod, { pods, setup });
      } catch (error) {
        // It changed or went meanwhile, or what it needs did: the next look shows what is so.
        if (!(error instanceof ApiError)) throw error;
      }
    }),
  );
}

interface Place {
  readonly pods: Map<string, PodProcess>;
  readonly setup: NodeSetup;
}

async function lookAt(client: Client, pod: Stored<Pod>, { pods, setup }: Place): Promise<void> {
  const ref = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name };
  const running = pods.get(pod.metadata.uid);
  if (running === undefined) {
    if (pod.metadata.deletionTimestamp === undefined) pods.set(pod.metadata.uid, await startPod(client, pod, setup));
    else await client.remove(PODS, ref, { gracePeriodSeconds: 0 });
    return;
  }
  if (pod.metadata.deletionTimestamp !== undefined) running.stop();
  const status = await running.status();
  if (JSON.stringify(status) !== running.told) {
    running.told = JSON.stringify(status);
    await client.patch(PODS, ref, { patch: { type: 'merge', body: { status } }, subresource: 'status' });
  }
  const isOver = status['phase'] === 'Succeeded' || status['phase'] === 'Failed';
  if (isOver && pod.metadata.deletionTimestamp !== undefined)
    await client.remove(PODS, ref, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
}
