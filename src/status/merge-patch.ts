import { type Json, type JsonObject, isJsonObject } from '../api/json.js';

/**
 * The RFC 7386 merge patch that turns one object into another, or null where they are equal: members that are gone
 * become null, objects are patched member by member, everything else (lists too) is replaced as a whole. Null members
 * of `to` count as absent: a merge patch cannot say them.
 */
export function mergePatch(from: JsonObject, to: JsonObject): JsonObject | null {
  const patch: [string, Json][] = [];
  for (const name of Object.keys(from)) {
    if (isPresent(from[name]) && !isPresent(own(to, name))) patch.push([name, null]);
  }
  for (const [name, value] of Object.entries(to)) {
    if (!isPresent(value)) continue;
    const change = memberPatch(own(from, name), value);
    if (change !== undefined) patch.push([name, change]);
  }
  // Not by assignment: a member may be named __proto__.
  return patch.length === 0 ? null : Object.fromEntries(patch);
}

/** A member of the object itself: an output may be named toString, which every object inherits. */
function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function memberPatch(from: Json | undefined, to: Json): Json | undefined {
  if (isJsonObject(from) && isJsonObject(to)) return mergePatch(from, to) ?? undefined;
  return equalJson(from, to) ? undefined : to;
}

function isPresent(value: Json | undefined): value is Exclude<Json, null> {
  return value !== undefined && value !== null;
}

/** Whether two JSON values are equal; the order of members does not matter, undefined members are absent. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => equalJson(own(a, name), own(b, name)));
}
