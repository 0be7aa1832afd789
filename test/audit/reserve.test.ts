import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRef } from '../../src/api/run-ref.js';
import type { AuditState } from '../../src/plan/run-state.js';
import { bytesOf } from '../../src/audit/bounded-data.js';
import { acknowledge, appendEvents, initialAudit } from '../../src/audit/chain.js';
import { CONTROLLER_ACTOR, type EventDraft } from '../../src/audit/event.js';
import { OUTBOX_BYTES, OUTBOX_ENTRIES } from '../../src/audit/outbox-limits.js';
import { hasRoomForAttempt, hasRoomForNote } from '../../src/audit/reserve.js';
import { arbitraryRun, arbitraryVerdict, wildText } from '../support/arbitrary-run-state.js';
import { extractVerdict } from '../../src/audit/event.js';
import { sampleRun } from './sample-trail.js';

describe('the outbox', () => {
  it('never passes its bounds, whatever happens to runs that ask before they start something', () => {
    const step = fc.record({
      what: fc.constantFrom('start', 'start', 'start', 'wait', 'end', 'acknowledge'),
      verdict: arbitraryVerdict(wildText),
      text: wildText,
      stop: fc.boolean(),
      started: fc.boolean(),
    });
    fc.assert(
      fc.property(arbitraryRun, fc.array(step, { maxLength: 80 }), wildText, (run, steps, reason) => {
        const model = new Model(run);
        for (const { what, verdict, text, stop, started } of steps) {
          if (what === 'start') model.start();
          else if (what === 'wait') model.wait(text);
          else if (what === 'end') model.end({ verdict, stop, started });
          else model.acknowledge();
          model.check();
        }
        model.cancelAndEnd(reason);
        model.check();
      }),
      { numRuns: 60 },
    );
  });

  it('has room for ten attempts at once in a run with names as people give them', () => {
    const model = new Model(
      sampleRun({ name: 'remediate-web-20261125-1', uid: '6f1a5c0e-3a8c-4a6e-9b1f-0e6f5d1c2b3a' }),
    );
    for (let n = 0; n < 10; n += 1) model.start();
    expect(model.live).toBe(10);
  });

  it('says no while the store takes nothing, and yes again once it has taken what there was', () => {
    const model = new Model(sampleRun());
    for (let n = 0; n < 40; n += 1) {
      model.start();
      model.end({ verdict: null, stop: false, started: true });
    }
    expect(model.room()).toBe(false);
    model.acknowledge();
    expect(model.room()).toBe(true);
  });

  it('counts what is decided and not yet appended', () => {
    const run = sampleRun();
    const audit = initialAudit(run.uid);
    expect(hasRoomForAttempt(audit, { run, live: 0 })).toBe(true);
    expect(hasRoomForAttempt(audit, { run, live: 0, pending: 60 })).toBe(false);
    expect(hasRoomForNote(audit, { run, live: 0, pending: 60 })).toBe(false);
  });
});

/** A run that tells all that it may, and starts only where there is room. */
class Model {
  live = 0;
  readonly #run: RunRef;
  #audit: AuditState;

  constructor(run: RunRef) {
    this.#run = run;
    this.#audit = initialAudit(run.uid);
    this.#tell([
      { type: 'run.accepted', actor: person('x'.repeat(300)), data: { tasks: 80 } },
      { type: 'run.started', actor: CONTROLLER_ACTOR, data: { tasks: 80 } },
    ]);
  }

  room(): boolean {
    return hasRoomForAttempt(this.#audit, { run: this.#run, live: this.live });
  }

  start(): void {
    if (!this.room()) return;
    this.live += 1;
    const object = { apiVersion: 'batch/v1', kind: 'Job', name: 'x'.repeat(63) };
    this.#tell([
      { ...ATTEMPT, type: 'attempt.starting', data: { executor: 'job', object, specDigest: 's'.repeat(71) } },
    ]);
  }

  wait(text: string): void {
    if (this.live === 0 || !hasRoomForNote(this.#audit, { run: this.#run, live: this.live })) return;
    this.#tell([{ ...ATTEMPT, type: 'attempt.waiting', data: { reason: text, message: text } }]);
  }

  end({
    verdict,
    stop,
    started,
  }: {
    verdict: Parameters<typeof extractVerdict>[0] | null;
    stop: boolean;
    started: boolean;
  }): void {
    if (this.live === 0) return;
    this.live -= 1;
    const object = { apiVersion: 'batch/v1', kind: 'Job', name: 'x'.repeat(63), uid: 'u'.repeat(36) };
    if (started) this.#tell([{ ...ATTEMPT, type: 'attempt.started', data: { object } }]);
    if (stop) this.#tell([{ ...ATTEMPT, type: 'attempt.stopping', data: { why: 'RunBound', object } }]);
    if (verdict === null) {
      this.#tell([
        { ...ATTEMPT, type: 'attempt.succeeded', data: { object } },
        { ...TASK, type: 'task.succeeded', data: { attempts: 1, outputs: ['x'.repeat(63), 'y'.repeat(63)] } },
      ]);
      return;
    }
    const extract = extractVerdict(verdict);
    this.#tell([
      { ...ATTEMPT, type: 'attempt.failed', data: { verdict: extract, object } },
      { ...TASK, type: 'task.failed', data: { reason: extract.reason, message: extract.message, attempts: 1 } },
    ]);
  }

  /** What the reserve of the run is for. */
  cancelAndEnd(text: string): void {
    const uid = 'u'.repeat(36);
    const actor = person(text);
    this.#tell([
      { type: 'action.applied', actor, data: { action: { uid, name: 'stop', verb: 'Cancel' }, reason: text } },
      { type: 'run.cancelling', actor, data: { why: 'Cancel', reason: text } },
      { type: 'action.applied', actor, data: { action: { uid, name: 'kill', verb: 'Terminate' }, reason: text } },
    ]);
    while (this.live > 0) this.end({ verdict: null, stop: true, started: true });
    const tasks = Array.from({ length: 80 }, (_, n) => `${'x'.repeat(38)}${n}`);
    this.#tell([
      { type: 'task.skipped', actor: CONTROLLER_ACTOR, data: { tasks, reason: 'RunEnding', message: text } },
      { type: 'run.failed', actor: CONTROLLER_ACTOR, data: { reason: 'Cancelled', message: text } },
    ]);
  }

  acknowledge(): void {
    this.#audit = acknowledge(this.#audit, this.#audit.seq);
  }

  check(): void {
    expect(this.#audit.outbox.length).toBeLessThanOrEqual(OUTBOX_ENTRIES);
    expect(bytesOf(this.#audit.outbox)).toBeLessThanOrEqual(OUTBOX_BYTES);
  }

  #tell(drafts: readonly EventDraft[]): void {
    this.#audit = appendEvents(this.#audit, this.#run, Date.UTC(2026, 2, 14), drafts);
  }
}

const TASK = { task: 'x'.repeat(40), actor: CONTROLLER_ACTOR } as const;
const ATTEMPT = { ...TASK, attempt: 64 } as const;

function person(name: string): EventDraft['actor'] {
  return { kind: 'User', name, verified: false };
}
