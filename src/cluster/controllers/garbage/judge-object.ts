import type { OwnerReference } from '../../../api/kube.js';
import { awaitsDependents, orphansDependents, type GraphNode } from './dependency-graph.js';

/** What a direct read said of an owner: it stands; it is being deleted and waits for this dependent; it is not there. */
export type OwnerState = 'Solid' | 'Waiting' | 'Absent';

export type Propagation = 'Foreground' | 'Background' | 'Orphan';

/** What is to be done with an object. */
export type Judgement =
  | { readonly action: 'Keep' }
  /** Take these owners off: others still hold the object. */
  | { readonly action: 'Disown'; readonly uids: readonly string[] }
  | { readonly action: 'Delete'; readonly propagation: Propagation };

/** An object lives as long as one of its owners does. */
export function judgeObject(
  node: GraphNode,
  owners: ReadonlyMap<string, OwnerState>,
  dependents: readonly GraphNode[],
): Judgement {
  if (node.deleting || node.owners.length === 0) return { action: 'Keep' };
  const state = (owner: OwnerReference): OwnerState => owners.get(owner.uid) ?? 'Solid';
  const lost = node.owners.filter((owner) => state(owner) !== 'Solid').map((owner) => owner.uid);
  if (lost.length === 0) return { action: 'Keep' };
  if (lost.length < node.owners.length) return { action: 'Disown', uids: lost };
  const awaited = node.owners.some((owner) => state(owner) === 'Waiting');
  if (awaited && dependents.length > 0) return { action: 'Delete', propagation: 'Foreground' };
  return { action: 'Delete', propagation: ownPropagation(node) };
}

/** Somebody may have asked for another way of deleting the object before. */
function ownPropagation(node: GraphNode): Propagation {
  if (node.finalizers.includes('orphan')) return 'Orphan';
  return node.finalizers.includes('foregroundDeletion') ? 'Foreground' : 'Background';
}

/** What an object that is being deleted still needs. */
export type Progress =
  | { readonly step: 'Nothing' }
  | { readonly step: 'Orphan'; readonly dependents: readonly GraphNode[] }
  /** Dependents that have not been asked to go yet; the owner waits. */
  | { readonly step: 'AwaitDependents'; readonly toJudge: readonly GraphNode[] }
  | { readonly step: 'Release'; readonly finalizer: 'foregroundDeletion' };

export function progressOf(node: GraphNode, dependents: readonly GraphNode[]): Progress {
  if (orphansDependents(node)) return { step: 'Orphan', dependents };
  if (!awaitsDependents(node)) return { step: 'Nothing' };
  const blocking = dependents.filter((dependent) =>
    dependent.owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion === true),
  );
  if (blocking.length === 0) return { step: 'Release', finalizer: 'foregroundDeletion' };
  return { step: 'AwaitDependents', toJudge: dependents.filter((dependent) => !dependent.deleting) };
}
