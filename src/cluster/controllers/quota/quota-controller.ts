import type { Pod } from '../../../api/kube.js';
import { canonicalQuantity, formatQuantity, parseQuantity } from '../../quantity.js';
import { PODS, RESOURCE_QUOTAS, type Resource, type Stored } from '../../resource.js';
import type { Controller, ControllerContext } from '../machinery/context.js';
import { KeyQueue } from '../machinery/key-queue.js';
import { isTerminal } from '../machinery/pod-facts.js';
import { isNotFound } from '../machinery/status-code.js';
import { countedResource, STORAGE_ENTRY } from './counted-resources.js';
import { isPodResource, overdueAt, podUsage } from './quota-usage.js';

/** Counts of objects other than pods are taken anew this often; admission keeps them current in between. */
const RECOUNT_MS = 300_000;

type Quota = typeof RESOURCE_QUOTAS extends Resource<infer T> ? T : never;

/**
 * Keeps `status.used` of quotas true: admission raises it with each creation, this lowers it when pods end or go. It
 * writes only over the revision that it has counted for, so that it never undoes what admission has just added.
 */
export class QuotaController implements Controller {
  readonly #context: ControllerContext;
  readonly #resources: readonly Resource[];
  readonly #queue: KeyQueue;

  constructor(context: ControllerContext, resources: readonly Resource[]) {
    this.#context = context;
    this.#resources = resources;
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => this.#sync(key),
      onError: (error, key) => {
        context.onError(error, { controller: 'quota', key });
      },
    });
    context.caches.quotas.onChange(({ key, old, object }) => {
      if (object !== undefined && object.metadata.generation === old?.metadata.generation && old !== undefined) {
        // Somebody else's status (admission's): true already, or told of by a pod's change.
        if (JSON.stringify(object.spec) === JSON.stringify(old.spec)) return;
      }
      this.#queue.add(key);
    });
    context.caches.pods.onChange(({ old, object }) => {
      this.#podChanged(old, object);
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  #podChanged(old: Stored<Pod> | undefined, object: Stored<Pod> | undefined): void {
    const namespace = (object ?? old)?.metadata.namespace ?? '';
    const quotas = this.#context.caches.quotas.inNamespace(namespace);
    if (quotas.length === 0) return;
    const freed = object === undefined || (isTerminal(object) && old !== undefined && !isTerminal(old));
    const overdue = object === undefined ? null : overdueAt(object);
    for (const quota of quotas) {
      const key = `${namespace}/${quota.metadata.name}`;
      if (freed) this.#queue.add(key);
      else if (overdue !== null) this.#queue.addAfter(key, overdue + 1 - this.#context.clock.now());
    }
  }

  async #sync(key: string): Promise<void> {
    const { caches, client } = this.#context;
    const cached = caches.quotas.get(key);
    if (cached === undefined) return;
    const { namespace = '', name } = cached.metadata;
    try {
      const quota = await client.get(RESOURCE_QUOTAS, { namespace, name });
      const status = await this.#count(quota, namespace);
      if (JSON.stringify(status) !== JSON.stringify(ordered(quota.status))) {
        caches.quotas.absorb(await client.updateStatus(RESOURCE_QUOTAS, { ...quota, status }));
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#queue.addAfter(key, RECOUNT_MS);
  }

  async #count(quota: Stored<Quota>, namespace: string): Promise<NonNullable<Quota['status']>> {
    const hard = quota.spec?.hard ?? {};
    const entries = Object.keys(hard);
    const pods = await this.#context.client.list(PODS, { namespace });
    const scopes = quota.spec?.scopes ?? [];
    const amounts = podUsage(pods.items, entries, { now: this.#context.clock.now(), scopes });
    const used: Record<string, string> = {};
    for (const entry of entries) {
      const amount = isPodResource(entry) ? amounts.get(entry) : await this.#countObjects(entry, namespace);
      const format = entry.includes('memory') || entry.includes('storage') ? 'BinarySI' : 'DecimalSI';
      if (amount !== undefined) used[entry] = formatQuantity(amount, format);
    }
    return ordered({ hard: canonical(hard), used });
  }

  /** Undefined for entries that nobody here can count: they stay out of `used`, as in Kubernetes. */
  async #countObjects(entry: string, namespace: string): Promise<number | undefined> {
    if (entry === STORAGE_ENTRY) {
      let total = 0;
      for (const claim of this.#context.caches.claims.inNamespace(namespace)) {
        total += parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0') ?? 0;
      }
      return total;
    }
    const resource = countedResource(entry, this.#resources);
    if (resource === undefined) return undefined;
    return (await this.#context.client.list(resource, { namespace })).items.length;
  }
}

function canonical(quantities: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).map(([name, text]) => [name, canonicalQuantity(text) ?? text]));
}

/** Keys in the order of the alphabet, so that equal statuses have equal texts. */
function ordered(status: Quota['status']): NonNullable<Quota['status']> {
  const sorted = (map: Readonly<Record<string, string>> | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { hard: sorted(status?.hard), used: sorted(status?.used) };
}
