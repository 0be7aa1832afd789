import { formatSeconds } from '../../../api/instant.js';
import type { Node, Pod } from '../../../api/kube.js';
import { PODS, type Stored } from '../../resource.js';
import { changeLive, identityOf } from '../machinery/change-live.js';
import { newRecorder, type Controller, type ControllerContext } from '../machinery/context.js';
import type { EventRecorder } from '../machinery/event-recorder.js';
import { KeyQueue } from '../machinery/key-queue.js';
import { findPodCondition, isTerminal, isTerminating, withPodCondition } from '../machinery/pod-facts.js';
import { isNotFound } from '../machinery/status-code.js';
import type { CacheChange } from '../machinery/watch-cache.js';
import { nodeLoads } from './node-loads.js';
import { placePod, type Claims } from './place-pod.js';

const NAME = 'default-scheduler';
/** A pod that did not fit is tried again, when something has changed, no sooner than this (podInitialBackoffSeconds). */
const BACKOFF_BASE_MS = 1_000;
/** The delay doubles with each try up to this (podMaxBackoffSeconds). */
const BACKOFF_CAP_MS = 10_000;

/** Binds pods to nodes as kube-scheduler does. Not done: preemption, priorities, pod affinity, spreading, volumes. */
export class Scheduler implements Controller {
  readonly #context: ControllerContext;
  readonly #queue: KeyQueue;
  readonly #recorder: EventRecorder;
  /** Pods that fit nowhere, by the number of tries. */
  readonly #unplaced = new Map<string, number>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#recorder = newRecorder(context, { form: 'series', component: NAME, instance: `${NAME}-embedded` });
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => this.#schedule(key),
      onError: (error, key) => {
        context.onError(error, { controller: 'scheduler', key });
      },
      retryBaseMs: BACKOFF_BASE_MS,
      retryCapMs: BACKOFF_CAP_MS,
    });
    context.caches.pods.onChange((change) => {
      this.#podChanged(change);
    });
    context.caches.nodes.onChange(({ old, object }) => {
      if (!looksTheSame(old, object)) this.#retryUnplaced();
    });
    context.caches.claims.onChange(() => {
      this.#retryUnplaced();
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  #podChanged({ key, old, object }: CacheChange<Pod>): void {
    if (old !== undefined && takesRoom(old) && (object === undefined || !takesRoom(object))) this.#retryUnplaced();
    if (object === undefined || !isOurs(object)) {
      this.#unplaced.delete(key);
      return;
    }
    // Its own status is no reason to try again.
    if (object.metadata.generation !== old?.metadata.generation || !this.#unplaced.has(key)) this.#queue.add(key);
  }

  #retryUnplaced(): void {
    for (const [key, tries] of this.#unplaced) {
      this.#queue.addAfter(key, Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (tries - 1)));
    }
  }

  async #schedule(key: string): Promise<void> {
    const { caches, client } = this.#context;
    const pod = caches.pods.get(key);
    if (pod === undefined || !isOurs(pod)) return;
    const placement = placePod(pod, nodeLoads(caches.nodes.values(), caches.pods.values()), this.#claimsOf(pod));
    if (placement.node === null) {
      this.#unplaced.set(key, (this.#unplaced.get(key) ?? 0) + 1);
      await this.#refuse(pod, placement.message);
      return;
    }
    const identity = identityOf(pod);
    try {
      await client.bind(identity, placement.node);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    this.#unplaced.delete(key);
    // The next decision must see this one: the watch tells of it only in a later turn.
    caches.pods.absorb(await client.get(PODS, identity));
    const message = `Successfully assigned ${identity.namespace ?? ''}/${identity.name} to ${placement.node}`;
    await this.#recorder.record(pod, { type: 'Normal', reason: 'Scheduled', message }, 'Binding');
  }

  async #refuse(pod: Stored<Pod>, message: string): Promise<void> {
    const { caches, client, clock } = this.#context;
    await this.#recorder.record(pod, { type: 'Warning', reason: 'FailedScheduling', message }, 'Scheduling');
    const patched = await changeLive(client, PODS, {
      identity: identityOf(pod),
      subresource: 'status',
      change: (live) => {
        const before = findPodCondition(live, 'PodScheduled');
        if (live.spec?.nodeName !== undefined) return null;
        if (before?.reason === 'Unschedulable' && before.message === message) return null;
        const condition = {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message,
          lastTransitionTime: formatSeconds(clock.now()),
          ...(live.metadata.generation === undefined ? {} : { observedGeneration: live.metadata.generation }),
        };
        return { status: { conditions: withPodCondition(live, condition) } };
      },
    });
    if (patched !== undefined) caches.pods.absorb(patched);
  }

  #claimsOf(pod: Stored<Pod>): Claims {
    return {
      claim: (name) => {
        const claim = this.#context.caches.claims.get(`${pod.metadata.namespace ?? ''}/${name}`);
        if (claim === undefined) return 'Missing';
        return claim.status?.phase === 'Bound' ? 'Bound' : 'Unbound';
      },
    };
  }
}

/** Not yet bound, not gated, not being deleted, and asking for this scheduler. */
function isOurs(pod: Pod): boolean {
  return (
    (pod.spec?.nodeName ?? '') === '' &&
    (pod.spec?.schedulerName ?? NAME) === NAME &&
    (pod.spec?.schedulingGates ?? []).length === 0 &&
    !isTerminating(pod) &&
    !isTerminal(pod)
  );
}

function takesRoom(pod: Pod): boolean {
  return (pod.spec?.nodeName ?? '') !== '' && !isTerminal(pod);
}

/** Heartbeats change a node all the time; only this is of interest to the scheduler. */
function looksTheSame(old: Node | undefined, object: Node | undefined): boolean {
  const view = (node: Node | undefined): string =>
    JSON.stringify([node?.metadata?.labels, node?.spec?.taints, node?.spec?.unschedulable, node?.status?.allocatable]);
  return old !== undefined && object !== undefined && view(old) === view(object);
}
