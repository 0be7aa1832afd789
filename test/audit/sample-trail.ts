import type { RunRef } from '../../src/api/run-ref.js';
import type { Actor, AuditEvent } from '../../src/api/types.js';
import { appendEvents, initialAudit } from '../../src/audit/chain.js';
import { CONTROLLER_ACTOR, type EventDraft } from '../../src/audit/event.js';

export interface Sample {
  readonly uid?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly now?: number;
  /** Who asked for the run. */
  readonly actor?: string;
}

export function sampleRun({ uid = 'c0ffee', namespace = 'shop', name = 'restart-web' }: Sample = {}): RunRef {
  return { apiVersion: 'lockstep.dev/v1alpha1', kind: 'WorkflowExecution', namespace, name, uid };
}

/** The four events of a run with one step. */
export function sampleTrail(sample: Sample = {}): readonly AuditEvent[] {
  const run = sampleRun(sample);
  const actor: Actor =
    sample.actor === undefined ? CONTROLLER_ACTOR : { kind: 'User', name: sample.actor, verified: false };
  const drafts: readonly EventDraft[] = [
    { type: 'run.accepted', actor, data: { tasks: 1 } },
    { type: 'run.started', actor: CONTROLLER_ACTOR, data: { tasks: 1 } },
    {
      type: 'attempt.starting',
      task: 'drain',
      attempt: 1,
      actor: CONTROLLER_ACTOR,
      data: { executor: 'pod', object: { apiVersion: 'v1', kind: 'Pod', name: 'restart-web-abcdefghij-a1' } },
    },
    { type: 'run.succeeded', actor: CONTROLLER_ACTOR, data: {} },
  ];
  return appendEvents(initialAudit(run.uid), run, sample.now ?? Date.UTC(2026, 2, 14), drafts).outbox;
}
