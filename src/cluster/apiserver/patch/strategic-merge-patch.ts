import type { Json, JsonArray, JsonObject } from '../../../api/json.js';
import { isJsonObject } from '../../../api/json.js';
import { jsonEqual, setMember } from '../json-values.js';

/**
 * Lists that are merged, by the member that identifies an item (`patchMergeKey` in k8s.io/api). The name of the list is
 * enough in the kinds served here; every other list is replaced.
 */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  addresses: 'type',
  conditions: 'type',
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  hostAliases: 'ip',
  imagePullSecrets: 'name',
  ownerReferences: 'uid',
  podIPs: 'ip',
  ports: 'containerPort',
  resourceClaims: 'name',
  schedulingGates: 'name',
  secrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
  volumes: 'name',
};

/** Lists of strings that are merged as sets. */
const MERGED_SETS: readonly string[] = ['finalizers', 'podCIDRs'];

const DELETE_FROM = '$deleteFromPrimitiveList/';

/** Strategic merge patch for built-in kinds, with `$patch`, `$deleteFromPrimitiveList` and `$retainKeys`. */
export function applyStrategicMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  if (patch['$patch'] === 'delete') return {};
  const retained = patch['$retainKeys'];
  const merged: Record<string, Json> = {};
  for (const [key, value] of Object.entries(target)) {
    if (value === undefined || patch[key] === null) continue;
    if (!Array.isArray(retained) || retained.includes(key)) setMember(merged, key, value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith(DELETE_FROM)) removeFromSet(merged, key.slice(DELETE_FROM.length), value);
    else if (!key.startsWith('$')) setMember(merged, key, mergeMember(key, merged[key], value));
  }
  return merged;
}

function mergeMember(key: string, old: Json | undefined, value: Json): Json {
  if (isJsonObject(value)) return applyStrategicMergePatch(isJsonObject(old) ? old : {}, value);
  if (!Array.isArray(value)) return value;
  const patch = value as JsonArray;
  const list: JsonArray = Array.isArray(old) ? (old as JsonArray) : [];
  if (MERGED_SETS.includes(key)) return [...list, ...patch.filter((item) => !list.includes(item))];
  const mergeKey = MERGE_KEYS[key];
  return mergeKey === undefined ? patch : mergeList(list, patch, mergeKey);
}

function mergeList(list: JsonArray, patch: JsonArray, mergeKey: string): JsonArray {
  if (patch.some((item) => isJsonObject(item) && item['$patch'] === 'replace' && item[mergeKey] === undefined))
    return patch.filter((item) => !(isJsonObject(item) && item['$patch'] === 'replace'));
  let merged = [...list];
  for (const item of patch) {
    if (!isJsonObject(item)) continue;
    const same = (other: Json): boolean => isJsonObject(other) && jsonEqual(other[mergeKey], item[mergeKey]);
    const index = merged.findIndex(same);
    if (item['$patch'] === 'delete') merged = merged.filter((other) => !same(other));
    else if (index < 0) merged.push(withoutDirectives(applyStrategicMergePatch({}, item)));
    else {
      const old = merged[index];
      merged[index] = applyStrategicMergePatch(isJsonObject(old) ? old : {}, item);
    }
  }
  return merged;
}

function removeFromSet(merged: Record<string, Json>, key: string, removed: Json): void {
  const list = merged[key];
  if (!Array.isArray(list) || !Array.isArray(removed)) return;
  const names: JsonArray = removed;
  merged[key] = (list as JsonArray).filter((item) => !names.includes(item));
}

function withoutDirectives(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')));
}
