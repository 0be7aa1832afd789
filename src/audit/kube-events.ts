import { createHash } from 'node:crypto';
import { clip } from '../api/clip.js';
import { isJsonObject } from '../api/json.js';
import type { KubeEvent } from '../api/kube.js';
import type { RunRef } from '../api/run-ref.js';
import type { AuditEvent, AuditEventType } from '../api/types.js';

/** Who reports; the field that `kubectl get events` shows as SOURCE. */
const COMPONENT = 'lockstep';
/** The API server refuses longer messages (core/v1 validation: 1 KiB). */
const MESSAGE_LENGTH = 1_000;

interface Told {
  readonly type: 'Normal' | 'Warning';
  /** Null: the reason that the event's data name. */
  readonly reason: string | null;
  /** What is said where the data have no message. */
  readonly message: string;
}

/** What becomes a Kubernetes Event: two for a normal run, and what went wrong (design review A7). */
const TOLD: Readonly<Partial<Record<AuditEventType, Told>>> = {
  'run.started': { type: 'Normal', reason: 'Started', message: 'the first step starts' },
  'run.succeeded': { type: 'Normal', reason: 'Finished', message: 'all steps succeeded' },
  'run.failed': { type: 'Warning', reason: 'Failed', message: 'the run failed' },
  'run.cancelled': { type: 'Warning', reason: 'Cancelled', message: 'the run was cancelled' },
  'run.blocked': { type: 'Warning', reason: null, message: 'the run is blocked' },
  'attempt.failed': { type: 'Warning', reason: null, message: 'the attempt failed' },
  'task.failed': { type: 'Warning', reason: null, message: 'the step failed' },
  'lock.lost': { type: 'Warning', reason: 'LockLost', message: 'the lock of the target was lost' },
  'target.blocked': { type: 'Warning', reason: 'TargetBlocked', message: 'the target is blocked' },
  'audit.backlogged': { type: 'Warning', reason: 'AuditBacklogged', message: 'the audit store takes nothing' },
  'audit.forked': { type: 'Warning', reason: 'AuditForked', message: 'the audit trail has a fork' },
};

/**
 * The Kubernetes Event that tells of an audit event, or null where none does. Its name follows from UID and sequence,
 * so that creating it again is answered with 409 and nothing is told twice.
 */
export function kubeEventOf(run: RunRef, event: AuditEvent): KubeEvent | null {
  const told = TOLD[event.type];
  // A step that failed after an attempt has been told of with the attempt.
  if (told === undefined || (event.type === 'task.failed' && event.data['verdict'] === undefined)) return null;
  const time = `${event.time.slice(0, 19)}Z`;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(run, event), namespace: run.namespace },
    involvedObject: {
      apiVersion: run.apiVersion,
      kind: run.kind,
      namespace: run.namespace,
      name: run.name,
      uid: run.uid,
    },
    type: told.type,
    reason: clip(told.reason ?? wordOf(event) ?? 'Failed', 128),
    message: clip(`${placeOf(event)}${textOf(event) ?? told.message}`, MESSAGE_LENGTH),
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

function eventName(run: RunRef, event: AuditEvent): string {
  const digest = createHash('sha256').update(event.id).digest('hex').slice(0, 16);
  return `${run.name.slice(0, 200).replace(/[^a-z0-9]+$/, '')}.${digest}`;
}

function placeOf({ task, attempt }: AuditEvent): string {
  if (task === undefined) return '';
  return attempt === undefined ? `step ${task}: ` : `step ${task}, attempt ${attempt}: `;
}

/** The verdict's word and text come before the event's own: they name the cause. */
function wordOf({ data }: AuditEvent): string | null {
  const verdict = data['verdict'];
  return firstText(isJsonObject(verdict) ? verdict['reason'] : null, data['reason']);
}

function textOf({ data }: AuditEvent): string | null {
  const verdict = data['verdict'];
  return firstText(isJsonObject(verdict) ? verdict['message'] : null, data['message']);
}

function firstText(...candidates: readonly unknown[]): string | null {
  return candidates.find((text): text is string => typeof text === 'string' && text !== '') ?? null;
}
