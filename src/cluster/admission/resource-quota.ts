import type { Json } from '../../api/json.js';
import type { ApiObject } from '../api-object.js';
import type { AdmissionContext } from '../apiserver/admission.js';
import { addQuantities, compareQuantities } from '../quantity.js';
import { objectIn, textsIn } from '../schema/builtin/json-members.js';
import { chargeOf, isInScope, unspecified, type Charge } from './quota-charge.js';
import { refusal } from './refusal.js';

/**
 * Refuses what a quota of the namespace has no room for, and charges the others: `status.used` is raised in the same turn
 * of the event loop, so that two creations never take the same last place. Nothing is charged where one quota refuses.
 */
export function requireQuota(object: ApiObject, context: AdmissionContext): void {
  const charge = chargeOf(object, context.attributes);
  const charged: { quota: ApiObject; used: Readonly<Record<string, string>> }[] = [];
  for (const quota of context.store.list('', 'resourcequotas', object.metadata.namespace ?? '')) {
    if (!textsIn(objectIn(quota, 'spec'), 'scopes').every((scope) => isInScope(object, scope))) continue;
    const used = usedAfter(quota, charge, { object, context });
    if (used !== undefined) charged.push({ quota, used });
  }
  if (context.dryRun) return;
  for (const { quota, used } of charged) {
    const status = objectIn(quota, 'status');
    const hard = status['hard'] ?? objectIn(quota, 'spec')['hard'] ?? {};
    context.store.writeStatus(quota, { ...status, hard, used: { ...objectIn(status, 'used'), ...used } });
  }
}

interface Asked {
  readonly object: ApiObject;
  readonly context: AdmissionContext;
}

/** What the quota's status.used will be; undefined where it does not count such objects. Throws 403. */
function usedAfter(quota: ApiObject, charge: Charge, asked: Asked): Readonly<Record<string, string>> | undefined {
  const { object, context } = asked;
  const hard = quantities(objectIn(quota, 'spec')['hard']);
  const missing = unspecified(object, Object.keys(hard), context.attributes);
  const { name } = quota.metadata;
  if (missing.length > 0) {
    throw refusal(object, context.attributes, `failed quota: ${name}: must specify ${missing.join('; ')}`);
  }
  const counted = Object.keys(hard)
    .filter((entry) => charge[entry] !== undefined)
    .sort();
  if (counted.length === 0) return undefined;
  const used = quantities(objectIn(quota, 'status')['used']);
  const after: Record<string, string> = {};
  const exceeded: string[] = [];
  for (const entry of counted) {
    const total = addQuantities([used[entry] ?? '0', charge[entry] ?? '0']) ?? '0';
    after[entry] = total;
    if ((compareQuantities(total, hard[entry] ?? '0') ?? 0) > 0) exceeded.push(entry);
  }
  if (exceeded.length === 0) return after;
  const list = (amounts: Readonly<Record<string, string>>): string =>
    exceeded.map((entry) => `${entry}=${amounts[entry] ?? '0'}`).join(',');
  const why = `exceeded quota: ${name}, requested: ${list(charge)}, used: ${list(used)}, limited: ${list(hard)}`;
  throw refusal(object, context.attributes, why);
}

function quantities(value: Json | undefined): Readonly<Record<string, string>> {
  const map: Record<string, string> = {};
  for (const [key, amount] of Object.entries(objectIn({ value }, 'value'))) {
    if (typeof amount === 'string') map[key] = amount;
  }
  return map;
}
