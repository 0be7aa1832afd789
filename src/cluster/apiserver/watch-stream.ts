import type { CancelTimer, Clock } from '../../api/clock.js';
import { StatusError } from '../status-error.js';
import { plainServerError } from './errors.js';
import type { Collection, Selector } from './list.js';
import { parseSelector } from './list.js';
import { storageKey } from './kinds.js';
import type { WatchPresenter } from './presentation.js';
import type { ListOptions } from './query.js';
import type { Change, Store } from './store.js';
import { eventFor } from './watch-events.js';

export interface WatchSettings {
  readonly clock: Clock;
  /** Events that may wait for a slow reader; one more and the watch ends (the reader starts again where it was). */
  readonly maxPending: number;
  /** Between bookmarks, where they are asked for. */
  readonly bookmarkMs: number;
  /** How long a watch lasts that names no timeout (kube-apiserver: 30 to 60 minutes). */
  readonly defaultTimeoutMs: number;
}

/**
 * One watch: lines of JSON, as they are asked for. What is wrong with the request throws at once; a version that is too
 * old is an ERROR event, as in the real server.
 */
export class WatchStream implements AsyncIterable<string> {
  readonly #collection: Collection;
  readonly #selector: Selector;
  readonly #options: ListOptions;
  readonly #settings: WatchSettings;
  readonly #presenter: WatchPresenter;
  readonly #lines: string[] = [];
  readonly #cancels: CancelTimer[] = [];
  #revision: number;
  /** What the watch begins with does not count against a slow reader. */
  #limit = Infinity;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(
    store: Store,
    collection: Collection,
    watch: { readonly options: ListOptions; readonly settings: WatchSettings; readonly presenter: WatchPresenter },
  ) {
    const { options, settings, presenter } = watch;
    this.#collection = collection;
    this.#options = options;
    this.#settings = settings;
    this.#presenter = presenter;
    this.#selector = parseSelector(options, collection.kind);
    this.#revision = startRevision(options.resourceVersion);
    this.#begin(store);
  }

  /** Ends the stream: what is waiting is still read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<string> {
    try {
      for (;;) {
        const line = this.#lines.shift();
        if (line !== undefined) yield line;
        else if (this.#ended) return;
        else await this.#waitForLine();
      }
    } finally {
      this.end();
    }
  }

  #begin(store: Store): void {
    const { kind, namespace } = this.#collection;
    const resource = storageKey(kind);
    if (this.#revision === 0) {
      // Without a version a watch begins with what is there, as if it had just been added.
      for (const object of store.list(resource, namespace))
        if (this.#selector.matches(object)) this.#push('ADDED', this.#presenter.object(object));
      this.#revision = store.revision;
    } else {
      try {
        for (const change of store.changesSince(resource, this.#revision)) this.#take(change);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        this.#push('ERROR', JSON.stringify(error.toStatus()));
        this.#ended = true;
        return;
      }
      this.#revision = Math.max(this.#revision, store.revision);
    }
    this.#limit = this.#lines.length + this.#settings.maxPending;
    this.#cancels.push(
      store.listen(resource, (change) => {
        this.#take(change);
      }),
    );
    this.#startTimers(store);
  }

  #startTimers(store: Store): void {
    const { clock, bookmarkMs, defaultTimeoutMs } = this.#settings;
    const { timeoutSeconds } = this.#options;
    const ms = timeoutSeconds === undefined ? defaultTimeoutMs : timeoutSeconds * 1_000;
    this.#cancels.push(
      clock.after(ms, () => {
        this.#bookmark(store);
        this.end();
      }),
    );
    if (!this.#options.allowWatchBookmarks) return;
    const tick = (): void => {
      this.#bookmark(store);
      if (!this.#ended) this.#cancels[bookmarkTimer] = clock.after(bookmarkMs, tick);
    };
    const bookmarkTimer = this.#cancels.push(clock.after(bookmarkMs, tick)) - 1;
  }

  #bookmark(store: Store): void {
    if (!this.#options.allowWatchBookmarks || this.#ended) return;
    this.#push('BOOKMARK', this.#presenter.bookmark(store.revision));
  }

  #take(change: Change): void {
    // A version from the future: what is older than it is not news to this reader.
    if (change.revision <= this.#revision) return;
    const event = eventFor(change, this.#collection, this.#selector);
    if (event !== undefined) this.#push(event.type, this.#presenter.object(event.object));
  }

  #push(type: string, object: string): void {
    if (this.#ended) return;
    this.#lines.push(`{"type":"${type}","object":${object}}\n`);
    if (this.#lines.length > this.#limit) this.end();
    this.#wake?.();
  }

  async #waitForLine(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

function startRevision(text: string): number {
  if (text === '') return 0;
  if (/^\d+$/.test(text)) return Number(text);
  throw plainServerError(
    `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
  );
}
