import type { KubeObject } from '../api/kube.js';
import type { Stored } from './resource.js';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The object without what the API server and kubectl keep in it for themselves: who owns which field, and a copy of what
 * was applied. It is a third to a half of a small object, and nobody here reads it; a transform for informers.
 */
export function withoutBookkeeping<T extends KubeObject>(object: Stored<T>): Stored<T> {
  const { managedFields, annotations, ...metadata } = object.metadata;
  if (managedFields === undefined && annotations?.[LAST_APPLIED] === undefined) return object;
  if (annotations === undefined) return { ...object, metadata };
  const { [LAST_APPLIED]: _applied, ...kept } = annotations;
  return { ...object, metadata: { ...metadata, annotations: kept } };
}
