import type { RunRef } from '../api/run-ref.js';
import type { AuditState } from '../plan/run-state.js';
import { bytesOf } from './bounded-data.js';
import { FULL_FORM_BYTES, OUTBOX_BYTES, OUTBOX_ENTRIES, PERSON_BYTES, compactEventBytes } from './outbox-limits.js';

/** Of an attempt that was started: attempt.started, attempt.stopping, its end, and its task's end or backing-off. */
const ATTEMPT_EVENTS = 4;
/** Of the run: two actions (Cancel, Terminate), run.cancelling, task.skipped, the run's end, audit.backlogged. */
const RUN_EVENTS = 6;
/** How many of them carry a person's name. */
const RUN_PERSONS = 3;

/** What is reserved depends on the run's names and on what is under way. */
export interface Claims {
  readonly run: RunRef;
  /** Attempts that live, without the one in question. */
  readonly live: number;
  /** Events that are decided and not yet appended. */
  readonly pending?: number;
}

/**
 * Whether the outbox has room for all that one more attempt may have to tell in the worst case, beside what the living
 * ones and the end of the run may: asked before a task leaves Waiting or BackingOff for whatever it becomes. While the
 * answer is no, nothing new starts, and what runs can be recorded (design review A1).
 */
export function hasRoomForAttempt(audit: AuditState, { run, live, pending = 0 }: Claims): boolean {
  return hasRoom(audit, run, pending + 1 + ATTEMPT_EVENTS * (live + 1));
}

/**
 * Whether there is room for one event that can wait or be left out without anything being lost: attempt.waiting (the
 * status says it too), an action that is still to be applied, a task that is still to be skipped.
 */
export function hasRoomForNote(audit: AuditState, { run, live, pending = 0 }: Claims): boolean {
  return hasRoom(audit, run, pending + 1 + ATTEMPT_EVENTS * live);
}

function hasRoom(audit: AuditState, run: RunRef, events: number): boolean {
  const entries = events + RUN_EVENTS;
  if (audit.outbox.length + entries > OUTBOX_ENTRIES) return false;
  // Until the outbox holds FULL_FORM_BYTES events have their full form, from then on the compact one.
  const taken = Math.max(bytesOf(audit.outbox), FULL_FORM_BYTES);
  return taken + entries * compactEventBytes(run) + RUN_PERSONS * PERSON_BYTES <= OUTBOX_BYTES;
}
