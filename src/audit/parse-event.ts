import { type JsonObject, isJsonObject } from '../api/json.js';
import type { AuditEvent } from '../api/types.js';

/**
 * An event as a store keeps it, from its JSON text. Throws a SyntaxError where it is none: somebody wrote to the store.
 * Whether it is the event that was stored is for verifyChain to say.
 */
export function parseEvent(text: string): AuditEvent {
  const value: unknown = JSON.parse(text);
  if (!isEvent(value)) throw new SyntaxError(`this is no audit event: ${text.slice(0, 80)}`);
  return value;
}

function isEvent(value: unknown): value is AuditEvent {
  if (!isJsonObject(value)) return false;
  const { subject, actor, data, seq } = value;
  return (
    hasTexts(value, ['id', 'type', 'time', 'prev', 'hash']) &&
    typeof seq === 'number' &&
    isJsonObject(subject) &&
    hasTexts(subject, ['kind', 'namespace', 'name', 'uid']) &&
    isJsonObject(actor) &&
    hasTexts(actor, ['kind', 'name']) &&
    isJsonObject(data)
  );
}

function hasTexts(value: JsonObject, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
