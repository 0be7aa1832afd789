import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../api/json.js';

/** Members of a JSON object whose types the decoder has made sure of. Absent members read as empty. */
export function objectIn(value: JsonObject, key: string): JsonObject {
  const member = value[key];
  return isJsonObject(member) ? member : {};
}

export function objectsIn(value: JsonObject, key: string): readonly JsonObject[] {
  const member = value[key];
  return isJsonArray(member) ? member.filter(isJsonObject) : [];
}

export function textsIn(value: JsonObject, key: string): readonly string[] {
  const member = value[key];
  return isJsonArray(member) ? member.filter((entry) => typeof entry === 'string') : [];
}

export function textIn(value: JsonObject, key: string): string {
  const member = value[key];
  return typeof member === 'string' ? member : '';
}

export function numberIn(value: JsonObject, key: string): number | undefined {
  const member = value[key];
  return typeof member === 'number' ? member : undefined;
}

/** The object with defaults for members that are absent; the same object where none is. */
export function withDefaults(value: JsonObject, defaults: Readonly<Record<string, Json>>): JsonObject {
  const missing = Object.entries(defaults).filter(([key]) => value[key] === undefined);
  return missing.length === 0 ? value : { ...value, ...Object.fromEntries(missing) };
}

/** The object with one member replaced; the same object where nothing changes. */
export function withMember(value: JsonObject, key: string, member: Json | undefined): JsonObject {
  if (value[key] === member) return value;
  return { ...value, [key]: member };
}

/** Changes each object of a list member; absent stays absent, unchanged stays the same. */
export function mapObjects(value: JsonObject, key: string, change: (entry: JsonObject) => JsonObject): JsonObject {
  const member = value[key];
  if (!isJsonArray(member)) return value;
  const changed = member.map((entry) => (isJsonObject(entry) ? change(entry) : entry));
  return changed.some((entry, index) => entry !== member[index]) ? { ...value, [key]: changed } : value;
}

/** Changes an object member where it is there. */
export function mapObject(value: JsonObject, key: string, change: (entry: JsonObject) => JsonObject): JsonObject {
  const member = value[key];
  return isJsonObject(member) ? withMember(value, key, change(member)) : value;
}
