import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { KubeObject } from '../../api/kube.js';
import type { RunRef } from '../../api/run-ref.js';
import type { Client, Informer, Stored } from '../../runtime/index.js';
import { ApiError, keyOf } from '../../runtime/index.js';
import type { RunAccess, RunResource } from '../ports.js';

/** A kind that is run, as far as everybody needs it: its spec and status are for its translator. */
export interface RunObject extends KubeObject {
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

/** Runs of one kind, from its informer and a client. */
export function createRunAccess(client: Client, informer: Informer<RunObject>): RunAccess {
  const { resource } = informer;
  const read = (object: Stored<RunObject>): RunResource => readRun(object, resource);
  const written = (object: Stored<RunObject>): RunResource => {
    informer.observe(object);
    return read(object);
  };
  return {
    get(namespace, name) {
      const object = informer.get(keyOf({ namespace, name }));
      return object === undefined ? undefined : read(object);
    },
    async refresh(namespace, name) {
      const object = await client.find(resource, { namespace, name });
      return object === null ? null : written(object);
    },
    async patch(run, patch) {
      return written(await client.patch(resource, run, { patch: { type: 'merge', body: patch }, repeatable: true }));
    },
    async patchStatus(run, patch) {
      return written(
        await client.patch(resource, run, {
          patch: { type: 'merge', body: patch },
          subresource: 'status',
          repeatable: true,
        }),
      );
    },
    async remove(run) {
      try {
        await client.remove(resource, run, { preconditions: { uid: run.uid } });
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 404) throw error;
      }
    },
  };
}

/** The parser at the edge: what the API server has validated against the CRD, in the shape that the pass works with. */
export function readRun(
  object: Stored<RunObject>,
  kind: { readonly apiVersion: string; readonly kind: string },
): RunResource {
  const meta = object.metadata;
  const ref: RunRef = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    namespace: meta.namespace ?? '',
    name: meta.name,
    uid: meta.uid,
  };
  return {
    ref,
    generation: meta.generation ?? 0,
    resourceVersion: meta.resourceVersion,
    finalizers: meta.finalizers ?? [],
    annotations: meta.annotations ?? {},
    deleting: meta.deletionTimestamp !== undefined,
    spec: isJsonObject(object.spec) ? object.spec : {},
    status: isJsonObject(object.status) ? object.status : {},
  };
}
