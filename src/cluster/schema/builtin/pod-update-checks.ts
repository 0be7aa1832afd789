import type { Json, JsonObject } from '../../../api/json.js';
import { forbidden, invalid, type FieldError } from '../../field-error.js';
import { jsonEqual } from '../json-equal.js';
import type { Check } from './field-checks.js';
import { numberIn, objectIn, objectsIn, textIn, withMember } from './json-members.js';

/** What the real server says before the difference of its internal structs, which is left out here. */
const allowed =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What may change of a pod that exists (ValidatePodUpdate). A gated pod may also be told where it may run. */
export function checkPodUpdate(pod: JsonObject, old: JsonObject): Check {
  const spec = objectIn(pod, 'spec');
  const before = objectIn(old, 'spec');
  if (jsonEqual(spec, before)) return [];
  for (const list of ['containers', 'initContainers']) {
    if (objectsIn(spec, list).length !== objectsIn(before, list).length) {
      return [forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
  }
  const errors = [...checkDeadline(spec, before), ...checkGates(spec, before)];
  if (errors.length > 0) return errors;
  return jsonEqual(unchangeable(spec, before), before) ? [] : [forbidden('spec', allowed)];
}

/** The new spec with everything that may change put back to what it was. */
function unchangeable(spec: JsonObject, before: JsonObject): JsonObject {
  let result = spec;
  for (const list of ['containers', 'initContainers']) {
    const old = objectsIn(before, list);
    const now = objectsIn(spec, list);
    if (now.length === 0) continue;
    result = withMember(
      result,
      list,
      now.map((container, index) => withMember(container, 'image', old[index]?.['image'])),
    );
  }
  for (const key of ['activeDeadlineSeconds', 'schedulingGates']) result = withMember(result, key, before[key]);
  if (onlyAdds(spec['tolerations'], before['tolerations'])) {
    result = withMember(result, 'tolerations', before['tolerations']);
  }
  if (objectsIn(before, 'schedulingGates').length > 0) {
    for (const key of ['nodeSelector', 'affinity']) result = withMember(result, key, before[key]);
  }
  const grace = numberIn(before, 'terminationGracePeriodSeconds') ?? 0;
  if (grace < 0 && spec['terminationGracePeriodSeconds'] === 1) {
    result = withMember(result, 'terminationGracePeriodSeconds', grace);
  }
  return result;
}

function onlyAdds(now: Json | undefined, before: Json | undefined): boolean {
  const list = (value: Json | undefined): readonly JsonObject[] => objectsIn({ list: value }, 'list');
  return list(before).every((old) => list(now).some((toleration) => jsonEqual(toleration, old)));
}

function checkDeadline(spec: JsonObject, before: JsonObject): Check {
  const now = numberIn(spec, 'activeDeadlineSeconds');
  const old = numberIn(before, 'activeDeadlineSeconds');
  const path = 'spec.activeDeadlineSeconds';
  if (old === undefined) return [];
  if (now === undefined) return [invalid(path, undefined, 'must not update from a positive integer to nil value')];
  return now > old ? [invalid(path, now, 'must be less than or equal to previous value')] : [];
}

function checkGates(spec: JsonObject, before: JsonObject): Check {
  const old = objectsIn(before, 'schedulingGates').map((gate) => textIn(gate, 'name'));
  return objectsIn(spec, 'schedulingGates').flatMap((gate, index): FieldError[] => {
    const name = textIn(gate, 'name');
    if (old.includes(name)) return [];
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbidden(`spec.schedulingGates[${index}].name`, why)];
  });
}
