import type { JsonObject } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { RequestAttributes } from '../apiserver/admission.js';
import { addQuantities, compareQuantities } from '../quantity.js';
import { objectIn, objectsIn, textIn } from '../schema/builtin/json-members.js';
import { qosClass } from './qos-class.js';

/** What one more object takes from a quota, by the names of its entries. */
export type Charge = Readonly<Record<string, string>>;

/** Core resources that a quota counts by their plural alone. */
const countedByName = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
];

/** Entries that every container has to fill in where a quota names them (pods evaluator: podResourcesSet…). */
const computeEntries = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** `count/pods`, `count/jobs.batch`, and what pods and claims ask for. */
export function chargeOf(object: ApiObject, { group, resource }: RequestAttributes): Charge {
  const charge: Record<string, string> = { [`count/${resource}${group === '' ? '' : `.${group}`}`]: '1' };
  if (group === '' && countedByName.includes(resource)) charge[resource] = '1';
  if (group === '' && resource === 'pods') Object.assign(charge, podCharge(object));
  if (group === '' && resource === 'persistentvolumeclaims') {
    const storage = objectIn(objectIn(objectIn(object, 'spec'), 'resources'), 'requests')['storage'];
    if (typeof storage === 'string') charge['requests.storage'] = storage;
  }
  return charge;
}

function podCharge(pod: ApiObject): Charge {
  const charge: Record<string, string> = {};
  for (const kind of ['requests', 'limits'] as const) {
    for (const [name, amount] of Object.entries(podTotal(objectIn(pod, 'spec'), kind))) {
      charge[`${kind}.${name}`] = amount;
      if (kind === 'requests' && (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage')) {
        charge[name] = amount;
      }
    }
  }
  return charge;
}

type Amounts = Readonly<Record<string, string>>;

/** All main containers and sidecars together, or the largest init container with the sidecars before it. */
function podTotal(spec: JsonObject, kind: 'requests' | 'limits'): Amounts {
  let sidecars: Amounts = {};
  let peak: Amounts = {};
  for (const container of objectsIn(spec, 'initContainers')) {
    const amounts = amountsOf(container, kind);
    if (container['restartPolicy'] === 'Always') sidecars = plus(sidecars, amounts);
    peak = larger(peak, container['restartPolicy'] === 'Always' ? sidecars : plus(sidecars, amounts));
  }
  const main = objectsIn(spec, 'containers').reduce<Amounts>((sum, one) => plus(sum, amountsOf(one, kind)), sidecars);
  return larger(main, peak);
}

function amountsOf(container: JsonObject, kind: 'requests' | 'limits'): Amounts {
  const amounts: Record<string, string> = {};
  for (const [name, amount] of Object.entries(objectIn(objectIn(container, 'resources'), kind))) {
    if (typeof amount === 'string') amounts[name] = amount;
  }
  return amounts;
}

function plus(a: Amounts, b: Amounts): Amounts {
  const sum: Record<string, string> = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = addQuantities([sum[name] ?? '0', amount]) ?? amount;
  return sum;
}

function larger(a: Amounts, b: Amounts): Amounts {
  const most: Record<string, string> = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    const other = most[name];
    if (other === undefined || (compareQuantities(amount, other) ?? 0) > 0) most[name] = amount;
  }
  return most;
}

/** `limits.memory for: a,b`: what a quota counts and containers do not say. */
export function unspecified(
  object: ApiObject,
  entries: readonly string[],
  { group, resource }: RequestAttributes,
): readonly string[] {
  if (group !== '' || resource !== 'pods') return [];
  const spec = objectIn(object, 'spec');
  const containers = [...objectsIn(spec, 'containers'), ...objectsIn(spec, 'initContainers')];
  return entries
    .filter((entry) => computeEntries.includes(entry))
    .sort()
    .flatMap((entry) => {
      const names = containers
        .filter((container) => !says(container, entry))
        .map((container) => textIn(container, 'name'))
        .sort();
      return names.length === 0 ? [] : [`${entry} for: ${names.join(',')}`];
    });
}

function says(container: JsonObject, entry: string): boolean {
  const [kind = '', name] = entry.split('.');
  const resources = objectIn(container, 'resources');
  return name === undefined
    ? objectIn(resources, 'requests')[kind] !== undefined
    : objectIn(resources, kind)[name] !== undefined;
}

/** Whether a quota with this scope counts the object; only pods have scopes. */
export function isInScope(object: ApiObject, scope: string): boolean {
  if (object.kind !== 'Pod') return false;
  const spec = objectIn(object, 'spec');
  switch (scope) {
    case 'Terminating':
      return spec['activeDeadlineSeconds'] !== undefined;
    case 'NotTerminating':
      return spec['activeDeadlineSeconds'] === undefined;
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort';
    default:
      return false;
  }
}
