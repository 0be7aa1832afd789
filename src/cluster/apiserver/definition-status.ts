import { formatSeconds } from '../../api/instant.js';
import type { Instant } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';

/**
 * A definition's names with the defaults filled in, and the status that the real server's controllers would write a
 * moment later: here the kind is served in the same turn, so the answer of the create says so already.
 */
export function completeDefinition(definition: ApiObject, now: Instant): ApiObject {
  const spec = isJsonObject(definition['spec']) ? definition['spec'] : {};
  const names = isJsonObject(spec['names']) ? spec['names'] : {};
  const kind = typeof names['kind'] === 'string' ? names['kind'] : '';
  const complete: JsonObject = { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names };
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isJsonObject) : [];
  const storage = versions.find((version) => version['storage'] === true)?.['name'] ?? '';
  const condition = (type: string, reason: string, message: string): JsonObject => ({
    type,
    status: 'True',
    lastTransitionTime: formatSeconds(now),
    reason,
    message,
  });
  return {
    ...definition,
    spec: { conversion: { strategy: 'None' }, ...spec, names: complete },
    status: {
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      acceptedNames: complete,
      storedVersions: [storage],
    },
  };
}
