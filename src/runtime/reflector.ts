import type { Clock } from '../api/clock.js';
import type { KubeObject } from '../api/kube.js';
import { delay, onAbort } from './abort.js';
import { ApiError, NoAnswerError } from './api-error.js';
import { REFLECTOR_BACKOFF, createBackoff } from './backoff.js';
import type { Client, Page, Selection, WatchEvent } from './client.js';
import type { Resource, Stored } from './resource.js';

/** Takes what the reflector reads, in order. */
export interface ReflectorSink<T extends KubeObject> {
  listBegins(): void;
  replaced(page: Page<T>): void;
  changed(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Stored<T>): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Pick<Client, 'list' | 'watch'>;
  readonly resource: Resource<T>;
  readonly selection?: Selection;
  readonly sink: ReflectorSink<T>;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  readonly onProblem: (problem: ReflectorProblem) => void;
}

/** Something went wrong and will be tried again. */
export interface ReflectorProblem {
  readonly during: 'list' | 'watch';
  readonly error: unknown;
  readonly nextTryInMs: number;
}

/** The server ends a watch after a random time in [5, 10) minutes, so that not all reconnect at once (client-go). */
const WATCH_SECONDS = { min: 300, spread: 300 };
/** An API server sends a bookmark about once a minute: silence for this long means that the connection is dead. */
const SILENCE_MS = 150_000;
/** A watch that ends sooner, and brought nothing, counts as a failure (client-go's "very short watch"). */
const SHORT_WATCH_MS = 1_000;

/** A watch brought nothing for too long. */
class SilentWatchError extends Error {
  override readonly name = 'SilentWatchError';
}

/** A watch was ended at once, again and again. */
class ShortWatchError extends Error {
  override readonly name = 'ShortWatchError';
}

/**
 * Lists a collection and follows its changes, for ever: whatever fails is reported and tried again after a backoff.
 * A broken or ended watch goes on from the last version that was seen; only where that version is of no use (410,
 * "too large", two silent watches in a row …) is the collection listed anew. Resolves when the signal is aborted.
 */
export async function reflect<T extends KubeObject>(options: ReflectorOptions<T>, signal: AbortSignal): Promise<void> {
  const { sink, client, resource, selection = {}, clock, onProblem } = options;
  const backoff = createBackoff(REFLECTOR_BACKOFF, options);
  const progress: Progress = { version: null, silent: 0 };
  while (!signal.aborted) {
    const during = progress.version === null ? 'list' : 'watch';
    try {
      if (progress.version === null) {
        sink.listBegins();
        const page = await client.list(resource, { ...selection, signal });
        sink.replaced(page);
        progress.version = page.resourceVersion;
      } else {
        await watchOnce(options, progress, signal);
      }
    } catch (error) {
      if (isStopped(signal)) return;
      if (during === 'watch' && !mayGoOn(error, progress)) progress.version = null;
      const wait = Math.max(backoff.next(), error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0);
      onProblem({ during, error, nextTryInMs: wait });
      await pause(clock, wait, signal);
    }
  }
}

interface Progress {
  /** The last version seen; null: list. */
  version: string | null;
  /** Watches in a row that ended by silence. */
  silent: number;
}

/** Follows one watch to its end, which is normal: the server closes it from time to time. */
async function watchOnce<T extends KubeObject>(
  options: ReflectorOptions<T>,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { client, resource, selection = {}, sink, clock, random } = options;
  const start = clock.monotonic();
  const watchdog = startWatchdog(clock, signal);
  let events = 0;
  try {
    const stream = await client.watch(resource, {
      ...selection,
      resourceVersion: progress.version ?? '',
      timeoutSeconds: WATCH_SECONDS.min + Math.floor(random() * WATCH_SECONDS.spread),
      signal: watchdog.signal,
    });
    for await (const event of stream) {
      watchdog.touch();
      events += 1;
      progress.version = apply(sink, event);
    }
  } catch (error) {
    if (!watchdog.barked) throw error;
    throw new SilentWatchError(`the watch of ${resource.plural} brought nothing for ${SILENCE_MS / 1_000} s`);
  } finally {
    watchdog.close();
    if (events > 0) progress.silent = 0;
  }
  if (events === 0 && clock.monotonic() - start < SHORT_WATCH_MS) {
    throw new ShortWatchError(`the watch of ${resource.plural} was ended at once`);
  }
}

function apply<T extends KubeObject>(sink: ReflectorSink<T>, event: WatchEvent<T>): string {
  if (event.type === 'BOOKMARK') return event.resourceVersion;
  sink.changed(event.type, event.object);
  return event.object.metadata.resourceVersion;
}

/** True where the watch may be opened again from the last version; false where the collection must be listed. */
function mayGoOn(error: unknown, progress: Progress): boolean {
  if (error instanceof NoAnswerError || error instanceof ShortWatchError) return true;
  if (error instanceof SilentWatchError) {
    progress.silent += 1;
    // The second time it may be that the version lies in the server's future (etcd was restored): list.
    return progress.silent % 2 === 1;
  }
  // 429, 500, 503: the server is busy or ill, and a list would make that worse (client-go: NoRelistOnTooManyRequests).
  // 504 is how a version from the future is answered, 410 one that was compacted.
  if (!(error instanceof ApiError) || isTooLarge(error)) return false;
  return error.code === 429 || (error.code >= 500 && error.code !== 504);
}

function isTooLarge(error: ApiError): boolean {
  return error.causes.some(({ reason }) => reason === 'ResourceVersionTooLarge');
}

interface Watchdog {
  readonly signal: AbortSignal;
  readonly barked: boolean;
  touch(): void;
  close(): void;
}

/** One timer for a whole watch: it looks, when it fires, how long ago the last event was. */
function startWatchdog(clock: Clock, parent: AbortSignal): Watchdog {
  const controller = new AbortController();
  let last = clock.monotonic();
  let barked = false;
  const look = (): void => {
    const rest = last + SILENCE_MS - clock.monotonic();
    if (rest > 0) {
      cancel = clock.after(rest, look);
      return;
    }
    barked = true;
    controller.abort();
  };
  let cancel = clock.after(SILENCE_MS, look);
  const stopListening = onAbort(parent, () => {
    controller.abort();
  });
  return {
    signal: controller.signal,
    get barked() {
      return barked;
    },
    touch() {
      last = clock.monotonic();
    },
    close() {
      cancel();
      stopListening();
    },
  };
}

/** Read anew: it may have been aborted while something was awaited. */
function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(clock, ms, signal);
  } catch {
    // Stopped while waiting: the loop sees it.
  }
}
