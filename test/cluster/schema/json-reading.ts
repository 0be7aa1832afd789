import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../src/api/json.js';

/** Reads a fixture: throws where it is not what it should be. */
export function objectOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value;
}

export function listOf(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
