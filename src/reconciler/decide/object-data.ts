import type { ObjectReference } from '../../audit/event.js';
import type { LiveAttempt } from '../../plan/run-state.js';

/** The object of an attempt as events name it; nothing where it has none. */
export function objectData(attempt: LiveAttempt): { readonly object?: ObjectReference } {
  if (attempt.object === null) return {};
  const { apiVersion, kind, name, uid } = attempt.object;
  return { object: { apiVersion, kind, name, ...(uid === null ? {} : { uid }) } };
}
