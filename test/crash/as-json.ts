import type { Json } from '../../src/api/json.js';

/** A copy of a value as it would be sent: members that are undefined are left out. */
export function asJson(value: unknown): Json {
  if (value === undefined) return null;
  // Valid by construction: it was just printed.
  return JSON.parse(JSON.stringify(value)) as Json;
}
