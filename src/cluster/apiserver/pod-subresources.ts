import { formatSeconds } from '../../api/instant.js';
import type { Json, JsonObject } from '../../api/json.js';
import { isJsonArray, isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { LogProvider, LogQuery } from '../log-provider.js';
import type { SentBody } from './decode-object.js';
import { deleteObject } from './delete.js';
import {
  badRequestError,
  conflictError,
  internalError,
  notFoundError,
  notImplementedError,
  plainServerError,
} from './errors.js';
import { valueAt } from './kinds.js';
import type { DeleteOptions, Query } from './query.js';
import { readBoolean, readDeleteOptions, readInteger } from './query.js';
import type { ServerState, Target, WriteRequest } from './state.js';
import { find } from './state.js';
import { objectKey } from './kinds.js';
import { checkAddress } from './update.js';
import { asApiMeta, asApiObject } from './json-values.js';

/** Of pods, and not done here: said so instead of answered with 404. */
export const UNSERVED_POD_SUBRESOURCES: readonly string[] = [
  'exec',
  'attach',
  'portforward',
  'proxy',
  'resize',
  'ephemeralcontainers',
];

const list = (value: Json | undefined): readonly Json[] => (isJsonArray(value) ? value : []);
const conditionsOf = (pod: ApiObject): readonly Json[] => list(valueAt(pod, ['status', 'conditions']));

function withCondition(pod: ApiObject, condition: JsonObject): ApiObject {
  const others = conditionsOf(pod).filter((other) => !isJsonObject(other) || other['type'] !== condition['type']);
  const status = isJsonObject(pod['status']) ? pod['status'] : {};
  return { ...pod, status: { ...status, conditions: [...others, condition] } };
}

/** POST pods/NAME/binding: what the scheduler does. */
export function bindPod(
  state: ServerState,
  target: Target,
  binding: { readonly sent: SentBody; readonly request: WriteRequest },
): void {
  const { kind, name, namespace } = target;
  checkAddress(asApiObject({ ...binding.sent.value, metadata: asApiMeta(metadataOf(binding.sent)) }), target);
  const node = valueAt(binding.sent.value, ['target', 'name']);
  if (typeof node !== 'string' || node === '') throw plainServerError('target.name: Required value');
  const pod = find(state, target);
  if (pod === undefined) throw notFoundError(kind, name);
  const refuse = (why: string): Error => conflictError({ group: '', plural: 'pods/binding' }, name, why);
  const uid = valueAt(binding.sent.value, ['metadata', 'uid']);
  if (typeof uid === 'string' && uid !== '' && uid !== pod.metadata.uid)
    throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`);
  if (pod.metadata.deletionTimestamp !== undefined)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  const bound = valueAt(pod, ['spec', 'nodeName']);
  if (typeof bound === 'string' && bound !== '') throw refuse(`pod ${name} is already assigned to node "${bound}"`);
  if (list(valueAt(pod, ['spec', 'schedulingGates'])).length > 0)
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const spec = isJsonObject(pod['spec']) ? pod['spec'] : {};
  const scheduled = withCondition(
    { ...pod, spec: { ...spec, nodeName: node } },
    {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: formatSeconds(state.clock.now()),
    },
  );
  if (!binding.request.dryRun) state.store.put('/pods', objectKey(namespace, name), scheduled);
}

function metadataOf(sent: SentBody): JsonObject {
  return isJsonObject(sent.value['metadata']) ? sent.value['metadata'] : {};
}

/** POST pods/NAME/eviction with the body's deleteOptions: marks the pod as disrupted, then deletes it. No budgets here. */
export function evictPod(
  state: ServerState,
  target: Target,
  eviction: { readonly sent: SentBody; readonly request: WriteRequest },
): void {
  const deleteOptions = eviction.sent.value['deleteOptions'];
  const options = readDeleteOptions({}, isJsonObject(deleteOptions) ? deleteOptions : {}, false);
  const dryRun = options.dryRun || eviction.request.dryRun;
  const name = valueAt(eviction.sent.value, ['metadata', 'name']);
  if (typeof name === 'string' && name !== target.name)
    throw badRequestError(`name in URL does not match name in Eviction object: ${target.name} != ${name}`);
  evict(state, { ...target, subresource: '' }, { ...options, dryRun });
}

function evict(state: ServerState, target: Target, options: DeleteOptions): void {
  const pod = find(state, target);
  // Preconditions first: a dry delete checks them without marking a pod that is not meant.
  deleteObject(state, target, { ...options, dryRun: true });
  if (pod !== undefined && !options.dryRun && pod.metadata.deletionTimestamp === undefined) {
    const marked = withCondition(pod, {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: formatSeconds(state.clock.now()),
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    });
    state.store.put('/pods', objectKey(target.namespace, target.name), marked);
  }
  // A resourceVersion in the preconditions was that of the pod before it was marked.
  const uid = options.preconditions?.uid;
  deleteObject(state, target, { ...options, preconditions: uid === undefined ? {} : { uid } });
}

/** GET pods/NAME/log; undefined for a pod that is on no node. The kubelet reads; which container is meant is decided here, as in the real server. */
export async function readPodLog(
  state: ServerState,
  target: Target,
  log: { readonly query: Query; readonly provider: LogProvider | undefined; readonly signal: AbortSignal },
): Promise<string | AsyncIterable<string> | undefined> {
  const pod = find(state, target);
  if (pod === undefined) throw notFoundError(target.kind, target.name);
  const query = readLogQuery(pod, log.query);
  const nodeName = valueAt(pod, ['spec', 'nodeName']);
  if (typeof nodeName !== 'string' || nodeName === '') return undefined;
  if (log.provider === undefined) throw internalError(`no kubelet serves the logs of node ${nodeName}`);
  const { namespace = '', name, uid } = pod.metadata;
  return log.provider.readLog({ namespace, name, uid, nodeName }, query, log.signal);
}

function readLogQuery(pod: ApiObject, query: Query): LogQuery {
  const integer = (name: string) => {
    const value = readInteger(query[name]);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    container: containerOf(pod, query['container'] ?? ''),
    follow: readBoolean(query['follow']),
    previous: readBoolean(query['previous']),
    timestamps: readBoolean(query['timestamps']),
    ...integer('tailLines'),
    ...integer('sinceSeconds'),
    ...integer('limitBytes'),
    ...(query['sinceTime'] === undefined ? {} : { sinceTime: query['sinceTime'] }),
  };
}

function containerOf(pod: ApiObject, asked: string): string {
  const names = (field: string): readonly string[] =>
    list(valueAt(pod, ['spec', field])).map((container) =>
      isJsonObject(container) && typeof container['name'] === 'string' ? container['name'] : '',
    );
  const [main, init, ephemeral] = [names('containers'), names('initContainers'), names('ephemeralContainers')];
  if (asked === '') {
    const [only, ...others] = main;
    if (only !== undefined && others.length === 0 && init.length === 0 && ephemeral.length === 0) return only;
    const inits = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`;
    throw badRequestError(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${main.join(' ')}]${inits}`,
    );
  }
  if ([...main, ...init, ...ephemeral].includes(asked)) return asked;
  throw badRequestError(`container ${asked} is not valid for pod ${pod.metadata.name}`);
}

export function refuseUnservedPodSubresource(subresource: string): void {
  const first = subresource.split('/')[0] ?? '';
  if (UNSERVED_POD_SUBRESOURCES.includes(first)) throw notImplementedError(`pods/${first}`);
}
