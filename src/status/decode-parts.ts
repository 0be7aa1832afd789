import type { JsonObject } from '../api/json.js';
import type { Actor, AppliedAction, AuditEvent, EvidenceItem, Verdict } from '../api/types.js';
import { type Reader, read } from './reader.js';
import {
  ACTION_RESULTS,
  ACTOR_KINDS,
  CONFIDENCES,
  EFFECTS,
  EVENT_TYPES,
  REASONS,
  STAGES,
  VERBS,
} from './vocabulary.js';

/** The parts of a status that are the same on the wire and in the program, checked as they are read. */

export function decodeVerdict(reader: Reader): Verdict {
  const subreason = reader.optional('subreason', read.text);
  const container = reader.optional('container', read.text);
  const exitCode = reader.optional('exitCode', read.number);
  const signal = reader.optional('signal', read.number);
  const logTail = reader.optional('logTail', read.text);
  return {
    reason: reader.word('reason', REASONS),
    ...(subreason === null ? {} : { subreason }),
    stage: reader.word('stage', STAGES),
    retryable: reader.flag('retryable'),
    effects: reader.word('effects', EFFECTS),
    ...(container === null ? {} : { container }),
    ...(exitCode === null ? {} : { exitCode }),
    ...(signal === null ? {} : { signal }),
    message: reader.text('message'),
    confidence: reader.word('confidence', CONFIDENCES),
    evidence: reader.list('evidence').map(decodeEvidence),
    missing: reader.texts('missing'),
    ...(logTail === null ? {} : { logTail }),
  };
}

function decodeEvidence(reader: Reader): EvidenceItem {
  const at = reader.optional('at', read.text);
  return {
    id: reader.text('id'),
    source: reader.text('source'),
    path: reader.text('path'),
    value: reader.text('value'),
    ...(at === null ? {} : { at }),
  };
}

export function decodeActor(reader: Reader): Actor {
  return { kind: reader.word('kind', ACTOR_KINDS), name: reader.text('name'), verified: reader.flag('verified') };
}

export function decodeAction(reader: Reader): AppliedAction {
  const message = reader.optional('message', read.text);
  return {
    uid: reader.text('uid'),
    name: reader.text('name'),
    verb: reader.word('verb', VERBS),
    by: reader.text('by'),
    at: reader.text('at'),
    result: reader.word('result', ACTION_RESULTS),
    ...(message === null ? {} : { message }),
  };
}

/** An event of the outbox. Its hash is not checked here: the store and verifyChain do. */
export function decodeEvent(reader: Reader): AuditEvent {
  const subject = reader.object('subject');
  const task = reader.optional('task', read.text);
  const attempt = reader.optional('attempt', read.number);
  return {
    id: reader.text('id'),
    seq: reader.number('seq'),
    type: reader.word('type', EVENT_TYPES),
    time: reader.text('time'),
    subject: {
      kind: subject.text('kind'),
      namespace: subject.text('namespace'),
      name: subject.text('name'),
      uid: subject.text('uid'),
    },
    ...(task === null ? {} : { task }),
    ...(attempt === null ? {} : { attempt }),
    actor: decodeActor(reader.object('actor')),
    data: definedMembers(reader.object('data')),
    prev: reader.text('prev'),
    hash: reader.text('hash'),
  };
}

/** Members of an object whose content is free. */
export function definedMembers(reader: Reader): JsonObject {
  return reader.members();
}
