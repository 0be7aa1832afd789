import { createHash } from 'node:crypto';
import { canonicalJson } from '../api/canonical-json.js';

/** `sha256:` and the hex SHA-256 of a text in UTF-8. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/** `sha256:` and the hex SHA-256 of the RFC 8785 form of a value. */
export function sha256Of(value: unknown): string {
  return sha256(canonicalJson(value));
}
