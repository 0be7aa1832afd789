import type { Node, Pod } from '../../../api/kube.js';
import { PODS, type Stored } from '../../resource.js';
import { deleteLive, identityOf } from '../machinery/change-live.js';
import { newRecorder, type Controller, type ControllerContext } from '../machinery/context.js';
import type { EventRecorder } from '../machinery/event-recorder.js';
import { KeyQueue } from '../machinery/key-queue.js';
import { isTerminating } from '../machinery/pod-facts.js';
import { evictionTime } from './eviction-time.js';
import { markDisrupted } from './mark-disrupted.js';

/** Deletes pods from nodes whose NoExecute taints they do not tolerate (any longer). */
export class TaintEviction implements Controller {
  readonly #context: ControllerContext;
  readonly #queue: KeyQueue;
  readonly #recorder: EventRecorder;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#recorder = newRecorder(context, { form: 'counted', component: 'taint-eviction-controller' });
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => this.#sync(key),
      onError: (error, key) => {
        context.onError(error, { controller: 'taint-eviction', key });
      },
    });
    context.caches.pods.onChange(({ key, object }) => {
      if (object?.spec?.nodeName !== undefined) this.#queue.add(key);
    });
    context.caches.nodes.onChange(({ old, object }) => {
      if (JSON.stringify(old?.spec?.taints) !== JSON.stringify(object?.spec?.taints)) this.#lookAtPodsOf(object);
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  #lookAtPodsOf(node: Stored<Node> | undefined): void {
    if (node === undefined) return;
    for (const pod of this.#context.caches.pods.values()) {
      if (pod.spec?.nodeName === node.metadata.name) {
        this.#queue.add(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
      }
    }
  }

  async #sync(key: string): Promise<void> {
    const { caches, clock } = this.#context;
    const pod = caches.pods.get(key);
    const node = caches.nodes.get(`/${pod?.spec?.nodeName ?? ''}`);
    const taints = node?.spec?.taints ?? [];
    if (pod === undefined || isTerminating(pod) || taints.length === 0) return;
    const now = clock.now();
    const at = evictionTime(pod, taints, now);
    if (at === null) return;
    if (at > now) this.#queue.addAfter(key, at - now);
    else await this.#evict(pod);
  }

  async #evict(pod: Stored<Pod>): Promise<void> {
    const message = `Marking for deletion Pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    await this.#recorder.record(pod, { type: 'Normal', reason: 'TaintManagerEviction', message });
    const text = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' };
    await markDisrupted(this.#context, pod, text);
    await deleteLive(this.#context.client, PODS, { identity: identityOf(pod) });
  }
}
