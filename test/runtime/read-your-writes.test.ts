// Rule C17 as a property: whatever the order in which answers, watch events and lists arrive, nobody reads a state that
// is older than our own last write, and in the end the cache is what the server has.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ApiError, SharedInformer, type Client, type Stored } from '../../src/runtime/index.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';
import { CONFIG_MAPS, type ConfigMap } from './config-maps.js';
import { configMap } from './scripted-api.js';

const KEY = 'shop/a';

/** A server with one object, whose watch and lists move only when the test says so. */
class SlowServer {
  version = 1;
  readonly unanswered: number[] = [];
  readonly #undelivered: number[] = [];
  #fault: Error | null = null;
  #wakeWatch = (): void => undefined;
  #answerList: ((version: number) => void) | null = null;
  #snapshot: number | null = null;

  write(by: 'us' | 'others'): void {
    this.version += 1;
    this.#undelivered.push(this.version);
    if (by === 'us') this.unanswered.push(this.version);
  }

  /** Lets the watch bring its next event. */
  deliver(): void {
    this.#allowed += 1;
    this.#wakeWatch();
  }
  #allowed = 0;

  expire(): void {
    const status = { code: 410, reason: 'Expired' };
    this.#fault = new ApiError('watch configmaps', status, { code: 410, retryAfterMs: null });
    this.#wakeWatch();
  }

  /** A list that is under way sees what there is now; the next watch brings what comes after. */
  readList(): void {
    if (this.#answerList === null || this.#snapshot !== null) return;
    this.#snapshot = this.version;
    this.#undelivered.length = 0;
  }

  /** The answer of a list that is under way arrives. */
  answerList(): void {
    if (this.#answerList === null) return;
    this.readList();
    this.#allowed = 0;
    this.#fault = null;
    this.#answerList(this.#snapshot ?? this.version);
    this.#answerList = null;
    this.#snapshot = null;
  }

  readonly client: Pick<Client, 'list' | 'watch' | 'find'> = {
    list: (resource) =>
      new Promise((resolve) => {
        this.#answerList = (version) => {
          resolve({ items: [resource.parse(object(version))], resourceVersion: String(version) });
        };
      }),
    find: async (resource) => {
      await Promise.resolve();
      return resource.parse(object(this.version));
    },
    watch: (resource) => Promise.resolve(this.#events((version) => resource.parse(object(version)))),
  };

  async *#events<T>(parse: (version: number) => T): AsyncGenerator<{ type: 'MODIFIED'; object: T }, void, undefined> {
    for (;;) {
      if (this.#fault !== null) throw this.#fault;
      const next = this.#allowed > 0 ? this.#undelivered.shift() : undefined;
      if (next !== undefined) {
        this.#allowed -= 1;
        yield { type: 'MODIFIED', object: parse(next) };
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wakeWatch = resolve;
      });
    }
  }
}

function object(version: number): ReturnType<typeof configMap> {
  return configMap('a', String(version));
}

function versionOf(stored: Stored<ConfigMap> | undefined): number {
  return Number(stored?.metadata.resourceVersion ?? 0);
}

type Event =
  'our write' | 'their write' | 'answer' | 'delivery' | 'expiry' | 'list read' | 'list answered' | 'time passes';

/** Orders in which something went wrong once. */
const FOUND: readonly (readonly Event[])[] = [
  // The list does not have what was written while it was on its way.
  ['expiry', 'time passes', 'list read', 'our write', 'answer', 'list answered'],
  // The list is newer than the write whose answer comes after it.
  ['our write', 'expiry', 'time passes', 'their write', 'list answered', 'answer'],
  ['expiry', 'time passes', 'our write', 'their write', 'list answered', 'answer'],
  // The watch is faster than the answer.
  ['our write', 'their write', 'delivery', 'delivery', 'answer'],
];

it('nobody reads a state older than our own last write, and the cache ends as the server is', async () => {
  const events = fc.array(
    fc.constantFrom<Event[]>(
      'our write',
      'their write',
      'answer',
      'delivery',
      'expiry',
      'list read',
      'list answered',
      'time passes',
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(events, async (sequence) => {
      const server = new SlowServer();
      const clock = new VirtualClock();
      const stop = new AbortController();
      const problems: unknown[] = [];
      const informer = new SharedInformer({
        client: server.client,
        resource: CONFIG_MAPS,
        clock,
        random: () => 0,
        onProblem: ({ error }) => problems.push(error),
      });
      void informer.run(stop.signal);
      server.answerList();
      await settle();
      let ours = 0;
      const check = (): void => {
        expect(versionOf(informer.get(KEY))).toBeGreaterThanOrEqual(ours);
      };
      const apply: Record<Event, () => Promise<void> | void> = {
        'our write': () => {
          server.write('us');
        },
        'their write': () => {
          server.write('others');
        },
        answer: () => {
          const version = server.unanswered.shift();
          if (version === undefined) return;
          informer.observe(CONFIG_MAPS.parse(object(version)));
          ours = version;
        },
        delivery: () => {
          server.deliver();
        },
        expiry: () => {
          server.expire();
        },
        'list read': () => {
          server.readList();
        },
        'list answered': () => {
          server.answerList();
        },
        'time passes': () => {
          // No answer takes longer than 15 s: then the call has failed.
          server.unanswered.length = 0;
          return clock.advance(60_000);
        },
      };
      for (const event of sequence) {
        await apply[event]();
        await settle();
        check();
      }
      // Everything arrives.
      while (server.unanswered.length > 0) await apply.answer();
      await clock.advance(60_000);
      server.answerList();
      await settle();
      for (let n = 0; n < 50; n += 1) server.deliver();
      await settle();
      check();
      expect(versionOf(informer.get(KEY))).toBe(server.version);
      stop.abort();
    }),
    { numRuns: 500, examples: FOUND.map((sequence): [Event[]] => [[...sequence]]) },
  );
});
