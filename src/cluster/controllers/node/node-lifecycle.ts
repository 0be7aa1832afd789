import { formatSeconds } from '../../../api/instant.js';
import type { Node } from '../../../api/kube.js';
import { NODES, PODS, type Stored } from '../../resource.js';
import { changeLive, identityOf } from '../machinery/change-live.js';
import { newRecorder, type Controller, type ControllerContext } from '../machinery/context.js';
import type { EventRecorder } from '../machinery/event-recorder.js';
import { KeyQueue } from '../machinery/key-queue.js';
import type { Taint } from '../machinery/taints.js';
import { findPodCondition, isTerminal, withPodCondition } from '../machinery/pod-facts.js';
import { nextHeartbeat, readinessOf, silentConditions, taintsFor, type Heartbeat } from './judge-node.js';

/** A node that has given no sign of life for this long is Unknown (node-monitor-grace-period of Kubernetes 1.35). */
export const NODE_GRACE_MS = 50_000;
const LEASE_NAMESPACE = 'kube-node-lease';
/** A key of its own: nodes that fall silent together are all judged before the first is tainted. */
const ALL_TAINTS = 'taints';

/** Notices silent nodes, taints them, and says so on their pods, as the node lifecycle controller does. */
export class NodeLifecycle implements Controller {
  readonly #context: ControllerContext;
  readonly #graceMs: number;
  readonly #queue: KeyQueue;
  readonly #recorder: EventRecorder;
  readonly #heartbeats = new Map<string, Heartbeat>();

  constructor(context: ControllerContext, options: { readonly graceMs?: number } = {}) {
    this.#context = context;
    this.#graceMs = options.graceMs ?? NODE_GRACE_MS;
    this.#recorder = newRecorder(context, { form: 'counted', component: 'node-controller' });
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => (key === ALL_TAINTS ? this.#taintAll() : this.#sync(key)),
      onError: (error, key) => {
        context.onError(error, { controller: 'node-lifecycle', key });
      },
    });
    context.caches.nodes.onChange(({ key }) => {
      this.#queue.add(key);
      this.#queue.add(ALL_TAINTS);
    });
    context.caches.leases.onChange(({ object }) => {
      if (object?.metadata.namespace === LEASE_NAMESPACE) this.#queue.add(`/${object.metadata.name}`);
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #sync(key: string): Promise<void> {
    const node = this.#context.caches.nodes.get(key);
    if (node === undefined) {
      this.#heartbeats.delete(key);
      return;
    }
    const now = this.#context.clock.now();
    const heartbeat = nextHeartbeat(this.#heartbeats.get(key), this.#signOf(node), now);
    this.#heartbeats.set(key, heartbeat);
    const silentFor = now - heartbeat.seen;
    if (silentFor < this.#graceMs) this.#queue.addAfter(key, this.#graceMs - silentFor);
    else await this.#silence(node);
  }

  #signOf(node: Stored<Node>): string {
    const lease = this.#context.caches.leases.get(`${LEASE_NAMESPACE}/${node.metadata.name}`);
    const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
    // Our own Unknown leaves the heartbeat time as it is, and so is no sign of life.
    return JSON.stringify([node.metadata.uid, lease?.spec?.renewTime, ready?.lastHeartbeatTime]);
  }

  async #silence(node: Stored<Node>): Promise<void> {
    const { client, clock, caches } = this.#context;
    const wasReady = readinessOf(node) === 'True';
    const changes: boolean[] = [];
    const written = await changeLive(client, NODES, {
      identity: identityOf(node),
      subresource: 'status',
      change: (live) => {
        const conditions = silentConditions(live, clock.now());
        changes.push(conditions !== null);
        return conditions === null ? null : { status: { conditions } };
      },
    });
    if (written !== undefined) caches.nodes.absorb(written);
    if (changes.at(-1) === true && wasReady) {
      const message = `Node ${node.metadata.name} status is now: NodeNotReady`;
      await this.#recorder.record(node, { type: 'Normal', reason: 'NodeNotReady', message });
      await this.#markPods(node.metadata.name);
    }
  }

  async #taintAll(): Promise<void> {
    const { client, clock, caches } = this.#context;
    // Whether anything is evicted depends on all nodes.
    const evicting = this.#someNodeIsReady();
    const taints = (node: Node): readonly Taint[] | null =>
      taintsFor(node, readinessOf(node), { now: clock.now(), evicting });
    for (const node of [...caches.nodes.values()]) {
      if (taints(node) === null) continue;
      const written = await changeLive(client, NODES, {
        identity: identityOf(node),
        change: (live) => {
          const next = taints(live);
          return next === null ? null : { spec: { taints: next.length === 0 ? null : next } };
        },
      });
      if (written !== undefined) caches.nodes.absorb(written);
    }
  }

  #someNodeIsReady(): boolean {
    for (const node of this.#context.caches.nodes.values()) if (readinessOf(node) === 'True') return true;
    return false;
  }

  /** Nobody knows what their containers do: they are not ready. Their phase stays. */
  async #markPods(node: string): Promise<void> {
    const { client, clock, caches } = this.#context;
    for (const pod of [...caches.pods.values()]) {
      if (pod.spec?.nodeName !== node || isTerminal(pod)) continue;
      const written = await changeLive(client, PODS, {
        identity: identityOf(pod),
        subresource: 'status',
        change: (live) => {
          const ready = findPodCondition(live, 'Ready');
          if (ready?.status !== 'True') return null;
          const condition = { ...ready, status: 'False', lastTransitionTime: formatSeconds(clock.now()) };
          return { status: { conditions: withPodCondition(live, condition) } };
        },
      });
      if (written !== undefined) caches.pods.absorb(written);
      await this.#recorder.record(pod, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' });
    }
  }
}
