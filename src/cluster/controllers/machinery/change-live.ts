import type { KubeObject } from '../../../api/kube.js';
import type { LocalClient, ObjectKey } from '../../local-client.js';
import type { Resource, Stored } from '../../resource.js';
import { isConflict, isNotFound } from './status-code.js';

/** Which object, whatever else may have its name by now. */
export interface Identity extends ObjectKey {
  readonly uid: string;
}

export function identityOf(object: {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string };
}): Identity {
  const { name, namespace, uid } = object.metadata;
  return namespace === undefined ? { name, uid } : { namespace, name, uid };
}

/** Conflicts in a row after which the caller's own retry takes over. */
const MAX_CONFLICTS = 5;

/**
 * Merge-patches the object as it is now, under its revision, until no one interferes. `change` answers the patch, or
 * null where nothing is to be done. Answers the object, or undefined where it is gone or another has its name.
 */
export async function changeLive<T extends KubeObject>(
  client: LocalClient,
  resource: Resource<T>,
  options: {
    readonly identity: Identity;
    readonly change: (live: Stored<T>) => { readonly metadata?: object; readonly [field: string]: unknown } | null;
    readonly subresource?: 'status';
  },
): Promise<Stored<T> | undefined> {
  for (let conflicts = 0; ; conflicts += 1) {
    const live = await getLive(client, resource, options.identity);
    if (live === undefined) return undefined;
    const change = options.change(live);
    if (change === null) return live;
    const { resourceVersion, uid } = live.metadata;
    const body = { ...change, metadata: { ...change.metadata, resourceVersion, uid } };
    try {
      if (options.subresource === 'status') return await client.patchStatus(resource, options.identity, { body });
      return await client.patch(resource, options.identity, { body });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isConflict(error) || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}

/** A direct read by name and UID; undefined where it is gone. */
export async function getLive<T extends KubeObject>(
  client: LocalClient,
  resource: Resource<T>,
  identity: Identity,
): Promise<Stored<T> | undefined> {
  try {
    const live = await client.get(resource, identity);
    return live.metadata.uid === identity.uid ? live : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Deletes this very object; false where it was gone already. */
export async function deleteLive<T extends KubeObject>(
  client: LocalClient,
  resource: Resource<T>,
  options: {
    readonly identity: Identity;
    readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
    readonly gracePeriodSeconds?: number;
    readonly resourceVersion?: string;
  },
): Promise<boolean> {
  const { identity, resourceVersion, ...how } = options;
  const revision = resourceVersion === undefined ? {} : { resourceVersion };
  try {
    await client.delete(resource, identity, { ...how, preconditions: { uid: identity.uid, ...revision } });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    if (!isConflict(error)) throw error;
    // 409: another object has the name by now, or (where a revision was asked for) this one has changed.
    if ((await getLive(client, resource, identity)) === undefined) return false;
    throw error;
  }
}

/** Takes a finalizer off; answers the object as it is then, or undefined where it is gone. */
export function removeFinalizer<T extends KubeObject>(
  client: LocalClient,
  resource: Resource<T>,
  options: { readonly identity: Identity; readonly finalizer: string },
): Promise<Stored<T> | undefined> {
  return changeLive(client, resource, {
    identity: options.identity,
    change: ({ metadata }) => {
      const finalizers = metadata.finalizers ?? [];
      if (!finalizers.includes(options.finalizer)) return null;
      const rest = finalizers.filter((one) => one !== options.finalizer);
      return { metadata: { finalizers: rest.length === 0 ? null : rest } };
    },
  });
}
