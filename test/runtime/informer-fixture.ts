import { createClient, SharedInformer, type CacheEvent, type SharedInformerOptions } from '../../src/runtime/index.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';
import { CONFIG_MAPS, type ConfigMap } from './config-maps.js';
import { ScriptedApi } from './scripted-api.js';

/** An informer of ConfigMaps on a scripted API server and a virtual clock, without jitter. */
export class InformerFixture {
  readonly api = new ScriptedApi();
  readonly clock = new VirtualClock();
  readonly problems: string[] = [];
  readonly informer: SharedInformer<ConfigMap>;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: Partial<SharedInformerOptions<ConfigMap>> = {}) {
    const { api: transport, clock } = this;
    this.informer = new SharedInformer({
      client: createClient({ transport, clock, random: () => 0, userAgent: 'test' }),
      resource: CONFIG_MAPS,
      clock,
      random: () => 0,
      freeze: true,
      onProblem: ({ during, error, nextTryInMs }) => {
        const name = error instanceof Error ? error.name : 'unknown';
        this.problems.push(`${during}: ${name}${nextTryInMs === null ? '' : ` next in ${nextTryInMs}`}`);
      },
      ...options,
    });
  }

  async start(): Promise<void> {
    this.#running = this.informer.run(this.#stop.signal);
    await settle();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  get names(): readonly string[] {
    return this.informer.list().map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);
  }

  /** What a handler is told from now on. */
  follow(): string[] {
    const told: string[] = [];
    this.informer.subscribe((event) => {
      told.push(describeEvent(event));
    });
    return told;
  }
}

/** `Added a@1 (initial)`, `Changed a@1 -> a@2`, `Deleted a@2 (unseen)`. */
export function describeEvent(event: CacheEvent<ConfigMap>): string {
  const { name, resourceVersion } = event.object.metadata;
  const object = `${name}@${resourceVersion}`;
  switch (event.type) {
    case 'Added':
      return `Added ${object}${event.initial ? ' (initial)' : ''}`;
    case 'Changed':
      return `Changed ${event.old.metadata.name}@${event.old.metadata.resourceVersion} -> ${object}${event.own ? ' (own)' : ''}`;
    case 'Deleted':
      return `Deleted ${object}${event.lastStateKnown ? '' : ' (unseen)'}`;
  }
}
