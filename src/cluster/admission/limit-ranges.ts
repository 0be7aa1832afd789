import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { AdmissionContext } from '../apiserver/admission.js';
import { addQuantities, compareQuantities } from '../quantity.js';
import { mapObjects, objectIn, objectsIn, textIn, withDefaults } from '../schema/builtin/json-members.js';
import { refusal } from './refusal.js';

const annotation = 'kubernetes.io/limit-ranger';

/** Gives containers the namespace's default limits and requests, and says so in an annotation. */
export function applyLimitRanges(pod: ApiObject, context: AdmissionContext): ApiObject {
  let spec: JsonObject = objectIn(pod, 'spec');
  const given: string[] = [];
  for (const limit of limitsOf(pod, context).filter((one) => one['type'] === 'Container')) {
    for (const list of ['initContainers', 'containers'] as const) {
      const word = list === 'containers' ? 'container' : 'init container';
      given.push(...objectsIn(spec, list).flatMap((container) => missingAmounts(container, limit, word)));
      spec = mapObjects(spec, list, (container) => withLimits(container, limit));
    }
  }
  if (given.length === 0) return pod;
  const annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${given.join('; ')}` };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec };
}

/** `cpu, memory request for container a`. */
function missingAmounts(container: JsonObject, limit: JsonObject, word: string): readonly string[] {
  const resources = objectIn(container, 'resources');
  const kinds = [
    ['request', 'requests', 'defaultRequest'],
    ['limit', 'limits', 'default'],
  ] as const;
  return kinds.flatMap(([name, kind, defaults]) => {
    const present = objectIn(resources, kind);
    const missing = Object.keys(objectIn(limit, defaults)).filter((key) => present[key] === undefined);
    return missing.length === 0
      ? []
      : [`${missing.sort().join(', ')} ${name} for ${word} ${textIn(container, 'name')}`];
  });
}

/** Refuses a pod outside of the namespace's minima and maxima; all that is wrong is told at once. */
export function requireWithinLimits(pod: ApiObject, context: AdmissionContext): void {
  const faults = limitsOf(pod, context).flatMap((limit) => {
    const type = textIn(limit, 'type');
    if (type === 'Pod') return boundFaults(limit, podAmounts(pod), 'Pod');
    if (type !== 'Container') return [];
    return allContainers(pod).flatMap((container) => boundFaults(limit, objectIn(container, 'resources'), 'Container'));
  });
  if (faults.length === 0) return;
  throw refusal(pod, context.attributes, faults.length === 1 ? (faults[0] ?? '') : `[${faults.join(', ')}]`);
}

function limitsOf(pod: ApiObject, { store }: AdmissionContext): readonly JsonObject[] {
  const ranges = store.list('', 'limitranges', pod.metadata.namespace ?? '');
  return ranges.flatMap((range) => objectsIn(objectIn(range, 'spec'), 'limits'));
}

function allContainers(pod: ApiObject): readonly JsonObject[] {
  const spec = objectIn(pod, 'spec');
  return [...objectsIn(spec, 'initContainers'), ...objectsIn(spec, 'containers')];
}

function withLimits(container: JsonObject, limit: JsonObject): JsonObject {
  const resources = objectIn(container, 'resources');
  const limits = { ...objectIn(limit, 'default'), ...objectIn(resources, 'limits') };
  const requests = { ...objectIn(limit, 'defaultRequest'), ...objectIn(resources, 'requests') };
  const some = (values: JsonObject, key: string): JsonObject =>
    Object.keys(values).length === 0 ? {} : { [key]: values };
  return { ...container, resources: { ...resources, ...some(limits, 'limits'), ...some(requests, 'requests') } };
}

function podAmounts(pod: ApiObject): JsonObject {
  const total = (kind: 'requests' | 'limits'): JsonObject => {
    const sums: Record<string, string> = {};
    for (const container of objectsIn(objectIn(pod, 'spec'), 'containers')) {
      for (const [name, amount] of Object.entries(objectIn(objectIn(container, 'resources'), kind))) {
        if (typeof amount === 'string') sums[name] = addQuantities([sums[name] ?? '0', amount]) ?? amount;
      }
    }
    return sums;
  };
  return withDefaults({}, { requests: total('requests'), limits: total('limits') });
}

function boundFaults(limit: JsonObject, amounts: JsonObject, type: string): readonly string[] {
  const limits = objectIn(amounts, 'limits');
  const requests = objectIn(amounts, 'requests');
  const faults: string[] = [];
  for (const [name, least] of Object.entries(objectIn(limit, 'min'))) {
    if (typeof least !== 'string') continue;
    const request = requests[name];
    const head = `minimum ${name} usage per ${type} is ${least}`;
    if (typeof request !== 'string') faults.push(`${head}.  No request is specified`);
    else if ((compareQuantities(request, least) ?? 0) < 0) faults.push(`${head}, but request is ${request}`);
  }
  for (const [name, most] of Object.entries(objectIn(limit, 'max'))) {
    if (typeof most !== 'string') continue;
    const bound = limits[name];
    const head = `maximum ${name} usage per ${type} is ${most}`;
    if (typeof bound !== 'string') faults.push(`${head}.  No limit is specified`);
    else if ((compareQuantities(bound, most) ?? 0) > 0) faults.push(`${head}, but limit is ${bound}`);
  }
  return faults;
}
