import type { JsonObject } from '../../api/json.js';
import type { KubeObject } from '../../api/kube.js';
import { LABEL } from '../../api/names.js';
import type { Client, Informer, Resource, Stored } from '../../runtime/index.js';
import { ApiError, keyOf } from '../../runtime/index.js';
import type { ObjectAccess } from '../ports.js';

/** Name of the index by the label `execution-uid` that the informers of attempts' objects have. */
export const BY_RUN = 'run';

/** Values of that index. */
export function indexByRun(object: KubeObject): readonly string[] {
  const uid = object.metadata?.labels?.[LABEL.executionUid];
  return uid === undefined ? [] : [uid];
}

/** What the informers of attempts' objects select: it leaves them once its outcome is recorded. */
export const TRACKED_SELECTOR = `${LABEL.tracked}=true`;

/** Objects of one kind, from an informer that selects what is tracked, and a client. */
export function createObjectAccess<T extends KubeObject>(
  client: Client,
  informer: Informer<T>,
): ObjectAccess<Stored<T>> {
  const { resource } = informer;
  return {
    cached: (namespace, name) => informer.get(keyOf({ namespace, name })),
    trackedOf: (runUid) =>
      informer.byIndex(BY_RUN, runUid).filter((object) => object.metadata.labels?.[LABEL.tracked] === 'true'),
    live: (namespace, name) => client.find(resource, { namespace, name }),

    async liveTrackedOf(namespace, runUid) {
      const labelSelector = `${TRACKED_SELECTOR},${LABEL.executionUid}=${runUid}`;
      return (await client.list(resource, { namespace, labelSelector })).items;
    },

    async create(_namespace, object) {
      // The name is deterministic, so that a create whose answer was lost may be sent again.
      const created = await client.create(resource, manifestOf(object, resource), { repeatable: true });
      informer.observe(created);
      return created;
    },

    async remove(namespace, name, { uid, propagation }) {
      try {
        const left = await client.remove(
          resource,
          { namespace, name },
          { preconditions: { uid }, propagationPolicy: propagation },
        );
        if (left !== null) informer.observe(left);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // Gone, or another object of the same name (409 on the UID): either way ours is not there any more.
        if (error.code !== 404 && error.code !== 409) throw error;
      }
    },

    async patch(namespace, name, patch) {
      try {
        const patched = await client.patch(
          resource,
          { namespace, name },
          { patch: { type: 'merge', body: patch }, repeatable: true },
        );
        informer.observe(patched);
        return patched;
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return null;
        throw error;
      }
    },
  };
}

/** A rendered manifest as an object of its kind: the API server is the one that validates it. */
function manifestOf<T extends KubeObject>(manifest: JsonObject, _resource: Resource<T>): T {
  // The edge between what a user wrote (plain JSON) and the kind's type.
  return manifest as JsonObject & T;
}
