import { forbiddenError, notFoundError } from './errors.js';
import type { KindInfo } from './kinds.js';
import type { ServerState } from './state.js';

/** Made when a server starts with an empty store, as kube-apiserver does; the first three cannot be deleted. */
export const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;
const IMMORTAL: readonly string[] = SYSTEM_NAMESPACES.slice(0, 3);

const NAMESPACE = { group: '', plural: 'namespaces' };

/** Nothing is created in a namespace that is not there (404) or is on its way out (403): the NamespaceLifecycle plugin. */
export function requireActiveNamespace(
  state: ServerState,
  place: { readonly kind: KindInfo; readonly namespace: string },
  name: string,
): void {
  const { kind, namespace } = place;
  const found = state.store.get('/namespaces', namespace);
  if (found === undefined) throw notFoundError(NAMESPACE, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbiddenError(kind, name, {
    why: `unable to create new content in namespace ${namespace} because it is being terminated`,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}

export function requireMortalNamespace(name: string): void {
  if (IMMORTAL.includes(name)) throw forbiddenError(NAMESPACE, name, { why: 'this namespace may not be deleted' });
}
