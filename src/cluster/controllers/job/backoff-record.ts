import { parseInstant, type Instant } from '../../../api/instant.js';
import type { Pod } from '../../../api/kube.js';
import { findPodCondition } from '../machinery/pod-facts.js';

/** Delay before a failed pod's successor: 10 s, doubled by each failure in a row (Job controller's default). */
const BASE_MS = 10_000;
/** No delay is longer: 10 minutes (Job controller's default). */
const CAP_MS = 600_000;

/** Failures since the last success. It lives in memory only: as with the real controller, a restart forgets it. */
export interface BackoffRecord {
  readonly failures: number;
  readonly lastFailure: Instant | null;
}

export const NO_FAILURES: BackoffRecord = { failures: 0, lastFailure: null };

/** Adds pods that ended since; a success ends the row. */
export function recordEnded(record: BackoffRecord, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
  const failures = failed.map(endOf).toSorted((a, b) => a - b);
  if (succeeded.length === 0) {
    const last = failures.at(-1);
    return last === undefined ? record : { failures: record.failures + failures.length, lastFailure: last };
  }
  const lastSuccess = Math.max(...succeeded.map(endOf));
  const since = failures.filter((end) => end > lastSuccess);
  return { failures: since.length, lastFailure: since.at(-1) ?? null };
}

/** The instant before which no successor is created; null: none was ever delayed. */
export function earliestCreation(record: BackoffRecord): Instant | null {
  if (record.failures === 0 || record.lastFailure === null) return null;
  return record.lastFailure + Math.min(CAP_MS, BASE_MS * 2 ** (record.failures - 1));
}

/**
 * When the pod ended: its last container's end; else when it ceased to be ready; else when it was deleted; else its
 * creation (the order in which the Job controller looks).
 */
function endOf(pod: Pod): Instant {
  const { status, metadata } = pod;
  const ends = (status?.containerStatuses ?? []).map((one) => parseInstant(one.state?.terminated?.finishedAt));
  const known = ends.filter((end) => end !== null);
  if (known.length > 0 && known.length === ends.length) return Math.max(...known);
  const ready = findPodCondition(pod, 'Ready');
  const unready = ready?.status === 'False' ? parseInstant(ready.lastTransitionTime) : null;
  if (unready !== null) return unready;
  const deletion = parseInstant(metadata?.deletionTimestamp);
  if (deletion !== null) return deletion - (metadata?.deletionGracePeriodSeconds ?? 0) * 1_000;
  return parseInstant(metadata?.creationTimestamp) ?? 0;
}
