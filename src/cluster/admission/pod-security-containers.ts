import type { JsonObject } from '../../api/json.js';
import { objectIn, objectsIn, textIn } from '../schema/builtin/json-members.js';

/** A check of a pod's spec: the fault that it finds, or nothing. */
export type SecurityCheck = (spec: JsonObject) => string | undefined;

export interface NamedSecurity {
  readonly name: string;
  readonly security: JsonObject;
  readonly container: JsonObject;
}

/** All containers with their securityContext, init containers first. */
export function securedContainers(spec: JsonObject): readonly NamedSecurity[] {
  return ['initContainers', 'containers', 'ephemeralContainers']
    .flatMap((list) => objectsIn(spec, list))
    .map((container) => ({
      container,
      name: textIn(container, 'name'),
      security: objectIn(container, 'securityContext'),
    }));
}

/** `container "a"`, `containers "a", "b"`. */
export function containersNamed(containers: readonly { readonly name: string }[], word = 'container'): string {
  const names = [...new Set(containers.map(({ name }) => JSON.stringify(name)))];
  return `${word}${containers.length > 1 ? 's' : ''} ${names.join(', ')}`;
}

/** `"A", "B"`, sorted, each once. */
export function quoted(values: readonly string[]): string {
  return [...new Set(values)]
    .sort()
    .map((value) => JSON.stringify(value))
    .join(', ');
}
