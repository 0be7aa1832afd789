import type { Pod } from '../../../api/kube.js';
import { parseQuantity } from '../../quantity.js';

/** Amounts in base units (cores, bytes) by resource name. */
export type Amounts = ReadonlyMap<string, number>;

type Container = NonNullable<Pod['spec']>['containers'][number];
type Kind = 'requests' | 'limits';

/**
 * What the pod as a whole needs: the main containers and the sidecars together, or the peak of an init container on top
 * of the sidecars that started before it, whichever is more; plus the overhead (the scheduler's and the quota's rule).
 */
export function podAmounts(pod: Pod, kind: Kind): Amounts {
  const total = new Map<string, number>();
  const sidecars = new Map<string, number>();
  const peak = new Map<string, number>();
  for (const container of pod.spec?.initContainers ?? []) {
    const amounts = amountsOf(container, kind);
    if (container.restartPolicy === 'Always') {
      addTo(sidecars, amounts);
      raiseTo(peak, sidecars);
    } else {
      raiseTo(peak, sum(sidecars, amounts));
    }
  }
  addTo(total, sidecars);
  for (const container of pod.spec?.containers ?? []) addTo(total, amountsOf(container, kind));
  raiseTo(total, peak);
  addTo(total, parseAmounts(pod.spec?.overhead));
  return total;
}

/** Values that are no quantity count as nothing: the API server has refused them long before. */
export function parseAmounts(quantities: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts = new Map<string, number>();
  for (const [name, text] of Object.entries(quantities ?? {})) amounts.set(name, parseQuantity(text) ?? 0);
  return amounts;
}

/** Where a container names a limit and no request, the limit is its request (API default). */
function amountsOf(container: Container, kind: Kind): Amounts {
  const limits = parseAmounts(container.resources?.limits);
  if (kind === 'limits') return limits;
  return new Map([...limits, ...parseAmounts(container.resources?.requests)]);
}

export function addTo(total: Map<string, number>, amounts: Amounts): void {
  for (const [name, amount] of amounts) total.set(name, (total.get(name) ?? 0) + amount);
}

function raiseTo(total: Map<string, number>, amounts: Amounts): void {
  for (const [name, amount] of amounts) total.set(name, Math.max(total.get(name) ?? 0, amount));
}

function sum(a: Amounts, b: Amounts): Amounts {
  const total = new Map(a);
  addTo(total, b);
  return total;
}
