import { parseInstant, type Instant } from '../../../api/instant.js';
import type { Job, KubeEvent } from '../../../api/kube.js';

/** When a finished Job with ttlSecondsAfterFinished is to be deleted; null: never. */
export function jobExpiry(job: Job): Instant | null {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  const end = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  const finished = parseInstant(end?.lastTransitionTime);
  return seconds === undefined || finished === null ? null : finished + seconds * 1_000;
}

/** An Event lives for an hour after it was last written (the API server's --event-ttl). */
export const EVENT_TTL_MS = 3_600_000;

export function eventExpiry(event: KubeEvent): Instant {
  const times = [
    event.metadata.creationTimestamp,
    event.lastTimestamp,
    event.eventTime,
    event.series?.lastObservedTime,
  ].map((time) => parseInstant(time) ?? 0);
  return Math.max(...times) + EVENT_TTL_MS;
}
