import type { ApiRequest } from '../../../src/api/http.js';
import { type JsonObject, isJsonObject } from '../../../src/api/json.js';
import { type ApiVerb, requestInfo } from '../../../src/runtime/request-info.js';

/** A request of a controller, as the API server's audit log would have it. */
export interface ApiCall {
  /** From 1, over all processes of a world. */
  readonly number: number;
  /** The process that sent it, from 1. */
  readonly process: number;
  /** From 1, among the requests of its process. */
  readonly ofProcess: number;
  readonly verb: ApiVerb;
  /** `pods`, `workflowexecutions/status`. */
  readonly resource: string;
  readonly name: string | null;
  readonly body: JsonObject;
  /** HTTP status; null: no answer (yet), or the process died. */
  code: number | null;
}

type Place = Pick<ApiCall, 'number' | 'process' | 'ofProcess'>;

export function apiCall(request: ApiRequest, place: Place): ApiCall {
  const { verb, resource, subresource, name } = requestInfo(request);
  const body: unknown = request.body === undefined ? {} : JSON.parse(request.body);
  return {
    ...place,
    verb,
    resource: subresource === null ? resource : `${resource}/${subresource}`,
    name,
    body: isJsonObject(body) ? body : {},
    code: null,
  };
}

/** True for what changes something at the API server. */
export function isWrite({ verb }: ApiCall): boolean {
  return verb !== 'get' && verb !== 'list' && verb !== 'watch';
}

/** `create pods`, `patch workflowexecutions/status`: for counting, and for messages of failed tests. */
export function kindOf({ verb, resource }: ApiCall): string {
  return `${verb} ${resource}`;
}

/** How many calls there were of each kind. */
export function countCalls(calls: readonly ApiCall[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const call of calls) counts[kindOf(call)] = (counts[kindOf(call)] ?? 0) + 1;
  return counts;
}
