import { CUSTOM_RESOURCE_DEFINITIONS, SERVICE_ACCOUNTS, type Resource } from '../../resource.js';
import { resourceOf } from '../garbage/resource-directory.js';
import { deleteLive, identityOf } from '../machinery/change-live.js';
import type { Controller, ControllerContext } from '../machinery/context.js';
import { KeyQueue } from '../machinery/key-queue.js';
import { isConflict, isNamespaceTerminating, isNotFound } from '../machinery/status-code.js';

/** While something of a namespace's content is still terminating it is looked at again after this. */
const RECHECK_MS = 1_000;

/** Empties namespaces that are being deleted and lets them go; gives every other one its `default` ServiceAccount. */
export class NamespaceController implements Controller {
  readonly #context: ControllerContext;
  readonly #resources: readonly Resource[];
  readonly #queue: KeyQueue;

  constructor(context: ControllerContext, resources: readonly Resource[]) {
    this.#context = context;
    this.#resources = resources.filter((resource) => resource.namespaced);
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => this.#sync(key),
      onError: (error, key) => {
        context.onError(error, { controller: 'namespace', key });
      },
    });
    context.caches.namespaces.onChange(({ key }) => {
      this.#queue.add(key);
    });
    context.caches.serviceAccounts.onChange(({ old, object }) => {
      if (object === undefined && old?.metadata.name === 'default') this.#queue.add(`/${old.metadata.namespace ?? ''}`);
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #sync(key: string): Promise<void> {
    const namespace = this.#context.caches.namespaces.get(key);
    if (namespace === undefined) return;
    if (namespace.metadata.deletionTimestamp === undefined) {
      await this.#giveServiceAccount(namespace.metadata.name);
    } else if (await this.#empty(namespace.metadata.name)) {
      await this.#finalize(namespace.metadata.name);
    } else {
      this.#queue.addAfter(key, RECHECK_MS);
    }
  }

  async #finalize(name: string): Promise<void> {
    try {
      await this.#context.client.finalizeNamespace(name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #giveServiceAccount(namespace: string): Promise<void> {
    const { client, caches } = this.#context;
    if (caches.serviceAccounts.get(`${namespace}/default`) !== undefined) return;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
    try {
      caches.serviceAccounts.absorb(await client.create(SERVICE_ACCOUNTS, account));
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error;
    }
  }

  /** True once nothing is left. */
  async #empty(namespace: string): Promise<boolean> {
    let left = 0;
    for (const resource of await this.#namespaced()) {
      const { items } = await this.#context.client.list(resource, { namespace });
      for (const item of items) {
        left += 1;
        if (item.metadata.deletionTimestamp !== undefined) continue;
        await deleteLive(this.#context.client, resource, {
          identity: identityOf(item),
          propagationPolicy: 'Background',
        });
      }
    }
    return left === 0;
  }

  async #namespaced(): Promise<readonly Resource[]> {
    const definitions = await this.#context.client.list(CUSTOM_RESOURCE_DEFINITIONS);
    const custom: Resource[] = [];
    for (const definition of definitions.items) {
      const resource = resourceOf(definition);
      if (resource?.namespaced === true) custom.push(resource);
    }
    return [...custom, ...this.#resources];
  }
}
