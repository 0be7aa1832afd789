import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/api/types.js';
import { acknowledge, appendEvents, hashOf, initialAudit, verifyChain } from '../../src/audit/chain.js';
import { sha256 } from '../../src/api/digest.js';
import { CONTROLLER_ACTOR, type EventDraft, extractVerdict } from '../../src/audit/event.js';
import { bytesOf } from '../../src/audit/bounded-data.js';
import { boundVerdict } from '../../src/audit/bounded-verdict.js';
import { arbitraryDraft, arbitraryRun, arbitraryVerdict, wildText } from '../support/arbitrary-run-state.js';
import { sampleRun, sampleTrail } from './sample-trail.js';

const trail = fc
  .tuple(arbitraryRun, fc.array(arbitraryDraft(wildText), { minLength: 1, maxLength: 12 }))
  .map(([run, drafts]) => appendEvents(initialAudit(run.uid), run, Date.UTC(2026, 2, 14), drafts).outbox);

describe('the chain of a run', () => {
  it('begins with the hash of the UID, counts from 1, and links each event to the one before', () => {
    const events = sampleTrail();
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(events[0]?.prev).toBe(sha256('c0ffee'));
    expect(events.slice(1).map(({ prev }) => prev)).toEqual(events.slice(0, -1).map(({ hash }) => hash));
    expect(events[0]).toMatchObject({
      id: 'c0ffee/1',
      time: '2026-03-14T00:00:00.000Z',
      subject: { kind: 'WorkflowExecution', namespace: 'shop', name: 'restart-web', uid: 'c0ffee' },
      actor: { kind: 'Controller', name: 'lockstep', verified: true },
    });
  });

  it('has the hash of the RFC 8785 form, computed here once by hand', () => {
    const [event] = sampleTrail();
    const canonical =
      '{"actor":{"kind":"Controller","name":"lockstep","verified":true},"data":{"tasks":1},"id":"c0ffee/1",' +
      `"prev":"${sha256('c0ffee')}","seq":1,"subject":{"kind":"WorkflowExecution","name":"restart-web",` +
      '"namespace":"shop","uid":"c0ffee"},"time":"2026-03-14T00:00:00.000Z","type":"run.accepted"}';
    expect(event?.hash).toBe(sha256(canonical));
  });

  it('says with its last event how many there are', () => {
    expect(sampleTrail().at(-1)?.data).toEqual({ events: 4 });
  });

  it('is the same whether its events are appended at once or one by one, and over JSON', () => {
    fc.assert(
      fc.property(arbitraryRun, fc.array(arbitraryDraft(wildText), { maxLength: 12 }), (run, drafts) => {
        const atOnce = appendEvents(initialAudit(run.uid), run, 0, drafts);
        const oneByOne = drafts.reduce((audit, draft) => appendEvents(audit, run, 0, [draft]), initialAudit(run.uid));
        expect(oneByOne).toEqual(atOnce);
        expect(JSON.parse(JSON.stringify(atOnce))).toEqual(atOnce);
        expect(atOnce.seq).toBe(drafts.length);
      }),
    );
  });

  it('is whole as it was made', () => {
    fc.assert(
      fc.property(trail, (events) => {
        expect(verifyChain(events)).toEqual([]);
      }),
    );
  });

  it('shows any change of any event, even one that was given a new hash', () => {
    const tampering = fc.record({
      field: fc.constantFrom('time', 'type', 'task', 'actor', 'data', 'prev', 'subject', 'seq', 'id'),
      rehash: fc.boolean(),
    });
    fc.assert(
      fc.property(trail, fc.nat(), tampering, (events, at, { field, rehash }) => {
        // The last event with a new hash is only caught by the head that the status and the ledger know.
        const index =
          at % (rehash && !['prev', 'seq', 'id', 'subject'].includes(field) ? events.length - 1 || 1 : events.length);
        if (rehash && events.length === 1) return;
        expect(verifyChain(events.map((event, i) => (i === index ? tamper(event, field, rehash) : event)))).not.toEqual(
          [],
        );
      }),
    );
  });

  it('shows an event that was taken out, put twice, or put elsewhere', () => {
    fc.assert(
      fc.property(trail, fc.nat(), fc.nat(), (events, from, to) => {
        const source = from % events.length;
        const target = to % events.length;
        const without = events.filter((_, index) => index !== source);
        const moved = [...without.slice(0, target), ...events.slice(source, source + 1), ...without.slice(target)];
        if (source < events.length - 1) expect(verifyChain(without)).not.toEqual([]);
        expect(verifyChain([...events.slice(0, source + 1), ...events.slice(source)])).not.toEqual([]);
        if (source !== target) expect(verifyChain(moved)).not.toEqual([]);
      }),
    );
  });

  it('tells a person which event is wrong and how', () => {
    const events = sampleTrail();
    expect(verifyChain(events.filter(({ seq }) => seq !== 2))[0]).toEqual({
      seq: 2,
      message: 'event 2 is missing: event 3 stands in its place',
    });
    const changed = events.map((event) => (event.seq === 3 ? { ...event, task: 'reboot' } : event));
    expect(verifyChain(changed)).toEqual([{ seq: 3, message: 'event 3 was changed: its content has another hash' }]);
  });

  it('shows that a run was ended twice', () => {
    const end: EventDraft = { type: 'run.succeeded', actor: CONTROLLER_ACTOR, data: {} };
    const twice = appendEvents(initialAudit('c0ffee'), sampleRun(), 0, [end, end]).outbox;
    expect(verifyChain(twice)).toEqual([
      { seq: 2, message: 'event 2 (run.succeeded) ends a run that had ended before' },
    ]);
  });
});

describe('an acknowledgement', () => {
  it('takes what is stored out of the outbox, keeps the chain, and never goes back', () => {
    const audit = appendEvents(
      initialAudit('c0ffee'),
      sampleRun(),
      0,
      [1, 2, 3, 4].map((attempt) => ({
        type: 'attempt.started',
        task: 'drain',
        attempt,
        actor: CONTROLLER_ACTOR,
        data: {},
      })),
    );
    const acked = acknowledge(audit, 3);
    expect(acked).toMatchObject({ seq: 4, head: audit.head, acked: 3 });
    expect(acked.outbox.map(({ seq }) => seq)).toEqual([4]);
    expect(acknowledge(acked, 2)).toBe(acked);
    expect(acknowledge(acked, 99)).toMatchObject({ acked: 4, outbox: [] });
  });

  it('changes nothing, identically, where nothing is new', () => {
    const audit = initialAudit('c0ffee');
    expect(acknowledge(audit, 0)).toBe(audit);
  });
});

describe('what a verdict leaves in the trail', () => {
  it('is at most 1 KiB, with the hash of the verdict as the status keeps it', () => {
    fc.assert(
      fc.property(arbitraryVerdict(), (verdict) => {
        const extract = extractVerdict(verdict);
        expect(bytesOf(extract)).toBeLessThanOrEqual(1024);
        expect(extractVerdict(boundVerdict(verdict))).toEqual(extract);
      }),
    );
  });
});

function tamper(event: AuditEvent, field: string, rehash: boolean): AuditEvent {
  const changes: Readonly<Record<string, Partial<AuditEvent>>> = {
    time: { time: '2031-01-01T00:00:00.000Z' },
    type: { type: event.type === 'lock.lost' ? 'lock.acquired' : 'lock.lost' },
    task: { task: `${event.task ?? ''}x` },
    actor: { actor: { ...event.actor, name: `${event.actor.name}x` } },
    data: { data: { ...event.data, added: true } },
    prev: { prev: sha256('nothing') },
    subject: { subject: { ...event.subject, uid: `${event.subject.uid}x` } },
    seq: { seq: event.seq + 1 },
    id: { id: `${event.id}0` },
  };
  const changed = { ...event, ...changes[field] };
  return rehash ? { ...changed, hash: hashOf(changed) } : changed;
}
