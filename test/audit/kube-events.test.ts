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
      involvedObject: { kind: 'WorkflowExecution', namespace: 'shop', name: 'restart-web', uid: 'c0ffee' },
      source: { component: 'lockstep' },
      firstTimestamp: '2026-03-14T03:11:44Z',
    });
  });

  it('have a name that follows from UID and sequence, so that none is told twice', () => {
    const names = sampleTrail().map((event) => kubeEventOf(sampleRun(), event)?.metadata.name);
    expect(names).toEqual(sampleTrail().map((event) => kubeEventOf(sampleRun(), event)?.metadata.name));
    const other = sampleTrail({ uid: 'other' }).map((event) => kubeEventOf(sampleRun(), event)?.metadata.name);
    const given = [...names, ...other].filter((name) => name !== undefined);
    expect(new Set(given).size).toBe(4);
    expect(given.every((name) => /^[a-z0-9.-]{1,253}$/.test(name))).toBe(true);
  });
});
