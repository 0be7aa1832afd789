import type { Pod } from '../../../api/kube.js';
import { NODES, PODS, type Stored } from '../../resource.js';
import { changeLive, deleteLive, identityOf } from '../machinery/change-live.js';
import type { Controller, ControllerContext } from '../machinery/context.js';
import { KeyQueue } from '../machinery/key-queue.js';
import { isTerminal, isTerminating } from '../machinery/pod-facts.js';
import { isNotFound } from '../machinery/status-code.js';
import { markDisrupted } from './mark-disrupted.js';

/** The real controller looks every 20 s; here a pod is looked at that long after it became a case for it. */
const PERIOD_MS = 20_000;
/** A node must have been absent this long before its pods are orphans (quarantineTime). */
const QUARANTINE_MS = 40_000;

/** Ends pods that no kubelet will ever end: those on nodes that are gone, and unbound ones that are being deleted. */
export class PodGarbageCollector implements Controller {
  readonly #context: ControllerContext;
  readonly #queue: KeyQueue;
  /** By pod: since when it has been a case, on the monotonic clock. */
  readonly #since = new Map<string, number>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => this.#sync(key),
      onError: (error, key) => {
        context.onError(error, { controller: 'pod-gc', key });
      },
    });
    context.caches.pods.onChange(({ key, object }) => {
      if (object === undefined) this.#since.delete(key);
      else this.#queue.add(key);
    });
    context.caches.nodes.onChange(({ old, object }) => {
      if (old !== undefined && object !== undefined) return;
      for (const [key, pod] of this.#podsOn((old ?? object)?.metadata.name)) if (pod) this.#queue.add(key);
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  *#podsOn(node: string | undefined): IterableIterator<readonly [string, boolean]> {
    for (const pod of this.#context.caches.pods.values()) {
      yield [`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, pod.spec?.nodeName === node];
    }
  }

  async #sync(key: string): Promise<void> {
    const pod = this.#context.caches.pods.get(key);
    const problem = pod === undefined ? null : this.#caseOf(pod);
    if (pod === undefined || problem === null) {
      this.#since.delete(key);
      return;
    }
    const now = this.#context.clock.monotonic();
    const since = this.#since.get(key) ?? now;
    this.#since.set(key, since);
    const wait = since + (problem === 'Orphan' ? QUARANTINE_MS : PERIOD_MS) - now;
    if (wait > 0) this.#queue.addAfter(key, wait);
    else if (problem === 'Orphan') await this.#endOrphan(pod);
    else await this.#endUnbound(pod);
  }

  #caseOf(pod: Stored<Pod>): 'Orphan' | 'Unbound' | null {
    const node = pod.spec?.nodeName ?? '';
    if (node === '') return isTerminating(pod) && !isTerminal(pod) ? 'Unbound' : null;
    return this.#context.caches.nodes.get(`/${node}`) === undefined ? 'Orphan' : null;
  }

  async #endOrphan(pod: Stored<Pod>): Promise<void> {
    const node = pod.spec?.nodeName ?? '';
    if (await this.#nodeExists(node)) return;
    if (!isTerminal(pod)) {
      const text = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists', fail: true };
      await markDisrupted(this.#context, pod, text);
    }
    await deleteLive(this.#context.client, PODS, { identity: identityOf(pod), gracePeriodSeconds: 0 });
  }

  async #nodeExists(name: string): Promise<boolean> {
    try {
      await this.#context.client.get(NODES, { name });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #endUnbound(pod: Stored<Pod>): Promise<void> {
    const { client, caches } = this.#context;
    const written = await changeLive(client, PODS, {
      identity: identityOf(pod),
      subresource: 'status',
      change: (live) => ((live.spec?.nodeName ?? '') === '' ? { status: { phase: 'Failed' } } : null),
    });
    if (written !== undefined) caches.pods.absorb(written);
    await deleteLive(client, PODS, { identity: identityOf(pod), gracePeriodSeconds: 0 });
  }
}
