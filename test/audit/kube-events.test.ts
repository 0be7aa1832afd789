import { describe, expect, it } from 'vitest';
import { appendEvents, initialAudit } from '../../src/audit/chain.js';
import { CONTROLLER_ACTOR, type EventDraft, extractVerdict } from '../../src/audit/event.js';
import { kubeEventOf } from '../../src/audit/kube-events.js';
import type { Verdict } from '../../src/api/types.js';
import { sampleRun, sampleTrail } from './sample-trail.js';

const verdict: Verdict = {
  reason: 'ImagePull',
  stage: 'PreExecution',
  retryable: true,
  effects: 'None',
  message: 'image example.invalid/web:2 cannot be pulled',
  confidence: 'Certain',
  evidence: [],
  missing: [],
};

function told(...drafts: readonly EventDraft[]) {
  const run = sampleRun();
  return appendEvents(initialAudit(run.uid), run, Date.UTC(2026, 2, 14, 3, 11, 44, 31), drafts).outbox.flatMap(
    (event) => kubeEventOf(run, event) ?? [],
  );
}

describe('Kubernetes Events', () => {
  it('are two for a normal run', () => {
    const events = sampleTrail().flatMap((event) => kubeEventOf(sampleRun(), event) ?? []);
    expect(events.map(({ type, reason }) => [type, reason])).toEqual([
      ['Normal', 'Started'],
      ['Normal', 'Finished'],
    ]);
  });

  it('warn of a failed attempt with the verdict, once: the step is not told of again', () => {
    const extract = extractVerdict(verdict);
    const attempt = { task: 'drain', attempt: 1, actor: CONTROLLER_ACTOR };
    const [event, ...more] = told(
      { ...attempt, type: 'attempt.failed', data: { verdict: extract } },
      {
        type: 'task.failed',
        task: 'drain',
        actor: CONTROLLER_ACTOR,
        data: { reason: 'ImagePull', message: 'x', attempts: 1 },
      },
    );
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'Warning',
      reason: 'ImagePull',
      message: 'step drain, attempt 1: image example.invalid/web:2 cannot be pulled',
      subject: { kind: 'WorkflowExecution', namespace: 'shop', name: 'restart-web', uid: 'c0ffee' },
      at: Date.UTC(2026, 2, 14, 3, 11, 44, 31),
    });
  });

  it('tell of a step that fails in the same way again as the same, of another cause as another', () => {
    const failure = (attempt: number, message: string): EventDraft => ({
      type: 'attempt.failed',
      task: 'drain',
      attempt,
      actor: CONTROLLER_ACTOR,
      data: { verdict: extractVerdict({ ...verdict, message }) },
    });
    const [first, again, other] = told(
      failure(1, 'no such image'),
      failure(2, 'no such image'),
      failure(3, 'no access'),
    );
    expect(again?.sameAs).toBe(first?.sameAs);
    expect(again?.message).toBe('step drain, attempt 2: no such image');
    expect(other?.sameAs).not.toBe(first?.sameAs);
  });

  it('are known by the id of the audit event, so that none is told twice', () => {
    const ids = sampleTrail().flatMap((event) => kubeEventOf(sampleRun(), event)?.id ?? []);
    const other = sampleTrail({ uid: 'other' }).flatMap((event) => kubeEventOf(sampleRun(), event)?.id ?? []);
    expect(new Set([...ids, ...other]).size).toBe(4);
  });
});
