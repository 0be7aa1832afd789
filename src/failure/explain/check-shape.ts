import { isJsonObject, type Json, type JsonObject } from '../../api/json.js';

/** Fields of the API that are lists of objects, wherever they stand. */
const LISTS: ReadonlySet<string> = new Set([
  'conditions',
  'containers',
  'containerStatuses',
  'events',
  'initContainers',
  'initContainerStatuses',
  'items',
  'ownerReferences',
  'schedulingGates',
  'sidecars',
  'steps',
  'taints',
  'taskRuns',
  'volumes',
]);
/** Fields that are objects, wherever they stand; `status` of a condition and of a Status body is a string. */
const OBJECTS: ReadonlySet<string> = new Set([
  'involvedObject',
  'lastState',
  'metadata',
  'regarding',
  'running',
  'series',
  'spec',
  'state',
  'terminated',
  'waiting',
]);
/** Fields that are texts, wherever they stand. */
const TEXTS: ReadonlySet<string> = new Set(['message', 'phase', 'reason', 'uid']);
/** What stands below belongs to people, not to the API. */
const FREE: ReadonlySet<string> = new Set([
  'annotations',
  'data',
  'labels',
  'parameters',
  'params',
  'taskSpec',
  'pipelineSpec',
]);

/**
 * The first field that has not the type that it has in the API, as a sentence; null where all is well. Empty fields (null)
 * are as good as none.
 */
export function shapeFault(object: JsonObject, at = ''): string | null {
  for (const [key, value] of Object.entries(object)) {
    if (value === null || value === undefined || FREE.has(key)) continue;
    const path = at === '' ? key : `${at}.${key}`;
    const fault = faultOf(key, value, path) ?? below(value, path);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOf(key: string, value: Json, path: string): string | null {
  const wrong = (want: string): string => `${path} must be ${want}, and is ${kindOf(value)}`;
  if (LISTS.has(key)) {
    if (!Array.isArray(value)) return wrong('a list');
    const list: readonly Json[] = value;
    const index = list.findIndex((item) => !isJsonObject(item));
    return index < 0 ? null : `${path}[${index}] must be an object, and is ${kindOf(list[index] ?? null)}`;
  }
  if (OBJECTS.has(key) && !isJsonObject(value)) return wrong('an object');
  return TEXTS.has(key) && typeof value !== 'string' ? wrong('a text') : null;
}

function below(value: Json, path: string): string | null {
  if (isJsonObject(value)) return shapeFault(value, path);
  if (!Array.isArray(value)) return null;
  const list: readonly Json[] = value;
  for (const [index, item] of list.entries()) {
    const fault = isJsonObject(item) ? shapeFault(item, `${path}[${index}]`) : null;
    if (fault !== null) return fault;
  }
  return null;
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'an object';
  return value === null ? 'empty' : `a ${typeof value}`;
}

/** The same object without its empty fields: YAML writes `conditions:` for none at all. */
export function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    return list.map(withoutEmpty);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) =>
    item === null || item === undefined ? [] : [[key, withoutEmpty(item)] as const],
  );
  return Object.fromEntries(entries);
}
