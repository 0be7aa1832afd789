import { clip } from '../api/clip.js';
import { isJsonObject } from '../api/json.js';
import { parseInstant } from '../api/instant.js';
import type { RunRef } from '../api/run-ref.js';
import type { AuditEvent, AuditEventType } from '../api/types.js';
import type { RecordedEvent } from '../runtime/index.js';

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
 * The Kubernetes Event that tells of an audit event, or null where none does. What makes it this event is the audit
 * event's id, so that nothing is told twice; a step that fails in the same way again counts in one Event.
 */
export function kubeEventOf(run: RunRef, event: AuditEvent): RecordedEvent | null {
  const told = TOLD[event.type];
  // A step that failed after an attempt has been told of with the attempt.
  if (told === undefined || (event.type === 'task.failed' && event.data['verdict'] === undefined)) return null;
  const { apiVersion, kind, namespace, name, uid } = run;
  const text = textOf(event) ?? told.message;
  return {
    subject: { apiVersion, kind, namespace, name, uid },
    type: told.type,
    reason: clip(told.reason ?? wordOf(event) ?? 'Failed', 128),
    message: `${placeOf(event)}${text}`,
    at: parseInstant(event.time) ?? 0,
    id: event.id,
    sameAs: `${event.task ?? ''}: ${text}`,
  };
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
