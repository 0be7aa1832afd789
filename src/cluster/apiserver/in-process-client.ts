import type { KubeObject } from '../../api/kube.js';
import type { ApiObject } from '../api-object.js';
import type {
  DeleteRequest,
  LocalClient,
  LocalWatchEvent,
  ObjectKey,
  PatchRequest,
  Selection,
} from '../local-client.js';
import type { Resource, Stored } from '../resource.js';
import { NAMESPACES, PODS } from '../resource.js';
import type { UserInfo } from './admission.js';
import { requireAllowed } from './authorization.js';
import { createObject } from './create.js';
import { bodyOf } from './decode-object.js';
import { deleteObject } from './delete.js';
import { notFoundError, unknownResourceError } from './errors.js';
import { copyJson } from './json-values.js';
import type { KindInfo } from './kinds.js';
import { storageKey } from './kinds.js';
import type { Collection } from './list.js';
import { listObjects, parseSelector } from './list.js';
import { patchObject, patchOf } from './patch-object.js';
import { bindPod, evictPod } from './pod-subresources.js';
import { readListOptions } from './query.js';
import type { ServerState, Target, WriteRequest } from './state.js';
import { attributesOf, find } from './state.js';
import { replaceObject } from './update.js';
import { toVersion } from './versions.js';
import { eventFor } from './watch-events.js';

/** The same operations as over HTTP, called directly. */
export function inProcessClient(state: ServerState, user: UserInfo): LocalClient {
  const request: WriteRequest = { user, dryRun: false, fieldValidation: 'Ignore', warn: () => undefined };

  const allowed = (verb: string, target: Target): Target => {
    requireAllowed(state.admission, user, { attributes: attributesOf(verb, target), store: state.writer });
    return target;
  };
  const targetOf = (resource: Resource, key: ObjectKey, subresource = ''): Target => ({
    kind: kindOf(state, resource),
    namespace: key.namespace ?? '',
    name: key.name,
    subresource,
  });
  const collectionOf = (resource: Resource, selection: Selection): Target =>
    targetOf(resource, { ...selection, name: '' });
  const patch = <T extends KubeObject>(target: Target, sent: PatchRequest): Stored<T> => {
    const parsed = patchOf(sent.type ?? 'merge', copyJson(sent.body));
    return shown<T>(patchObject(state, allowed('patch', target), { patch: parsed, request }), target.kind);
  };
  const update = <T extends KubeObject>(resource: Resource<T>, object: T, subresource = ''): Stored<T> => {
    const target = targetOf(resource, keyOf(object), subresource);
    const replaced = replaceObject(state, allowed('update', target), { sent: bodyOf(object), request });
    return shown<T>(replaced.object, target.kind);
  };

  return {
    get: <T extends KubeObject>(resource: Resource<T>, key: ObjectKey) =>
      promised(() => {
        const target = allowed('get', targetOf(resource, key));
        const object = find(state, target);
        if (object === undefined) throw notFoundError(target.kind, key.name);
        return shown<T>(object, target.kind);
      }),
    list: <T extends KubeObject>(resource: Resource<T>, selection: Selection = {}) =>
      promised(() => {
        const target = allowed('list', collectionOf(resource, selection));
        const page = listObjects(state.store, target, { ...readListOptions({}), ...selectors(selection) });
        const items = page.items.map((object) => shown<T>(object, target.kind));
        return { items, resourceVersion: String(page.revision) };
      }),
    watch: (resource, selection, onEvent) => {
      watchChanges(state, allowed('watch', collectionOf(resource, selection)), { selection, onEvent });
    },
    create: <T extends KubeObject>(resource: Resource<T>, object: T) =>
      promised(() => {
        const target = allowed('create', targetOf(resource, keyOf(object)));
        return shown<T>(createObject(state, target, { sent: bodyOf(object), request }), target.kind);
      }),
    update: (resource, object) => promised(() => update(resource, object)),
    updateStatus: (resource, object) => promised(() => update(resource, object, 'status')),
    patch: (resource, key, sent) => promised(() => patch(targetOf(resource, key), sent)),
    patchStatus: (resource, key, sent) => promised(() => patch(targetOf(resource, key, 'status'), sent)),
    delete: <T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options: DeleteRequest = {}) =>
      promised(() => {
        const target = allowed('delete', targetOf(resource, key));
        return shown<T>(deleteObject(state, target, { ...options, dryRun: false }).object, target.kind);
      }),
    finalizeNamespace: (name) =>
      promised(() => {
        const target = allowed('update', targetOf(NAMESPACES, { name }, 'finalize'));
        const current = find(state, target);
        if (current === undefined) throw notFoundError(target.kind, name);
        replaceObject(state, target, { sent: bodyOf({ ...current, spec: { finalizers: [] } }), request });
      }),
    bind: (pod, nodeName) =>
      promised(() => {
        const target = allowed('create', targetOf(PODS, pod, 'binding'));
        const { name, uid } = pod;
        bindPod(state, target, {
          sent: bodyOf({ metadata: { name, uid }, target: { kind: 'Node', name: nodeName } }),
          request,
        });
      }),
    evict: (pod, options = {}) =>
      promised(() => {
        const target = allowed('create', targetOf(PODS, pod, 'eviction'));
        evictPod(state, target, {
          sent: bodyOf({ metadata: { name: pod.name }, deleteOptions: options }),
          request,
        });
      }),
  };
}

/** Everything happens at once, in the caller's turn; only the answer comes later. */
function promised<R>(act: () => R): Promise<R> {
  return new Promise((resolve) => {
    resolve(act());
  });
}

function keyOf(object: KubeObject): ObjectKey {
  const { name = '', namespace } = object.metadata ?? {};
  return namespace === undefined ? { name } : { namespace, name };
}

function kindOf(state: ServerState, resource: Resource): KindInfo {
  const kind = state.kinds.get(resource.group, resource.version, resource.plural);
  if (kind === undefined) throw unknownResourceError();
  return kind;
}

function selectors(selection: Selection) {
  const { labelSelector = '', fieldSelector = '' } = selection;
  return { labelSelector, fieldSelector };
}

/** The edge where the store's JSON becomes the type that the caller's Resource stands for. */
function shown<T>(object: ApiObject, kind: KindInfo): Stored<T> {
  return toVersion(object, kind) as unknown as Stored<T>;
}

/** Events are queued and told in a later turn, one after the other, so that no listener runs inside somebody's write. */
function watchChanges<T extends KubeObject>(
  state: ServerState,
  collection: Collection,
  watch: {
    readonly selection: Selection & { readonly signal: AbortSignal };
    readonly onEvent: (event: LocalWatchEvent<T>) => void;
  },
): void {
  const { selection, onEvent } = watch;
  const { signal } = selection;
  const { kind, namespace } = collection;
  const selector = parseSelector(selection, kind);
  const resource = storageKey(kind);
  const tell = (event: { readonly type: LocalWatchEvent<T>['type']; readonly object: ApiObject }): void => {
    queueMicrotask(() => {
      if (!signal.aborted) onEvent({ type: event.type, object: shown<T>(event.object, kind) });
    });
  };
  if (signal.aborted) return;
  for (const object of state.store.list(resource, namespace))
    if (selector.matches(object)) tell({ type: 'ADDED', object });
  const stop = state.store.listen(resource, (change) => {
    const event = eventFor(change, collection, selector);
    if (event !== undefined) tell(event);
  });
  signal.addEventListener('abort', stop, { once: true });
}
