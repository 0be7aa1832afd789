/** A JSON value as it travels on the wire. Objects from caches are shared: nobody may change one. */
export type Json = string | number | boolean | null | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** True for a JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array; unlike Array.isArray it narrows a Json to a read-only list of Json. */
export function isJsonArray(value: unknown): value is JsonArray {
  return Array.isArray(value);
}
