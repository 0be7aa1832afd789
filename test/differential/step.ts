import type { ApiRequest } from '../../src/api/http.js';
import type { Json, JsonObject } from '../../src/api/json.js';

/** One request of the script. `$NAME` in path, query and body stands for what an earlier step saved. */
export interface Step {
  /** A sentence: what is asked for. */
  readonly name: string;
  readonly method: ApiRequest['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: Json;
  /** The body as text, where it is no JSON. */
  readonly text?: string;
  /** Saves values of the answer: variable → path of plain members. */
  readonly save?: Readonly<Record<string, string>>;
  /** Names versions of objects anew from here on, or (`none`) not at all until the next such step. */
  readonly versions?: 'anew' | 'none';
  /** Asks again until the answer has this code: what controllers do takes a moment. */
  readonly until?: number;
}

export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** The namespace in which everything happens. */
export const NAMESPACE = 'lockstep-differential';

type More = Partial<Omit<Step, 'name' | 'method' | 'path' | 'body'>>;

export function get(name: string, path: string, more: More = {}): Step {
  return { name, method: 'GET', path, ...more };
}

export function post(name: string, path: string, body: Json, more: More = {}): Step {
  return { name, method: 'POST', path, body, ...more };
}

export function put(name: string, path: string, body: Json, more: More = {}): Step {
  return { name, method: 'PUT', path, body, ...more };
}

export function patch(name: string, path: string, body: Json, more: More = {}): Step {
  return { name, method: 'PATCH', path, body, type: MERGE, ...more };
}

export function remove(name: string, path: string, body?: JsonObject, more: More = {}): Step {
  return { name, method: 'DELETE', path, ...(body === undefined ? {} : { body }), ...more };
}

/** All events since a version, for a second. */
export function watch(name: string, path: string, query: Readonly<Record<string, string>>): Step {
  return get(name, path, { query: { watch: 'true', timeoutSeconds: '1', ...query } });
}
