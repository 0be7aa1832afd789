import type { ApiRequest, ApiResponse } from '../../api/http.js';
import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { LogProvider } from '../log-provider.js';
import { StatusError } from '../status-error.js';
import type { UserInfo } from './admission.js';
import {
  CREATED_STATUS,
  deletedStatus,
  jsonAnswer,
  jsonTextAnswer,
  streamAnswer,
  textAnswer,
  withWarnings,
} from './answers.js';
import { requireAllowed } from './authorization.js';
import { createObject } from './create.js';
import type { SentBody } from './decode-object.js';
import { readBody } from './decode-object.js';
import { deleteCollection } from './delete-collection.js';
import { deleteObject } from './delete.js';
import { servesVersion } from './discovery.js';
import { methodNotAllowedError, notFoundError, notImplementedError, unknownResourceError } from './errors.js';
import type { KindInfo } from './kinds.js';
import { groupResource, storageKey } from './kinds.js';
import { listObjects, type ListPage } from './list.js';
import { patchObject, readPatch } from './patch-object.js';
import { bindPod, evictPod, readPodLog, refuseUnservedPodSubresource } from './pod-subresources.js';
import { presentList, presentObject, type Presentation, watchPresenter } from './presentation.js';
import { readDeleteOptions, readListOptions, readWriteOptions } from './query.js';
import type { ResourcePath } from './request-path.js';
import type { ServerState, Target, WriteRequest } from './state.js';
import { find } from './state.js';
import { replaceObject } from './update.js';
import type { WatchSettings } from './watch-stream.js';
import { WatchStream } from './watch-stream.js';

/** One request for a resource, on its way. */
export interface ResourceCall {
  readonly state: ServerState;
  readonly request: ApiRequest;
  readonly path: ResourcePath;
  readonly user: UserInfo;
  readonly logs: LogProvider | undefined;
  readonly watches: WatchSettings;
  readonly presentation: Presentation;
  readonly signal: AbortSignal;
}

/** Answers a request for a resource: authorization, then the verb. Throws StatusError. */
export async function answerResource(call: ResourceCall): Promise<ApiResponse> {
  const { state, path, user } = call;
  const verb = verbOf(call.request, path);
  const attributes = { ...path, resource: path.plural, verb, path: '' };
  requireAllowed(state.admission, user, { attributes, store: state.writer });
  const kind = state.kinds.get(path.group, path.version, path.plural);
  if (kind === undefined) {
    if (!servesVersion(state.kinds, path.group, path.version)) return textAnswer(404, '404 page not found\n');
    throw unknownResourceError();
  }
  const target = targetOf(path, kind);
  if (target.subresource !== '') return answerSubresource(call, target);
  return target.name === '' ? answerCollection(call, target) : answerObject(call, target);
}

function verbOf(request: ApiRequest, path: ResourcePath): string {
  const collection = path.name === '';
  switch (request.method) {
    case 'GET':
      if (!collection) return 'get';
      return readListOptions({ watch: request.query?.['watch'] ?? '' }).watch ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return collection ? 'deletecollection' : 'delete';
  }
}

/** Throws 404 where the path has a namespace and the kind none, or the other way round. */
function targetOf(path: ResourcePath, kind: KindInfo): Target {
  const { name, subresource } = path;
  const own = storageKey(kind) === '/namespaces';
  const namespace = own ? '' : path.namespace;
  if (!kind.namespaced && namespace !== '') throw unknownResourceError();
  if (kind.namespaced && namespace === '' && name !== '') throw unknownResourceError();
  return { kind, namespace, name, subresource };
}

function answerCollection(call: ResourceCall, target: Target): ApiResponse {
  const { state, request } = call;
  const { kind, namespace } = target;
  const query = request.query ?? {};
  switch (request.method) {
    case 'GET': {
      const options = readListOptions(query);
      if (!options.watch) return listAnswer(call, listObjects(state.store, target, options), kind);
      return streamAnswer(watch(call, target));
    }
    case 'POST': {
      if (kind.namespaced && namespace === '') throw methodNotAllowedError();
      return answerWrite(call, 'CreateOptions', (write) => {
        const object = createObject(state, target, { sent: bodyOf(call, kind), request: write });
        return objectAnswer(call, 201, { object, kind });
      });
    }
    case 'DELETE': {
      if (kind.namespaced && namespace === '') throw methodNotAllowedError();
      const options = readDeleteOptions(query, deleteBody(call, kind), true);
      return listAnswer(call, deleteCollection(state, target, { options, selection: readListOptions(query) }), kind);
    }
    case 'PUT':
    case 'PATCH':
      throw methodNotAllowedError();
  }
}

function watch(call: ResourceCall, target: Target): WatchStream {
  const options = readListOptions(call.request.query ?? {});
  const { presentation, watches: settings } = call;
  const presenter = watchPresenter(target.kind, { presentation, now: () => settings.clock.now() });
  const stream = new WatchStream(call.state.store, target, { options, settings, presenter });
  if (call.signal.aborted) stream.end();
  call.signal.addEventListener(
    'abort',
    () => {
      stream.end();
    },
    { once: true },
  );
  return stream;
}

function answerObject(call: ResourceCall, target: Target): ApiResponse {
  const { state, request } = call;
  const { kind } = target;
  switch (request.method) {
    case 'GET':
      return answerGet(call, target);
    case 'PUT':
      return answerPut(call, target);
    case 'PATCH':
      return answerPatch(call, target);
    case 'DELETE': {
      const options = readDeleteOptions(request.query ?? {}, deleteBody(call, kind), false);
      const { object, gone } = deleteObject(state, target, options);
      if (gone && !kind.returnsDeleted) return jsonAnswer(200, deletedStatus(object, kind));
      return objectAnswer(call, 200, { object, kind });
    }
    case 'POST':
      throw methodNotAllowedError();
  }
}

async function answerSubresource(call: ResourceCall, target: Target): Promise<ApiResponse> {
  const { kind, subresource } = target;
  const { method } = call.request;
  if (storageKey(kind) === '/pods') {
    refuseUnservedPodSubresource(subresource);
    const answer = await answerPodSubresource(call, target);
    if (answer !== undefined) return answer;
  }
  if (storageKey(kind) === '/serviceaccounts' && subresource === 'token')
    throw notImplementedError('serviceaccounts/token');
  const finalize = subresource === 'finalize' && storageKey(kind) === '/namespaces';
  if (!(subresource === 'status' && kind.hasStatus) && !finalize)
    throw kind.custom ? notFoundError(kind, target.name) : unknownResourceError();
  if (method === 'PUT') return answerPut(call, target);
  if (method === 'PATCH' && !finalize) return answerPatch(call, target);
  if (method === 'GET' && !finalize) return answerGet(call, target);
  throw kind.custom && method === 'POST' ? createNotSupported(kind) : methodNotAllowedError();
}

function createNotSupported(kind: KindInfo): StatusError {
  return new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `create is not supported on resources of kind "${groupResource(kind)}"`,
    details: { group: kind.group, kind: kind.plural },
  });
}

async function answerPodSubresource(call: ResourceCall, target: Target): Promise<ApiResponse | undefined> {
  const { state, request, logs, signal } = call;
  const query = request.query ?? {};
  switch (target.subresource) {
    case 'log':
      if (request.method !== 'GET') throw methodNotAllowedError();
      return logAnswer(await readPodLog(state, target, { query, provider: logs, signal }));
    case 'binding':
    case 'eviction': {
      if (request.method !== 'POST') throw methodNotAllowedError();
      const apply = target.subresource === 'binding' ? bindPod : evictPod;
      return answerWrite(call, 'CreateOptions', (write) => {
        apply(state, target, { sent: bodyOf(call, target.kind), request: write });
        return jsonAnswer(201, CREATED_STATUS);
      });
    }
    default:
      return undefined;
  }
}

/** A pod that is on no node yet has no log to speak of: no content. */
function logAnswer(log: string | AsyncIterable<string> | undefined): ApiResponse {
  return log === undefined ? textAnswer(204, '') : textAnswer(200, log);
}

function answerGet(call: ResourceCall, target: Target): ApiResponse {
  const object = find(call.state, target);
  if (object === undefined) throw notFoundError(target.kind, target.name);
  return objectAnswer(call, 200, { object, kind: target.kind });
}

function answerPut(call: ResourceCall, target: Target): ApiResponse {
  return answerWrite(call, 'UpdateOptions', (request) => {
    const { object, created } = replaceObject(call.state, target, { sent: bodyOf(call, target.kind), request });
    return objectAnswer(call, created ? 201 : 200, { object, kind: target.kind });
  });
}

function answerPatch(call: ResourceCall, target: Target): ApiResponse {
  const { body = '', headers } = call.request;
  const patch = readPatch(body, headers?.['content-type'] ?? '', target.kind);
  return answerWrite(call, 'PatchOptions', (request) =>
    objectAnswer(call, 200, { object: patchObject(call.state, target, { patch, request }), kind: target.kind }),
  );
}

function objectAnswer(
  call: ResourceCall,
  status: number,
  { object, kind }: { readonly object: ApiObject; readonly kind: KindInfo },
): ApiResponse {
  return jsonTextAnswer(status, presentObject(object, kind, call.presentation));
}

function listAnswer(call: ResourceCall, page: ListPage, kind: KindInfo): ApiResponse {
  return jsonTextAnswer(200, presentList(page, kind, call.presentation));
}

function answerWrite(
  call: ResourceCall,
  type: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  write: (request: WriteRequest) => ApiResponse,
): ApiResponse {
  const warnings: string[] = [];
  const warn = (text: string): void => {
    warnings.push(text);
  };
  const options = readWriteOptions(call.request.query ?? {}, type);
  return withWarnings(write({ user: call.user, ...options, warn }), warnings);
}

function bodyOf(call: ResourceCall, kind: KindInfo): SentBody {
  return readBody(call.request.body ?? '', call.request.headers?.['content-type'] ?? '', kind);
}

function deleteBody(call: ResourceCall, kind: KindInfo): JsonObject {
  return (call.request.body ?? '') === '' ? {} : bodyOf(call, kind).value;
}
