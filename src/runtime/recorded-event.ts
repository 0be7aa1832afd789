import type { Instant } from '../api/instant.js';

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
  /** Equal for events of one subject, type and reason that are the same again. Default: the message. */
  readonly sameAs?: string;
}
