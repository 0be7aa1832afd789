import type { JsonObject } from '../api/json.js';
import type { Stored } from '../runtime/index.js';
import type { RunObject } from './access/run-access.js';

/**
 * The same run, its spec and its status as texts that are parsed whenever somebody reads them. As objects they take three
 * to five times the memory, and of the ten thousand runs that wait for their time to live nobody reads one (rule W3).
 */
export function packed({ apiVersion, kind, metadata, spec = {}, status = {} }: Stored<RunObject>): Stored<RunObject> {
  const texts = { spec: JSON.stringify(spec), status: JSON.stringify(status) };
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata,
    get spec() {
      return JSON.parse(texts.spec) as JsonObject;
    },
    get status() {
      return JSON.parse(texts.status) as JsonObject;
    },
  };
}
