import type { ApiRequest } from '../api/http.js';
import { isJsonObject, type JsonObject } from '../api/json.js';
import type { KubeObject } from '../api/kube.js';
import { errorOfStatus } from './api-error.js';
import type { WatchEvent } from './client.js';
import { MalformedObjectError, type Resource } from './resource.js';

/** Whole lines of a text that comes in pieces. What stands after the last line break when it ends is no line. */
export async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let open: string[] = [];
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      const rest = piece.slice(from, end);
      const line = open.length === 0 ? rest : [...open, rest].join('');
      open = [];
      from = end + 1;
      if (line !== '') yield line;
    }
    if (from < piece.length) open.push(piece.slice(from));
  }
}

/** The events of a watch. Throws an ApiError for an ERROR event, and a MalformedObjectError for what is no event. */
export async function* watchEvents<T extends KubeObject>(
  resource: Resource<T>,
  request: ApiRequest,
  pieces: AsyncIterable<string>,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  for await (const line of lines(pieces)) yield readEvent(resource, request, line);
}

function readEvent<T extends KubeObject>(resource: Resource<T>, request: ApiRequest, line: string): WatchEvent<T> {
  const { type, object } = parseLine(resource.kind, line);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: resource.parse(object) };
    case 'BOOKMARK':
      return { type, resourceVersion: versionOf(resource.kind, object) };
    case 'ERROR':
      throw errorOfStatus(request, object);
    default:
      throw new MalformedObjectError('watch event', `its type is ${JSON.stringify(type)}`);
  }
}

function parseLine(kind: string, line: string): { readonly type: unknown; readonly object: JsonObject } {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (error) {
    throw new MalformedObjectError(`watch event of a ${kind}`, error instanceof Error ? error.message : String(error));
  }
  if (isJsonObject(event) && isJsonObject(event['object'])) return { type: event['type'], object: event['object'] };
  throw new MalformedObjectError(`watch event of a ${kind}`, 'it has no object');
}

/** `metadata.resourceVersion` of a bookmark or a list. */
export function versionOf(kind: string, object: JsonObject): string {
  const version = isJsonObject(object['metadata']) ? object['metadata']['resourceVersion'] : undefined;
  if (typeof version === 'string') return version;
  throw new MalformedObjectError(kind, 'it has no metadata.resourceVersion');
}
