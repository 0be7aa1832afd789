import type { ApiRequest } from '../api/http.js';

export type ApiVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** What a request is about, read from method and path as the API server's RequestInfo does. */
export interface RequestInfo {
  readonly verb: ApiVerb;
  /** Plural, e.g. `pods`; the path where it addresses no resource. */
  readonly resource: string;
  readonly subresource: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
}

const VERB = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;
/** Subresources of a namespace, which is else a prefix of what stands in it. */
const OF_NAMESPACE = new Set(['status', 'finalize']);

/** Says what a request is about. */
export function requestInfo(request: ApiRequest): RequestInfo {
  const segments = request.path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode);
  const rest = segments[0] === 'apis' ? segments.slice(3) : segments[0] === 'api' ? segments.slice(2) : [];
  if (rest[0] === undefined) {
    return { verb: VERB[request.method], resource: request.path, subresource: null, namespace: null, name: null };
  }
  const inNamespace = rest[0] === 'namespaces' && rest[2] !== undefined && !OF_NAMESPACE.has(rest[2]);
  const namespace = inNamespace ? (rest[1] ?? null) : null;
  const [resource = '', name = null, subresource = null] = inNamespace ? rest.slice(2) : rest;
  return { verb: verbOf(request, name), resource, subresource, namespace, name };
}

/** `patch pods/status "shop/web-1"`, `list jobs in "shop"`: for messages. */
export function describeRequest(request: ApiRequest): string {
  const { verb, resource, subresource, namespace, name } = requestInfo(request);
  const what = subresource === null ? resource : `${resource}/${subresource}`;
  if (name !== null) return `${verb} ${what} "${namespace === null ? name : `${namespace}/${name}`}"`;
  return namespace === null ? `${verb} ${what}` : `${verb} ${what} in "${namespace}"`;
}

/** True for a request whose answer is a stream that goes on: a watch, a followed log. */
export function isStreaming(request: ApiRequest): boolean {
  return isTrue(request.query?.['watch']) || isTrue(request.query?.['follow']);
}

function verbOf(request: ApiRequest, name: string | null): ApiVerb {
  if (request.method !== 'GET') return VERB[request.method];
  if (isTrue(request.query?.['watch'])) return 'watch';
  return name === null ? 'list' : 'get';
}

function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1';
}

/** Path segments that are no valid encoding are shown as they are. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
