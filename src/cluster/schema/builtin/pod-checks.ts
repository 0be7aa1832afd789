import { isJsonObject, type JsonObject } from '../../../api/json.js';
import { duplicate, forbidden, required, type FieldError } from '../../field-error.js';
import { checkContainers, checkNodeSelector, checkPodSecurity, checkTolerations } from './container-checks.js';
import { checkChoice, checkLabelName, checkRange, checkSubdomain, requireText, type Check } from './field-checks.js';
import { numberIn, objectIn, objectsIn, textIn } from './json-members.js';

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const maxInt32 = 2_147_483_647;

/** A pod's spec, or a template's; paths begin with `spec` (kubernetes/pkg/apis/core/validation ValidatePodSpec). */
export function checkPodSpec(spec: JsonObject): Check {
  const deadline = numberIn(spec, 'activeDeadlineSeconds');
  const gates = objectsIn(spec, 'schedulingGates').map((gate) => textIn(gate, 'name'));
  return [
    ...checkVolumes(spec),
    ...checkContainers(spec),
    ...checkChoice(spec, 'restartPolicy', { path: 'spec', of: ['Always', 'OnFailure', 'Never'] }),
    ...checkChoice(spec, 'dnsPolicy', { path: 'spec', of: dnsPolicies }),
    ...checkNodeSelector(objectIn(spec, 'nodeSelector')),
    ...checkPodSecurity(objectIn(spec, 'securityContext')),
    ...optionalName(textIn(spec, 'serviceAccountName'), 'spec.serviceAccountName', checkSubdomain),
    ...optionalName(textIn(spec, 'nodeName'), 'spec.nodeName', checkSubdomain),
    ...(deadline === undefined ? [] : checkRange(deadline, 'spec.activeDeadlineSeconds', { min: 1, max: maxInt32 })),
    ...optionalName(textIn(spec, 'hostname'), 'spec.hostname', checkLabelName),
    ...optionalName(textIn(spec, 'subdomain'), 'spec.subdomain', checkLabelName),
    ...checkTolerations(objectsIn(spec, 'tolerations')),
    ...gates.flatMap((gate, index) =>
      gates.indexOf(gate) < index ? [duplicate(`spec.schedulingGates[${index}]`, gate)] : [],
    ),
  ];
}

/** A new pod. */
export function checkPod(pod: JsonObject): Check {
  const spec = objectIn(pod, 'spec');
  const gated = textIn(spec, 'nodeName') !== '' && objectsIn(spec, 'schedulingGates').length > 0;
  const why = 'cannot be set until all schedulingGates have been cleared';
  return [...checkPodSpec(spec), ...(gated ? [forbidden('spec.nodeName', why)] : [])];
}

function optionalName(name: string, path: string, check: (name: string, path: string) => Check): Check {
  return name === '' ? [] : check(name, path);
}

function checkVolumes(spec: JsonObject): Check {
  const names = new Set<string>();
  return objectsIn(spec, 'volumes').flatMap((volume, index) => {
    const path = `spec.volumes[${index}]`;
    const name = textIn(volume, 'name');
    const errors: FieldError[] = [];
    const kinds = Object.keys(volume).filter((key) => key !== 'name' && volume[key] !== undefined);
    for (const kind of extraKinds(kinds)) {
      errors.push(forbidden(`${path}.${kind}`, 'may not specify more than 1 volume type'));
    }
    errors.push(...checkVolumeSource(volume, path));
    if (name === '') errors.push(required(`${path}.name`));
    else errors.push(...checkLabelName(name, `${path}.name`));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    return errors;
  });
}

/** The order in which the real server looks at them: the first one is meant, the others are too many. */
const volumeOrder = ['emptyDir', 'hostPath', 'secret', 'persistentVolumeClaim', 'configMap', 'projected'];

function extraKinds(kinds: readonly string[]): readonly string[] {
  const rank = (kind: string): number =>
    (volumeOrder.indexOf(kind) + volumeOrder.length + 1) % (volumeOrder.length + 1);
  return [...kinds].sort((a, b) => rank(a) - rank(b)).slice(1);
}

function checkVolumeSource(volume: JsonObject, path: string): Check {
  const needs: readonly (readonly [string, string])[] = [
    ['secret', 'secretName'],
    ['configMap', 'name'],
    ['persistentVolumeClaim', 'claimName'],
    ['hostPath', 'path'],
  ];
  return needs.flatMap(([kind, key]) => {
    const source = volume[kind];
    return isJsonObject(source) ? requireText(source, key, `${path}.${kind}`) : [];
  });
}
