import type { ApiRequest } from '../api/http.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../api/json.js';
import type { KubeObject } from '../api/kube.js';
import { ApiError } from './api-error.js';
import { Caller, type CallerOptions } from './caller.js';
import type {
  Client,
  ListOptions,
  Page,
  Patch,
  PatchOptions,
  RemoveOptions,
  Selection,
  WriteOptions,
} from './client.js';
import { MalformedObjectError, pathOf, refOf, type ObjectRef, type Resource, type Stored } from './resource.js';
import { versionOf, watchEvents } from './watch-stream.js';

export type ClientOptions = CallerOptions;

/** Objects per request of a list: an answer of 500 pods blocks the event loop for about 20 ms. */
const PAGE_SIZE = 500;
const CONTENT_TYPE = { merge: 'application/merge-patch+json', json: 'application/json-patch+json' } as const;

/** A client that speaks JSON over any transport: to a real API server, or into the embedded one. */
export function createClient(options: ClientOptions): Client {
  const caller = new Caller(options);

  async function object<T extends KubeObject>(
    resource: Resource<T>,
    request: ApiRequest,
    context: WriteOptions = {},
  ): Promise<Stored<T>> {
    return resource.parse(jsonObject(resource.kind, await caller.text(request, context)));
  }

  const client: Client = {
    get: (resource, ref, { signal } = {}) =>
      object(resource, { method: 'GET', path: pathOf(resource, ref) }, { signal }),

    async find(resource, ref, callOptions) {
      try {
        return await client.get(resource, ref, callOptions);
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return null;
        throw error;
      }
    },

    async list(resource, listOptions = {}) {
      try {
        return await listPages(caller, resource, listOptions);
      } catch (error) {
        // The snapshot that the pages are read from was compacted: all at once, then, as client-go's pager does.
        if (!(error instanceof ExpiredTokenError)) throw error;
        return listPages(caller, resource, { ...listOptions, pageSize: 0 });
      }
    },

    create(resource, manifest, writeOptions = {}) {
      const path = pathOf(resource, { namespace: manifest.metadata?.namespace });
      return object(
        resource,
        withBody('POST', path, { body: manifest, query: writeQuery(writeOptions) }),
        writeOptions,
      );
    },

    patch(resource, ref, { patch, ...patchOptions }) {
      const path = pathOf(resource, { ...named(ref), subresource: patchOptions.subresource });
      return object(resource, patchRequest(path, patch, patchOptions), patchOptions);
    },

    replace(resource, replacement, patchOptions = {}) {
      const path = pathOf(resource, { ...named(refOf(replacement)), subresource: patchOptions.subresource });
      return object(
        resource,
        withBody('PUT', path, { body: replacement, query: writeQuery(patchOptions) }),
        patchOptions,
      );
    },

    async remove(resource, ref, removeOptions = {}) {
      const request = withBody('DELETE', pathOf(resource, named(ref)), { body: deleteBody(removeOptions) });
      const answer = jsonObject(resource.kind, await caller.text(request, { signal: removeOptions.signal }));
      return answer['kind'] === 'Status' ? null : resource.parse(answer);
    },

    async watch(resource, watchOptions) {
      const { namespace, resourceVersion, timeoutSeconds, signal } = watchOptions;
      const query = {
        ...selectionQuery(watchOptions),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(timeoutSeconds),
      };
      const request: ApiRequest = { method: 'GET', path: pathOf(resource, { namespace }), query };
      return watchEvents(resource, request, await caller.pieces(request, { signal }));
    },

    async call(request, writeOptions = {}) {
      const complete = { ...request, query: { ...request.query, ...writeQuery(writeOptions) } };
      return jsonOf(request.path, await caller.text(jsonRequest(complete), writeOptions));
    },

    stream: (request, { signal } = {}) => caller.pieces(request, { signal }),
  };
  return client;
}

/** The continue token of a later page has expired. */
class ExpiredTokenError extends Error {}

async function listPages<T extends KubeObject>(
  caller: Caller,
  resource: Resource<T>,
  options: ListOptions,
): Promise<Page<T>> {
  const { namespace, pageSize = PAGE_SIZE, signal } = options;
  const items: Stored<T>[] = [];
  let token: string | null = null;
  for (;;) {
    const query: Record<string, string> = selectionQuery(options);
    if (pageSize > 0) query['limit'] = String(pageSize);
    if (token !== null) query['continue'] = token;
    const page = await readPage(caller, { method: 'GET', path: pathOf(resource, { namespace }), query }, signal);
    for (const item of arrayOf(page['items'])) items.push(resource.parse(asObject(resource.kind, item)));
    token = continueOf(page);
    if (token === null) return { items, resourceVersion: versionOf(`list of ${resource.plural}`, page) };
  }
}

async function readPage(caller: Caller, request: ApiRequest, signal: AbortSignal | undefined): Promise<JsonObject> {
  try {
    return jsonObject('list', await caller.text(request, { signal }));
  } catch (error) {
    const expired = error instanceof ApiError && error.code === 410 && request.query?.['continue'] !== undefined;
    throw expired ? new ExpiredTokenError(error.message, { cause: error }) : error;
  }
}

function continueOf(page: JsonObject): string | null {
  const token = isJsonObject(page['metadata']) ? page['metadata']['continue'] : undefined;
  return typeof token === 'string' && token !== '' ? token : null;
}

function arrayOf(items: Json | undefined): readonly Json[] {
  if (items === undefined || items === null) return [];
  if (isJsonArray(items)) return items;
  throw new MalformedObjectError('list', 'its items are no array');
}

function selectionQuery({ labelSelector, fieldSelector }: Selection): Record<string, string> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

function writeQuery({ fieldValidation, dryRun }: WriteOptions): Record<string, string> {
  return {
    ...(fieldValidation === undefined ? {} : { fieldValidation }),
    ...(dryRun === true ? { dryRun: 'All' } : {}),
  };
}

function named({ namespace, name }: ObjectRef): { readonly namespace: string | undefined; readonly name: string } {
  return { namespace, name };
}

function patchRequest(path: string, patch: Patch, options: PatchOptions): ApiRequest {
  const request = withBody('PATCH', path, { body: patch.body, query: writeQuery(options) });
  return { ...request, headers: { 'content-type': CONTENT_TYPE[patch.type] } };
}

function deleteBody({ preconditions, gracePeriodSeconds, propagationPolicy }: RemoveOptions): object {
  return { kind: 'DeleteOptions', apiVersion: 'v1', preconditions, gracePeriodSeconds, propagationPolicy };
}

function withBody(
  method: ApiRequest['method'],
  path: string,
  { body, query = {} }: { readonly body: object; readonly query?: Readonly<Record<string, string>> },
): ApiRequest {
  return jsonRequest({ method, path, query, body: JSON.stringify(body) });
}

function jsonRequest(request: ApiRequest): ApiRequest {
  if (request.body === undefined) return request;
  return { ...request, headers: { 'content-type': 'application/json', ...request.headers } };
}

function jsonOf(what: string, text: string): Json {
  try {
    // JSON.parse answers a Json by definition.
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new MalformedObjectError(what, error instanceof Error ? error.message : String(error));
  }
}

function jsonObject(what: string, text: string): JsonObject {
  return asObject(what, jsonOf(what, text));
}

function asObject(what: string, json: Json): JsonObject {
  if (isJsonObject(json)) return json;
  throw new MalformedObjectError(what, 'it is no JSON object');
}
