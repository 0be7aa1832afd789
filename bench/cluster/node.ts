import { setMaxListeners } from 'node:events';
import type { JsonObject } from '../../src/api/json.js';
import type { Pod } from '../../src/api/kube.js';
import { type Client, NODES, PODS, SharedInformer, type Stored, systemClock } from '../../src/runtime/index.js';
import { InFlightLimit } from '../../src/runtime/in-flight-limit.js';

/** Names the node that the pods are bound to, and their scheduler, so that no other binds them. */
export const NODE = 'lockstep-bench';
/** On the request that makes a pod Succeeded: its query is what tells it from the others in the audit log. */
export const TERMINAL_MARK = 'bench-terminal';

/** Pods that are brought forward at a time. */
const AT_A_TIME = 16;
/** A node that says nothing for 40 s is marked, and its pods evicted later. */
const HEARTBEAT_MS = 10_000;

/** The node of a cluster without nodes: it runs nothing, and says that it did. */
export interface BenchNode {
  /** Pods that have ended so far. */
  readonly ended: number;
  stop(): Promise<void>;
}

/**
 * Drives each pod of a namespace as a scheduler and a kubelet would, with nothing in between: it is bound, its containers
 * are created, run, and have succeeded. Four writes, as the rivals were measured with.
 */
export async function startNode(client: Client, namespace: string): Promise<BenchNode> {
  await register(client);
  const abort = new AbortController();
  setMaxListeners(0, abort.signal); // each pod that waits for its turn listens
  const limit = new InFlightLimit(AT_A_TIME);
  const problems: unknown[] = [];
  const seen = new Set<string>();
  let ended = 0;
  const pods = new SharedInformer<Pod>({
    client,
    resource: PODS,
    selection: { namespace },
    clock: systemClock,
    random: Math.random,
    onProblem: ({ error }) => problems.push(error),
  });
  const drive = async (pod: Stored<Pod>): Promise<void> => {
    await limit.run(abort.signal, () => runPod(client, pod));
    ended += 1;
  };
  pods.subscribe(({ type, object }) => {
    if (type === 'Deleted' || seen.has(object.metadata.uid)) return;
    seen.add(object.metadata.uid);
    drive(object).catch((error: unknown) => problems.push(error));
  });
  let cancelBeat = (): void => undefined;
  const beat = (): void => {
    cancelBeat = systemClock.after(HEARTBEAT_MS, () => {
      ready(client).then(beat, (error: unknown) => problems.push(error));
    });
  };
  beat();
  const watching = pods.run(abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) problems.push(error);
  });
  await pods.synced(abort.signal);
  return {
    get ended() {
      if (problems.length > 0) throw problems[0];
      return ended;
    },
    async stop() {
      cancelBeat();
      abort.abort();
      await watching;
    },
  };
}

async function register(client: Client): Promise<void> {
  if ((await client.find(NODES, { name: NODE })) === null)
    await client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } });
  await ready(client);
}

async function ready(client: Client): Promise<void> {
  const now = new Date().toISOString().slice(0, 19) + 'Z';
  const condition = { type: 'Ready', status: 'True', reason: 'Bench', lastHeartbeatTime: now, lastTransitionTime: now };
  const body = { status: { conditions: [condition] } };
  await client.patch(NODES, { name: NODE }, { subresource: 'status', patch: { type: 'merge', body } });
}

async function runPod(client: Client, pod: Stored<Pod>): Promise<void> {
  const { name, namespace = '' } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
  await client.call({
    method: 'POST',
    path: `${path}/binding`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(binding),
  });
  const startedAt = new Date().toISOString().slice(0, 19) + 'Z';
  const terminated = { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt };
  const report = (phase: string, state: JsonObject, mark = 'bench'): Promise<unknown> => {
    const containerStatuses = (pod.spec?.containers ?? []).map(({ name: container, image = '' }) => ({
      name: container,
      image,
      imageID: 'bench',
      ready: phase === 'Running',
      started: phase === 'Running',
      restartCount: 0,
      ...(phase === 'Pending' ? {} : { containerID: `bench://${pod.metadata.uid}` }),
      state,
    }));
    return client.call({
      method: 'PATCH',
      path: `${path}/status`,
      query: { fieldManager: mark },
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ status: { phase, startTime: startedAt, containerStatuses } }),
    });
  };
  await report('Pending', { waiting: { reason: 'ContainerCreating' } });
  await report('Running', { running: { startedAt } });
  await report('Succeeded', { terminated }, TERMINAL_MARK);
}
