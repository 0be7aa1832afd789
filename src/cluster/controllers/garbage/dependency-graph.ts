import type { KubeObject, OwnerReference } from '../../../api/kube.js';
import type { Resource, Stored } from '../../resource.js';

/** What the collector remembers of an object. */
export interface GraphNode {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
}

export function graphNode<T extends KubeObject>(resource: Resource, object: Stored<T>): GraphNode {
  const { namespace, name, uid, ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
  return {
    resource,
    namespace,
    name,
    uid,
    owners: ownerReferences,
    finalizers,
    deleting: deletionTimestamp !== undefined,
  };
}

/** Its dependents go first: the owner waits for those that block it. */
export function awaitsDependents(node: GraphNode): boolean {
  return node.deleting && node.finalizers.includes('foregroundDeletion');
}

/** Its dependents stay and forget it. */
export function orphansDependents(node: GraphNode): boolean {
  return node.deleting && node.finalizers.includes('orphan');
}

/** All objects by UID, and who depends on whom. An owner may be absent: its dependents are known all the same. */
export class DependencyGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  put(node: GraphNode): void {
    const old = this.#nodes.get(node.uid);
    this.#nodes.set(node.uid, node);
    for (const { uid } of old?.owners ?? []) this.#unlink(uid, node.uid);
    for (const { uid } of node.owners) {
      const dependents = this.#dependents.get(uid) ?? new Set();
      this.#dependents.set(uid, dependents.add(node.uid));
    }
  }

  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    this.#nodes.delete(uid);
    for (const owner of node?.owners ?? []) this.#unlink(owner.uid, uid);
  }

  dependents(uid: string): readonly GraphNode[] {
    const found: GraphNode[] = [];
    for (const dependent of this.#dependents.get(uid) ?? []) {
      const node = this.#nodes.get(dependent);
      if (node !== undefined) found.push(node);
    }
    return found;
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner);
    dependents?.delete(dependent);
    if (dependents?.size === 0) this.#dependents.delete(owner);
  }
}
