import type { Json, JsonObject } from '../../../api/json.js';
import { isJsonObject } from '../../../api/json.js';
import { setMember } from '../json-values.js';

/** JSON merge patch (RFC 7386). Shares what does not change. */
export function applyMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = {};
  for (const [key, value] of Object.entries(target))
    if (value !== undefined && patch[key] !== null) setMember(merged, key, value);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || value === null) continue;
    const old = Object.hasOwn(merged, key) ? merged[key] : undefined;
    setMember(merged, key, isJsonObject(value) ? applyMergePatch(isJsonObject(old) ? old : {}, value) : value);
  }
  return merged;
}
