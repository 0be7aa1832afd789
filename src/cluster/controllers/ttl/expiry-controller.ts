import type { Instant } from '../../../api/instant.js';
import type { KubeObject } from '../../../api/kube.js';
import type { Resource, Stored } from '../../resource.js';
import { deleteLive, getLive, identityOf } from '../machinery/change-live.js';
import type { Controller, ControllerContext } from '../machinery/context.js';
import { KeyQueue } from '../machinery/key-queue.js';
import type { WatchCache } from '../machinery/watch-cache.js';

export interface ExpiryOptions<T extends KubeObject> {
  readonly name: string;
  readonly resource: Resource<T>;
  readonly cache: WatchCache<T>;
  /** Null: does not expire (yet). */
  readonly expiry: (object: Stored<T>) => Instant | null;
  readonly propagationPolicy: 'Foreground' | 'Background';
}

/** Deletes objects when their time is over, each by its own timer. */
export class ExpiryController<T extends KubeObject> implements Controller {
  readonly #context: ControllerContext;
  readonly #options: ExpiryOptions<T>;
  readonly #queue: KeyQueue;

  constructor(context: ControllerContext, options: ExpiryOptions<T>) {
    this.#context = context;
    this.#options = options;
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => this.#sync(key),
      onError: (error, key) => {
        context.onError(error, { controller: options.name, key });
      },
    });
    options.cache.onChange(({ key, object }) => {
      const at = object === undefined ? null : options.expiry(object);
      if (at !== null) this.#queue.addAfter(key, at - context.clock.now());
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #sync(key: string): Promise<void> {
    const { client, clock } = this.#context;
    const { cache, expiry, propagationPolicy, resource } = this.#options;
    const cached = cache.get(key);
    if (cached === undefined || cached.metadata.deletionTimestamp !== undefined) return;
    const identity = identityOf(cached);
    // Its time may have been prolonged since.
    const live = await getLive(client, resource, identity);
    const at = live === undefined ? null : expiry(live);
    if (live === undefined || at === null) return;
    if (at > clock.now()) this.#queue.addAfter(key, at - clock.now());
    else await deleteLive(client, resource, { identity, propagationPolicy });
  }
}
