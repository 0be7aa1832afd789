import type { JsonObject } from '../../api/json.js';
import { compareQuantities } from '../quantity.js';
import { objectIn, objectsIn } from '../schema/builtin/json-members.js';

/** Only these count (kubernetes/pkg/apis/core/v1/helper/qos). */
const resources = ['cpu', 'memory'] as const;

/** BestEffort: nothing is asked for; Guaranteed: all that is asked for is also the limit; else Burstable. */
export function qosClass(spec: JsonObject): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const containers = [...objectsIn(spec, 'initContainers'), ...objectsIn(spec, 'containers')];
  const amounts = containers.map((container) => objectIn(container, 'resources'));
  const asks = (kind: 'requests' | 'limits', from: JsonObject): boolean =>
    resources.some((name) => isMoreThanNothing(objectIn(from, kind)[name]));
  if (!amounts.some((one) => asks('requests', one) || asks('limits', one))) return 'BestEffort';
  return amounts.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function isGuaranteed(amounts: JsonObject): boolean {
  const limits = objectIn(amounts, 'limits');
  const requests = objectIn(amounts, 'requests');
  return resources.every((name) => {
    const limit = limits[name];
    const request = requests[name] ?? limit;
    if (typeof limit !== 'string' || typeof request !== 'string') return false;
    return isMoreThanNothing(limit) && compareQuantities(limit, request) === 0;
  });
}

function isMoreThanNothing(quantity: JsonObject[string]): boolean {
  return typeof quantity === 'string' && (compareQuantities(quantity, '0') ?? 0) > 0;
}
