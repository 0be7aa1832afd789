import { formatSeconds, parseInstant } from '../../api/instant.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiMeta, ApiObject } from '../api-object.js';
import { notFoundError, preconditionError } from './errors.js';
import { asApiMeta, jsonEqual, withMember, withMeta } from './json-values.js';
import type { KindInfo } from './kinds.js';
import { objectKey, storageKey, valueAt } from './kinds.js';
import { requireMortalNamespace } from './namespace-lifecycle.js';
import type { DeleteOptions } from './query.js';
import { CLEANUP_FINALIZER, releaseDefinition, removeObject } from './remove.js';
import type { ServerState, Target } from './state.js';
import { find } from './state.js';

export interface Deleted {
  /** As it is after the request; its last form where it is gone. */
  readonly object: ApiObject;
  readonly gone: boolean;
}

/**
 * DELETE, as the real server's generic registry does it: preconditions, the garbage collector's finalizers by policy, a
 * grace period for what supports one (pods), else removal at once unless finalizers hold the object. Throws StatusError.
 */
export function deleteObject(state: ServerState, target: Target, options: DeleteOptions): Deleted {
  const { kind, name } = target;
  const current = find(state, target);
  if (current === undefined) throw notFoundError(kind, name);
  checkPreconditions(kind, current, options);
  const resource = storageKey(kind);
  if (resource === '/namespaces') return deleteNamespace(state, current, options);
  if (resource === state.customKinds.resource) return deleteDefinition(state, current, options);
  return deleteGeneric(state, target, { current, options });
}

function deleteGeneric(
  state: ServerState,
  target: Target,
  deletion: { readonly current: ApiObject; readonly options: DeleteOptions },
): Deleted {
  const { kind } = target;
  const { current, options } = deletion;
  const key = objectKey(target.namespace, target.name);
  const now = state.clock.now();
  const graceful = kind.kind === 'Pod' && kind.group === '' ? gracefully(current, options, now) : 'unsupported';
  if (graceful === 'pending') return { object: current, gone: false };
  const finalizers = collectorFinalizers(kind, current.metadata, options);
  const meta = graceful === 'unsupported' ? current.metadata : graceful.metadata;
  const held = finalizers.length > 0;
  const marked = held && graceful === 'unsupported' ? markDeleted(meta, now) : meta;
  const object = withMeta(current, asApiMeta(withMember(marked, 'finalizers', held ? finalizers : undefined)));
  const stays = held || (graceful !== 'unsupported' && graceful.seconds > 0);
  if (options.dryRun) return { object, gone: !stays };
  const write = (stays || graceful !== 'unsupported') && !jsonEqual(object, current);
  const stored = write ? state.store.put(storageKey(kind), key, object) : current;
  if (stays) return { object: stored, gone: false };
  return { object: removeObject(state, kind, key) ?? stored, gone: true };
}

function checkPreconditions(kind: KindInfo, current: ApiObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name, uid: foundUid, resourceVersion: foundVersion } = current.metadata;
  if (uid !== undefined && uid !== foundUid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${foundUid}). The object might have been deleted and then recreated`;
    throw preconditionError(kind, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== foundVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${foundVersion}). The object might have been modified`;
    throw preconditionError(kind, name, why);
  }
}

/**
 * A pod's grace period (rest.BeforeDelete, podStrategy.CheckGracefulDelete): none where it is not bound or has ended. A
 * second delete can only shorten it; `pending` where it does not.
 */
function gracefully(
  pod: ApiObject,
  options: DeleteOptions,
  now: number,
): 'pending' | { readonly metadata: ApiMeta; readonly seconds: number } {
  const { metadata } = pod;
  if (metadata.deletionTimestamp !== undefined) {
    const running = metadata.deletionGracePeriodSeconds ?? 0;
    if (options.gracePeriodSeconds === undefined) return 'pending';
    const seconds = Math.max(options.gracePeriodSeconds, options.gracePeriodSeconds < 0 ? 1 : 0);
    // A pod whose period is over already, but which finalizers hold, waits for them.
    if (seconds >= running && running > 0) return 'pending';
    if (seconds >= running) return { metadata, seconds };
    const asked = (parseInstant(metadata.deletionTimestamp) ?? now) - running * 1_000;
    const deletionTimestamp = formatSeconds(asked + seconds * 1_000);
    return { metadata: { ...metadata, deletionTimestamp, deletionGracePeriodSeconds: seconds }, seconds };
  }
  const seconds = gracePeriod(pod, options);
  const deletionTimestamp = formatSeconds(now + seconds * 1_000);
  const marked = nextGeneration({ ...metadata, deletionTimestamp, deletionGracePeriodSeconds: seconds });
  return { metadata: marked, seconds };
}

/** v1.DefaultTerminationGracePeriodSeconds, where the pod was stored without defaults. */
const DEFAULT_GRACE_SECONDS = 30;

function gracePeriod(pod: ApiObject, options: DeleteOptions): number {
  const phase = valueAt(pod, ['status', 'phase']);
  const nodeName = valueAt(pod, ['spec', 'nodeName']);
  if (nodeName === undefined || nodeName === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  const own = valueAt(pod, ['spec', 'terminationGracePeriodSeconds']);
  const seconds = options.gracePeriodSeconds ?? (typeof own === 'number' ? own : DEFAULT_GRACE_SECONDS);
  return seconds < 0 ? 1 : seconds;
}

/** registry markAsDeleting. */
function markDeleted(metadata: ApiMeta, now: number): ApiMeta {
  const marked = { ...metadata, deletionGracePeriodSeconds: 0 };
  if (metadata.deletionTimestamp !== undefined) return marked;
  return nextGeneration({ ...marked, deletionTimestamp: formatSeconds(now) });
}

function nextGeneration(metadata: ApiMeta): ApiMeta {
  const { generation = 0 } = metadata;
  return generation > 0 ? { ...metadata, generation: generation + 1 } : metadata;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** registry deletionFinalizersForGarbageCollection: the policy asked for, else the finalizer that is there already. */
function collectorFinalizers(kind: KindInfo, metadata: ApiMeta, options: DeleteOptions): readonly string[] {
  const present = metadata.finalizers ?? [];
  const policy = options.propagationPolicy;
  const orphan = policy === undefined ? present.includes(ORPHAN) || byDefault(kind, present) : policy === 'Orphan';
  const foreground = policy === undefined ? present.includes(FOREGROUND) : policy === 'Foreground';
  const others = present.filter((name) => name !== ORPHAN && name !== FOREGROUND);
  const wanted = [...others, ...(orphan ? [ORPHAN] : []), ...(foreground ? [FOREGROUND] : [])];
  return wanted.length === present.length && wanted.every((name) => present.includes(name)) ? present : wanted;
}

function byDefault(kind: KindInfo, present: readonly string[]): boolean {
  return kind.orphansByDefault && !present.includes(FOREGROUND);
}

/** A namespace becomes Terminating, and goes when the namespace controller has emptied it and finalized it. */
function deleteNamespace(state: ServerState, current: ApiObject, options: DeleteOptions): Deleted {
  const { name, deletionTimestamp } = current.metadata;
  requireMortalNamespace(name);
  if (deletionTimestamp === undefined) {
    const metadata = { ...current.metadata, deletionTimestamp: formatSeconds(state.clock.now()) };
    const status = isJsonObject(current['status']) ? current['status'] : {};
    const object = { ...withMeta(current, metadata), status: { ...status, phase: 'Terminating' } };
    return { object: options.dryRun ? object : state.store.put('/namespaces', name, object), gone: false };
  }
  const finalizers = valueAt(current, ['spec', 'finalizers']);
  const held = (Array.isArray(finalizers) && finalizers.length > 0) || (current.metadata.finalizers ?? []).length > 0;
  if (held || options.dryRun) return { object: current, gone: false };
  return { object: state.store.remove('/namespaces', name) ?? current, gone: true };
}

/** A definition takes its objects with it, and waits for those that finalizers hold. */
function deleteDefinition(state: ServerState, current: ApiObject, options: DeleteOptions): Deleted {
  const { resource } = state.customKinds;
  const { name, finalizers = [] } = current.metadata;
  const marked = withMeta(current, {
    ...markDeleted(current.metadata, state.clock.now()),
    finalizers: [...new Set([...finalizers, CLEANUP_FINALIZER])],
  });
  if (options.dryRun) return { object: marked, gone: false };
  const kind = state.customKinds.kindsOf(current)[0];
  const stored = jsonEqual(marked, current) ? current : state.store.put(resource, name, marked);
  if (kind === undefined) return { object: state.store.remove(resource, name) ?? stored, gone: true };
  for (const object of state.store.list(storageKey(kind))) {
    const { namespace = '', name: objectName } = object.metadata;
    const target = { kind, namespace, name: objectName, subresource: '' };
    deleteGeneric(state, target, { current: object, options: { dryRun: false } });
  }
  releaseDefinition(state, kind);
  const left = state.store.get(resource, name);
  return { object: left ?? stored, gone: left === undefined };
}
