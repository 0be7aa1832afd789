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
  const write: WriteRequest = { user, dryRun: false, fieldValidation: 'Ignore', warn: () => undefined };

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
  const patch = async <T extends KubeObject>(target: Target, request: PatchRequest): Promise<Stored<T>> => {
    const parsed = patchOf(request.type ?? 'merge', copyJson(request.body));
    return shown<T>(patchObject(state, allowed('patch', target), { patch: parsed, request: write }), target.kind);
  };
  const update = async <T extends KubeObject>(resource: Resource<T>, object: T, subresource: string) => {
    const { name = '', namespace } = object.metadata ?? {};
    const target = targetOf(resource, namespace === undefined ? { name } : { namespace, name }, subresource);
    const replaced = replaceObject(state, allowed('update', target), { sent: bodyOf(object), request: write });
    return shown<T>(replaced.object, target.kind);
  };

  return {
    get: async <T extends KubeObject>(resource: Resource<T>, key: ObjectKey) => {
      const target = allowed('get', targetOf(resource, key));
      const object = find(state, target);
      if (object === undefined) throw notFoundError(target.kind, key.name);
      return shown<T>(object, target.kind);
    },
    list: async <T extends KubeObject>(resource: Resource<T>, selection: Selection = {}) => {
      const target = allowed('list', targetOf(resource, { ...selection, name: '' }));
      const page = listObjects(state.store, target, { ...readListOptions({}), ...selectors(selection) });
      return {
        items: page.items.map((object) => shown<T>(object, target.kind)),
        resourceVersion: String(page.revision),
      };
    },
    watch: (resource, selection, onEvent) => {
      watchChanges(state, allowed('watch', targetOf(resource, { ...selection, name: '' })), { selection, onEvent });
    },
    create: async <T extends KubeObject>(resource: Resource<T>, object: T) => {
      const { name = '', namespace } = object.metadata ?? {};
      const target = allowed('create', targetOf(resource, namespace === undefined ? { name } : { namespace, name }));
      return shown<T>(createObject(state, target, { sent: bodyOf(object), request: write }), target.kind);
    },
    update: (resource, object) => update(resource, object, ''),
    updateStatus: (resource, object) => update(resource, object, 'status'),
    patch: (resource, key, request) => patch(targetOf(resource, key), request),
    patchStatus: (resource, key, request) => patch(targetOf(resource, key, 'status'), request),
    delete: async <T extends KubeObject>(resource: Resource<T>, key: ObjectKey, request: DeleteRequest = {}) => {
      const target = allowed('delete', targetOf(resource, key));
      return shown<T>(deleteObject(state, target, { ...request, dryRun: false }).object, target.kind);
    },
    finalizeNamespace: async (name) => {
      const target = allowed('update', targetOf(NAMESPACES, { name }, 'finalize'));
      const current = find(state, target);
      if (current === undefined) throw notFoundError(target.kind, name);
      replaceObject(state, target, { sent: bodyOf({ ...current, spec: { finalizers: [] } }), request: write });
    },
    bind: async (pod, nodeName) => {
      const target = allowed('create', targetOf(PODS, pod, 'binding'));
      const { name, uid } = pod;
      const sent = bodyOf({ metadata: { name, uid }, target: { kind: 'Node', name: nodeName } });
      bindPod(state, target, { sent, request: write });
    },
    evict: async (pod, request = {}) => {
      const target = allowed('create', targetOf(PODS, pod, 'eviction'));
      const sent = bodyOf({ metadata: { name: pod.name }, deleteOptions: request });
      evictPod(state, target, { sent, request: write });
    },
  };
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
