import { setMaxListeners } from 'node:events';
import type { OwnerReference } from '../../../api/kube.js';
import { CUSTOM_RESOURCE_DEFINITIONS, type Resource } from '../../resource.js';
import { changeLive, deleteLive, getLive, removeFinalizer, type Identity } from '../machinery/change-live.js';
import type { Controller, ControllerContext } from '../machinery/context.js';
import { KeyQueue } from '../machinery/key-queue.js';
import { WatchCache } from '../machinery/watch-cache.js';
import { awaitsDependents, DependencyGraph, graphNode, orphansDependents, type GraphNode } from './dependency-graph.js';
import { judgeObject, progressOf, type OwnerState } from './judge-object.js';
import { ResourceDirectory, resourceOf } from './resource-directory.js';

interface Watched {
  readonly resource: Resource;
  readonly abort: AbortController;
}

/**
 * Deletes what has lost all its owners, in the background, before the owner (foreground), or not at all (orphan), as
 * kube-controller-manager does. An owner is believed to be gone only after a direct read by name and UID; an owner of a
 * kind that nobody serves is never believed to be gone.
 */
export class GarbageCollector implements Controller {
  readonly #context: ControllerContext;
  readonly #directory: ResourceDirectory;
  readonly #graph = new DependencyGraph();
  readonly #queue: KeyQueue;
  readonly #stopping = new AbortController();
  readonly #custom = new Map<string, Watched>();
  readonly #starting = new Set<Promise<void>>();

  constructor(context: ControllerContext, resources: readonly Resource[]) {
    this.#context = context;
    setMaxListeners(0, this.#stopping.signal);
    this.#directory = new ResourceDirectory(resources);
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (uid) => this.#process(uid),
      onError: (error, key) => {
        context.onError(error, { controller: 'garbage-collector', key });
      },
    });
  }

  /** Fills the graph; to be awaited before `start`. */
  async load(): Promise<void> {
    for (const resource of this.#directory.values()) await this.#watch(resource, this.#stopping.signal);
    const definitions = new WatchCache(CUSTOM_RESOURCE_DEFINITIONS);
    definitions.onChange(({ key, object }) => {
      const resource = object === undefined ? undefined : resourceOf(object);
      if (resource === undefined) this.#forgetCustom(key);
      else this.#watchCustom(key, resource);
    });
    await definitions.start(this.#context.client, this.#stopping.signal);
    await Promise.all(this.#starting);
  }

  start(): void {
    this.#queue.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { abort } of this.#custom.values()) abort.abort();
    await Promise.all(this.#starting);
    await this.#queue.stop();
  }

  #watchCustom(key: string, resource: Resource): void {
    if (this.#custom.has(key)) return;
    const abort = new AbortController();
    this.#custom.set(key, { resource, abort });
    this.#directory.add(resource);
    const started = this.#watch(resource, abort.signal)
      .catch((error: unknown) => {
        this.#context.onError(error, { controller: 'garbage-collector', key });
      })
      .finally(() => this.#starting.delete(started));
    this.#starting.add(started);
  }

  #forgetCustom(key: string): void {
    const watched = this.#custom.get(key);
    if (watched === undefined) return;
    watched.abort.abort();
    this.#custom.delete(key);
    this.#directory.remove(watched.resource);
  }

  async #watch(resource: Resource, signal: AbortSignal): Promise<void> {
    const cache = new WatchCache(resource);
    cache.onChange(({ old, object }) => {
      if (object !== undefined) {
        // A successor of the same name: the old one is gone, though no event has said so yet.
        if (old !== undefined && old.metadata.uid !== object.metadata.uid) this.#removed(old.metadata.uid);
        this.#changed(graphNode(resource, object));
      } else if (old !== undefined) {
        this.#removed(old.metadata.uid);
      }
    });
    await cache.start(this.#context.client, signal);
  }

  #changed(node: GraphNode): void {
    const old = this.#graph.get(node.uid);
    this.#graph.put(node);
    const ownersChanged = JSON.stringify(old?.owners ?? []) !== JSON.stringify(node.owners);
    if (node.owners.length > 0 && ownersChanged) this.#queue.add(node.uid);
    if (node.deleting && (awaitsDependents(node) || orphansDependents(node))) this.#queue.add(node.uid);
    // An owner that this object no longer blocks may have waited for it.
    for (const owner of old?.owners ?? []) if (ownersChanged) this.#wakeWaiting(owner.uid);
  }

  #removed(uid: string): void {
    const node = this.#graph.get(uid);
    this.#graph.remove(uid);
    for (const dependent of this.#graph.dependents(uid)) this.#queue.add(dependent.uid);
    for (const owner of node?.owners ?? []) this.#wakeWaiting(owner.uid);
  }

  #wakeWaiting(uid: string): void {
    const owner = this.#graph.get(uid);
    if (owner !== undefined && awaitsDependents(owner)) this.#queue.add(uid);
  }

  async #process(uid: string): Promise<void> {
    const known = this.#graph.get(uid);
    if (known === undefined) return;
    const live = await getLive(this.#context.client, known.resource, identity(known));
    if (live === undefined) return;
    const node = graphNode(known.resource, live);
    if (node.deleting) {
      await this.#progress(node);
      return;
    }
    const owners = await this.#ownerStates(node);
    const judgement = judgeObject(node, owners, this.#graph.dependents(uid));
    switch (judgement.action) {
      case 'Keep':
        return;
      case 'Disown':
        await this.#disown(node, judgement.uids);
        return;
      case 'Delete':
        await deleteLive(this.#context.client, node.resource, {
          identity: identity(node),
          propagationPolicy: judgement.propagation,
          // Whoever gave it an owner since then has saved it.
          resourceVersion: live.metadata.resourceVersion,
        });
    }
  }

  async #progress(node: GraphNode): Promise<void> {
    const progress = progressOf(node, this.#graph.dependents(node.uid));
    switch (progress.step) {
      case 'Nothing':
        return;
      case 'Orphan':
        for (const dependent of progress.dependents) await this.#disown(dependent, [node.uid]);
        await this.#release(node, 'orphan');
        return;
      case 'AwaitDependents':
        for (const dependent of progress.toJudge) this.#queue.add(dependent.uid);
        return;
      case 'Release':
        await this.#release(node, progress.finalizer);
    }
  }

  async #release(node: GraphNode, finalizer: string): Promise<void> {
    await removeFinalizer(this.#context.client, node.resource, { identity: identity(node), finalizer });
  }

  async #disown(node: GraphNode, uids: readonly string[]): Promise<void> {
    await changeLive(this.#context.client, node.resource, {
      identity: identity(node),
      change: ({ metadata }) => {
        const owners = metadata.ownerReferences ?? [];
        const rest = owners.filter((owner) => !uids.includes(owner.uid));
        if (rest.length === owners.length) return null;
        return { metadata: { ownerReferences: rest.length === 0 ? null : rest } };
      },
    });
  }

  async #ownerStates(node: GraphNode): Promise<ReadonlyMap<string, OwnerState>> {
    const states = new Map<string, OwnerState>();
    for (const owner of node.owners) states.set(owner.uid, await this.#ownerState(node, owner));
    return states;
  }

  async #ownerState(node: GraphNode, owner: OwnerReference): Promise<OwnerState> {
    const resource = this.#directory.find(owner.apiVersion, owner.kind);
    if (resource === undefined) return 'Solid';
    const { name, uid } = owner;
    if (resource.namespaced && node.namespace === undefined) return 'Solid';
    const inNamespace = resource.namespaced && node.namespace !== undefined ? { namespace: node.namespace } : {};
    const live = await getLive(this.#context.client, resource, { name, uid, ...inNamespace });
    if (live === undefined) return 'Absent';
    return awaitsDependents(graphNode(resource, live)) ? 'Waiting' : 'Solid';
  }
}

function identity(node: GraphNode): Identity {
  const { namespace, name, uid } = node;
  return namespace === undefined ? { name, uid } : { namespace, name, uid };
}
