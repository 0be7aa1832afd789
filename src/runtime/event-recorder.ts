import { createHash } from 'node:crypto';
import type { Clock } from '../api/clock.js';
import { formatSeconds } from '../api/instant.js';
import type { KubeEvent } from '../api/kube.js';
import { ApiError } from './api-error.js';
import type { Client } from './client.js';
import { EventCorrelator, type EventSeries } from './event-correlator.js';
import type { RecordedEvent } from './recorded-event.js';
import { EVENTS } from './resources.js';

export interface EventRecorder {
  /**
   * Creates an Event, or counts in the one that there is (see EventCorrelator); nothing where it was recorded before.
   * Rejects as the client does; nothing may depend on an event.
   */
  record(event: RecordedEvent, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

export interface EventRecorderOptions {
  readonly client: Pick<Client, 'create' | 'patch'>;
  readonly clock: Clock;
  /** Who reports; `kubectl get events` shows it as SOURCE. */
  readonly component: string;
}

/** Limits of the API server's validation of events (core/v1). */
const LONGEST_MESSAGE = 1_024;
const LONGEST_NAME = 253;

/** What is known of a series in the cluster. */
interface Written {
  /** Null: it has no Event yet. */
  name: string | null;
  count: number;
  /** Writes of one series follow one another: else a count could overtake its Event. */
  last: Promise<void>;
}

/** Writes core/v1 Events in the name of a component. */
export function createEventRecorder({ client, clock, component }: EventRecorderOptions): EventRecorder {
  const correlator = new EventCorrelator(clock);
  /** Lives as long as the correlator remembers the series. */
  const written = new WeakMap<EventSeries, Written>();

  async function write(series: EventSeries, known: Written, signal: AbortSignal | undefined): Promise<void> {
    const { count } = series;
    // What was observed while the last write was under way went along with it.
    if (known.count === count) return;
    if (known.name !== null && (await addCount(series, known.name, signal))) {
      known.count = count;
      return;
    }
    const event = toKubeEvent(series, { component, isAnew: known.name !== null });
    try {
      await client.create(EVENTS, event, { signal, repeatable: true });
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
    known.name = event.metadata.name ?? null;
    known.count = count;
  }

  /** False: the Event is gone, its time to live was over. */
  async function addCount(series: EventSeries, name: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { latest, count } = series;
    const namespace = namespaceOf(latest);
    const body = { count, message: truncate(latest.message), lastTimestamp: formatSeconds(latest.at) };
    try {
      await client.patch(EVENTS, { namespace, name }, { patch: { type: 'merge', body }, signal });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return false;
      throw error;
    }
  }

  return {
    record(event, { signal } = {}) {
      const series = correlator.observe(event);
      if (series === null) return Promise.resolve();
      const known = written.get(series) ?? { name: null, count: 0, last: Promise.resolve() };
      written.set(series, known);
      const writing = known.last.then(() => write(series, known, signal));
      known.last = writing.catch(() => undefined);
      return writing;
    },
  };
}

/** `isAnew`: the Event of the beginning has gone, so another name is needed. */
function toKubeEvent(
  { first, latest, count }: EventSeries,
  { component, isAnew }: { readonly component: string; readonly isAnew: boolean },
): KubeEvent {
  const { subject, type, reason } = latest;
  const { apiVersion, kind, name, uid } = subject;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: namespaceOf(latest), name: nameOf(isAnew ? latest : first) },
    involvedObject: {
      apiVersion,
      kind,
      name,
      uid,
      ...(subject.namespace === undefined ? {} : { namespace: subject.namespace }),
    },
    type,
    reason,
    message: truncate(latest.message),
    source: { component },
    reportingComponent: component,
    firstTimestamp: formatSeconds(first.at),
    lastTimestamp: formatSeconds(latest.at),
    count,
  };
}

function namespaceOf({ subject }: RecordedEvent): string {
  return subject.namespace ?? 'default';
}

function nameOf({ subject, id }: RecordedEvent): string {
  const hash = createHash('sha256').update(`${subject.uid}\0${id}`).digest('hex').slice(0, 20);
  return `${subject.name.slice(0, LONGEST_NAME - hash.length - 1).replace(/[^a-z0-9]+$/, '')}.${hash}`;
}

/** The limit counts bytes. */
function truncate(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= LONGEST_MESSAGE) return message;
  const kept = bytes.subarray(0, LONGEST_MESSAGE - 3).toString('utf8');
  return `${kept.replace(/\uFFFD+$/, '')}…`;
}
