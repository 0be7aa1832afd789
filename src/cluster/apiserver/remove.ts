import { withMeta } from './json-values.js';
import type { ApiObject } from '../api-object.js';
import type { KindInfo } from './kinds.js';
import { storageKey } from './kinds.js';
import type { ServerState } from './state.js';

/** Removes an object for good; a definition that waited for the last of its objects goes with it. */
export function removeObject(state: ServerState, kind: KindInfo, key: string): ApiObject | undefined {
  const removed = state.store.remove(storageKey(kind), key);
  if (kind.custom) releaseDefinition(state, kind);
  return removed;
}

/** Holds a definition until its last object is gone (apiextensions-apiserver's finalizer of that name). */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

export function releaseDefinition(state: ServerState, kind: KindInfo): void {
  const { resource } = state.customKinds;
  const name = `${kind.plural}.${kind.group}`;
  const definition = state.store.get(resource, name);
  if (definition?.metadata.deletionTimestamp === undefined || state.store.list(storageKey(kind)).length > 0) return;
  const finalizers = (definition.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
  if (finalizers.length === 0) state.store.remove(resource, name);
  else state.store.put(resource, name, withMeta(definition, { ...definition.metadata, finalizers }));
}
