import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { type Json, isJsonObject } from './json.js';

/** `sha256:` and the hex SHA-256 of a text in UTF-8. */
export function sha256(text: string): string {
  return `sha256:${hash('sha256', text, 'hex')}`;
}

/** `sha256:` and the hex SHA-256 of the RFC 8785 form of a value. Throws a TypeError for what is no JSON. */
export function sha256Of(value: unknown): string {
  return sha256(canonicalForm(value));
}

/** The RFC 8785 form of a value. Throws a TypeError for what is no JSON. */
export function canonicalForm(value: unknown): string {
  if (!isJson(value)) throw new TypeError('only JSON has a canonical form');
  return canonicalJson(value);
}

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isJsonObject(value) && Object.values(value).every((member) => member === undefined || isJson(member));
}
