import { createHash } from 'node:crypto';
import { formatSeconds, type Instant } from '../api/instant.js';
import type { KubeEvent } from '../api/kube.js';
import { ApiError } from './api-error.js';
import type { Client } from './client.js';
import { EVENTS } from './resources.js';

/** What an event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for cluster-scoped objects; their events stand in `default`. */
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid: string;
}

export interface RecordedEvent {
  readonly subject: EventSubject;
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase, at most 128 characters. */
  readonly reason: string;
  readonly message: string;
  readonly at: Instant;
  /** What makes it this event and no other: recording it again changes nothing. */
  readonly id: string;
}

export interface EventRecorder {
  /** Creates the event, unless it is there already. Rejects as client.create does; nothing may depend on an event. */
  record(event: RecordedEvent, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** Limits of the API server's validation of events (core/v1). */
const LONGEST_MESSAGE = 1_024;
const LONGEST_NAME = 253;

/** Writes core/v1 Events in the name of a component. */
export function createEventRecorder(client: Pick<Client, 'create'>, component: string): EventRecorder {
  return {
    async record(event, { signal } = {}) {
      try {
        await client.create(EVENTS, toKubeEvent(event, component), { signal, repeatable: true });
      } catch (error) {
        if (error instanceof ApiError && error.reason === 'AlreadyExists') return;
        throw error;
      }
    },
  };
}

function toKubeEvent(event: RecordedEvent, component: string): KubeEvent {
  const { subject, type, reason, at } = event;
  const { apiVersion, kind, name, uid } = subject;
  const namespace = subject.namespace ?? 'default';
  const time = formatSeconds(at);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: nameOf(event) },
    involvedObject: {
      apiVersion,
      kind,
      name,
      uid,
      ...(subject.namespace === undefined ? {} : { namespace: subject.namespace }),
    },
    type,
    reason,
    message: truncate(event.message),
    source: { component },
    reportingComponent: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
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
