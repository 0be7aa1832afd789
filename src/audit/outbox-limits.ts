import type { RunRef } from '../api/run-ref.js';
import { CONTROLLER_ACTOR } from './event.js';
import { COMPACT_DATA_BYTES, bytesOf } from './bounded-data.js';

/** Bounds of the outbox in the status (design review C10; the CRD's maxItems is the same 64). */
export const OUTBOX_ENTRIES = 64;
export const OUTBOX_BYTES = 48 * 1024;

/**
 * Up to here events are kept in their full form; beyond it, which only happens while the store is down or very many
 * attempts end at once, in their compact form, so that what was reserved for them is surely enough.
 */
export const FULL_FORM_BYTES = 12 * 1024;

/** Longest name of a step (the CRDs' maxLength). */
const TASK_NAME = 40;

const HASH = `sha256:${'0'.repeat(64)}`;

/** Most bytes of one event in its compact form, and the comma after it; without names of the run and of a person. */
const NAMELESS_EVENT_BYTES =
  bytesOf({
    id: '/999999',
    seq: 999_999,
    type: 'attempt.backing-off',
    time: '2026-01-01T00:00:00.000Z',
    subject: { kind: '', namespace: '', name: '', uid: '' },
    task: 'x'.repeat(TASK_NAME),
    attempt: 64,
    actor: CONTROLLER_ACTOR,
    data: '',
    prev: HASH,
    hash: HASH,
  }) +
  COMPACT_DATA_BYTES +
  1;

/** Most bytes of one event of a run in its compact form, and the comma after it; without the name of a person. */
export function compactEventBytes({ kind, namespace, name, uid }: RunRef): number {
  // Names in Kubernetes are ASCII that JSON does not escape; the UID stands in the event's id too.
  return NAMELESS_EVENT_BYTES + kind.length + namespace.length + name.length + 2 * uid.length;
}

/** Longest name of an actor in the compact form, in characters. */
export const COMPACT_ACTOR_NAME = 64;
/** Most bytes by which such a name makes an event longer: six for a character that JSON escapes. */
export const PERSON_BYTES = COMPACT_ACTOR_NAME * 6;
