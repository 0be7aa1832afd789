import type { ApiRequest, ApiResponse } from '../../../src/api/http.js';
import type { Json } from '../../../src/api/json.js';
import { ADMIT_ALL } from '../../../src/cluster/apiserver/admission.js';
import { ApiServer, type ApiServerOptions } from '../../../src/cluster/apiserver/api-server.js';
import type { IdSource } from '../../../src/cluster/apiserver/state.js';
import { OPEN_SCHEMA, type SchemaSource } from '../../../src/cluster/schema-port.js';
import { VirtualClock } from '../../support/virtual-clock.js';

export type TestServer = ApiServer;

/** Schemas that know and allow everything: the server's own rules are what is tested. */
export const OPEN_SCHEMAS: SchemaSource = { compile: () => OPEN_SCHEMA, builtin: () => undefined };

/** 00000000-0000-4000-8000-000000000001, …002, …; suffixes aaaaa-like and counting. */
export function countingIds(): IdSource {
  let uids = 0;
  let suffixes = 0;
  return {
    uid: () => `00000000-0000-4000-8000-${String((uids += 1)).padStart(12, '0')}`,
    suffix: () => String((suffixes += 1)).padStart(5, 'x'),
  };
}

export function startServer(options: Partial<ApiServerOptions> = {}): ApiServer {
  return new ApiServer({
    clock: new VirtualClock(),
    schemas: OPEN_SCHEMAS,
    admission: ADMIT_ALL,
    ids: countingIds(),
    ...options,
  });
}

export interface ApiAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  // Tests look into answers without a type for each: expect() is what checks them.
  readonly body: { readonly [name: string]: unknown };
}

/** Sends a JSON request (a PATCH is a merge patch) and reads the whole answer. */
export async function api(
  server: ApiServer,
  method: ApiRequest['method'],
  path: string,
  body?: Json,
  more: Partial<ApiRequest> = {},
): Promise<ApiAnswer> {
  const [bare = path, search = ''] = path.split('?');
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await server.handle({
    method,
    path: bare,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...more,
  });
  const text = await bodyText(response);
  return { code: response.status, headers: response.headers, body: JSON.parse(text) as ApiAnswer['body'] };
}

export async function bodyText(response: ApiResponse): Promise<string> {
  if (typeof response.body === 'string') return response.body;
  let text = '';
  for await (const piece of response.body) text += piece;
  return text;
}
