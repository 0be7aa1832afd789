import { clip } from '../api/clip.js';
import { type Instant, formatInstant } from '../api/instant.js';
import type { RunRef } from '../api/run-ref.js';
import type { AuditEvent, AuditEventType } from '../api/types.js';
import type { AuditState } from '../plan/run-state.js';
import { boundedData, bytesOf, compactData } from './bounded-data.js';
import { canonicalForm, sha256, sha256Of } from '../api/digest.js';
import type { EventDraft } from './event.js';
import { COMPACT_ACTOR_NAME, FULL_FORM_BYTES } from './outbox-limits.js';

/** Types that end a run's story: exactly one of them, and it states how many events there are. */
const RUN_ENDS: readonly AuditEventType[] = ['run.succeeded', 'run.failed', 'run.cancelled'];

/** The trail of a run of which nothing was told yet. The first event's `prev` is the hash of the run's UID. */
export function initialAudit(uid: string): AuditState {
  return { seq: 0, head: sha256(uid), acked: 0, outbox: [] };
}

/** Numbers and chains events, in their order, and puts them into the outbox. */
export function appendEvents(audit: AuditState, run: RunRef, now: Instant, drafts: readonly EventDraft[]): AuditState {
  if (drafts.length === 0) return audit;
  const outbox = [...audit.outbox];
  let { seq, head } = audit;
  let bytes = bytesOf(outbox);
  const time = formatInstant(now);
  for (const draft of drafts) {
    seq += 1;
    const { event, bytes: own } = seal(draft, { run, time, seq, prev: head, room: FULL_FORM_BYTES - bytes });
    head = event.hash;
    bytes += own + 1;
    outbox.push(event);
  }
  return { ...audit, seq, head, toldAt: time, outbox };
}

interface Place {
  readonly run: RunRef;
  /** RFC 3339. */
  readonly time: string;
  readonly seq: number;
  readonly prev: string;
  /** Bytes for the full form; the compact one always has its room (see reserve.ts). */
  readonly room: number;
}

interface Sealed {
  readonly event: AuditEvent;
  /** Of its JSON in UTF-8. */
  readonly bytes: number;
}

/** Bytes of `"hash":"sha256:..."` and the comma before it. */
const HASH_BYTES = bytesOf({ hash: sha256('') }) - 1;

function seal(draft: EventDraft, place: Place): Sealed {
  const ends = RUN_ENDS.includes(draft.type) ? { events: place.seq } : {};
  const data = boundedData(draft.data);
  const full = withHash({ ...draft, data: { ...data, ...ends } }, 256, place);
  if (full.bytes <= place.room) return full;
  return withHash({ ...draft, data: { ...compactData(data), ...ends } }, COMPACT_ACTOR_NAME, place);
}

type Bounded = Omit<EventDraft, 'data'> & Pick<AuditEvent, 'data'>;

function withHash(draft: Bounded, nameLimit: number, { run, time, seq, prev }: Place): Sealed {
  const event = {
    id: `${run.uid}/${seq}`,
    seq,
    type: draft.type,
    time,
    subject: { kind: run.kind, namespace: run.namespace, name: run.name, uid: run.uid },
    ...(draft.task === undefined ? {} : { task: draft.task }),
    ...(draft.attempt === undefined ? {} : { attempt: draft.attempt }),
    actor: { ...draft.actor, name: clip(draft.actor.name, nameLimit) },
    data: draft.data,
    prev,
  };
  const text = canonicalForm(event);
  return { event: { ...event, hash: sha256(text) }, bytes: Buffer.byteLength(text, 'utf8') + HASH_BYTES };
}

/** Takes what is known to be stored out of the outbox. Going back is ignored: an acknowledgement is for good. */
export function acknowledge(audit: AuditState, acked: number): AuditState {
  const known = Math.min(Math.max(acked, audit.acked), audit.seq);
  const [oldest] = audit.outbox;
  if (known === audit.acked && (oldest === undefined || oldest.seq > known)) return audit;
  return { ...audit, acked: known, outbox: audit.outbox.filter((event) => event.seq > known) };
}

/** The hash that an event should have. */
export function hashOf(event: AuditEvent): string {
  const { hash: _hash, ...rest } = event;
  return sha256Of(rest);
}

export interface ChainProblem {
  readonly seq: number;
  readonly message: string;
}

/** Everything that is wrong with the trail of one run, given from its first event on; empty: it is whole. */
export function verifyChain(events: readonly AuditEvent[]): readonly ChainProblem[] {
  const first = events[0];
  if (first === undefined) return [];
  const problems: ChainProblem[] = [];
  let seq = 0;
  let head = sha256(first.subject.uid);
  for (const event of events) {
    seq += 1;
    if (event.seq !== seq) {
      problems.push({ seq, message: `event ${seq} is missing: event ${event.seq} stands in its place` });
    } else if (event.prev !== head) {
      problems.push({ seq, message: `event ${seq} does not continue event ${seq - 1}: its prev is another hash` });
    }
    if (event.subject.uid !== first.subject.uid || event.id !== `${event.subject.uid}/${event.seq}`) {
      problems.push({ seq: event.seq, message: `event ${event.seq} belongs to another run (${event.id})` });
    }
    if (hashOf(event) !== event.hash) {
      problems.push({ seq: event.seq, message: `event ${event.seq} was changed: its content has another hash` });
    }
    seq = event.seq;
    head = event.hash;
  }
  return [...problems, ...endProblems(events)];
}

/** A run ends once, whatever happened on the way. */
function endProblems(events: readonly AuditEvent[]): readonly ChainProblem[] {
  const ends = events.filter((event) => RUN_ENDS.includes(event.type));
  const second = ends[1];
  if (second === undefined) return [];
  return [{ seq: second.seq, message: `event ${second.seq} (${second.type}) ends a run that had ended before` }];
}
