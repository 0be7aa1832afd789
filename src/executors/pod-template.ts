import type { JsonObject } from '../api/json.js';
import type { Attempt } from './executor.js';
import { objects, restrict } from './restricted.js';

/**
 * The pod spec of an attempt, whatever creates the pod: the step's own, with the run's service account, the restricted
 * security settings, and termination messages that fall back to the log's tail (evidence without the right to read
 * logs; design review P7).
 */
export function renderPodSpec(attempt: Attempt, spec: JsonObject): JsonObject {
  const restricted = restrict({
    ...(attempt.serviceAccountName === null ? {} : { serviceAccountName: attempt.serviceAccountName }),
    ...spec,
  });
  const message = (container: JsonObject): JsonObject =>
    attempt.quoteLogs ? { terminationMessagePolicy: 'FallbackToLogsOnError', ...container } : container;
  return {
    restartPolicy: 'Never',
    ...restricted,
    containers: objects(restricted['containers']).map(message),
    ...(restricted['initContainers'] === undefined
      ? {}
      : { initContainers: objects(restricted['initContainers']).map(message) }),
  };
}

/** Names of the containers that a pod spec declares. */
export function declaredContainers(spec: JsonObject): {
  readonly main: readonly string[];
  readonly template: readonly string[];
} {
  const names = (field: string): string[] =>
    objects(spec[field]).flatMap((container) => (typeof container['name'] === 'string' ? [container['name']] : []));
  const main = names('containers');
  return { main, template: [...names('initContainers'), ...main] };
}
