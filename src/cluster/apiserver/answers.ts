import type { ApiResponse } from '../../api/http.js';
import type { Json, JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import { StatusError } from '../status-error.js';
import { internalError } from './errors.js';
import type { KindInfo } from './kinds.js';
import { apiVersionOf } from './kinds.js';
import type { ListPage } from './list.js';
import { itemText } from './object-text.js';

const JSON_TYPE = { 'content-type': 'application/json' } as const;

export function jsonAnswer(status: number, value: Json): ApiResponse {
  return { status, headers: JSON_TYPE, body: JSON.stringify(value) };
}

export function textAnswer(status: number, body: string | AsyncIterable<string>): ApiResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function streamAnswer(body: AsyncIterable<string>): ApiResponse {
  return { status: 200, headers: JSON_TYPE, body };
}

/** A text that is JSON already. */
export function jsonTextAnswer(status: number, body: string): ApiResponse {
  return { status, headers: JSON_TYPE, body };
}

/** The metadata of a list. */
export function listMetadata(page: ListPage, kind: KindInfo): JsonObject {
  return {
    resourceVersion: String(page.revision),
    ...(page.continueToken !== '' || kind.custom ? { continue: page.continueToken } : {}),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
}

/** A list in JSON. */
export function listText(page: ListPage, kind: KindInfo): string {
  const metadata = listMetadata(page, kind);
  const head = JSON.stringify({ kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata });
  const items = page.items.map((object) => itemText(object, kind)).join(',');
  return `${head.slice(0, -1)},"items":[${items}]}`;
}

/** What a delete answers for an object that is gone. */
export function deletedStatus(object: ApiObject, kind: KindInfo): JsonObject {
  const { name, uid } = object.metadata;
  const group = kind.group === '' ? {} : { group: kind.group };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: kind.plural, uid },
  };
}

/** What a create of a subresource answers that makes no object (binding, eviction). */
export const CREATED_STATUS: JsonObject = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  code: 201,
};

/** Whatever went wrong, as a Status. What is no StatusError is a fault of this server: 500 with its message. */
export function errorAnswer(error: unknown): ApiResponse {
  const known =
    error instanceof StatusError ? error : internalError(error instanceof Error ? error.message : String(error));
  const retryAfter = known.details?.retryAfterSeconds;
  const headers = retryAfter === undefined ? JSON_TYPE : { ...JSON_TYPE, 'retry-after': String(retryAfter) };
  return { status: known.code, headers, body: JSON.stringify(known.toStatus()) };
}

/** RFC 7234 warnings, as kube-apiserver sends them: code 299, no agent. */
export function withWarnings(answer: ApiResponse, warnings: readonly string[]): ApiResponse {
  if (warnings.length === 0) return answer;
  const header = [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  return { ...answer, headers: { ...answer.headers, warning: header } };
}
