import fc from 'fast-check';
import type { Instant } from '../../src/api/instant.js';
import type { RunRef } from '../../src/api/run-ref.js';
import type { Actor, AppliedAction, EvidenceItem, Verdict } from '../../src/api/types.js';
import { appendEvents, initialAudit } from '../../src/audit/chain.js';
import { CONTROLLER_ACTOR, type EventDraft, extractVerdict } from '../../src/audit/event.js';
import type {
  AuditState,
  EndedAttempt,
  LiveAttempt,
  RunState,
  TaskPosition,
  TaskState,
} from '../../src/plan/run-state.js';
import {
  ACTION_RESULTS,
  ACTOR_KINDS,
  CONFIDENCES,
  EFFECTS,
  ENDING_WHYS,
  PHASES,
  REASONS,
  SKIP_REASONS,
  STAGES,
  STOP_WHYS,
  VERBS,
} from '../../src/status/vocabulary.js';

/**
 * Arbitrary states of a run: every form that the types allow, whether decide would ever make it or not. `text` is what
 * the free texts are made of: short ones by default; give `wildText` for what clusters and people may come up with.
 */
export function arbitraryRunState(options: ArbitraryOptions = {}): fc.Arbitrary<RunState> {
  const { text = tameText, tasks = 4 } = options;
  return fc.record({
    planVersion: fc.constant(1),
    plan: fc.option(fc.record({ digest, targetPhase: fc.constant('Succeeded'), failedPhase: fc.constant('Failed') })),
    phase: word(PHASES),
    reason: fc.option(fc.oneof(word(REASONS), text)),
    message: fc.option(text),
    acceptedAt: instant,
    startedAt: fc.option(instant),
    mainEndedAt: fc.option(instant),
    finishedAt: fc.option(instant),
    suspendedSince: fc.option(instant),
    suspendedMs: fc.nat(),
    ending: fc.option(fc.record({ why: word(ENDING_WHYS), at: instant, actor: actor(text), reason: text })),
    failure: fc.option(fc.record({ task: name, attempt: fc.option(fc.integer({ min: 0, max: 64 })) })),
    tasks: fc.array(arbitraryTask(options), { maxLength: tasks }),
    actions: fc.array(action(text), { maxLength: 3 }),
    audit: arbitraryAudit(text),
  });
}

export interface ArbitraryOptions {
  readonly text?: fc.Arbitrary<string>;
  /** Most tasks. */
  readonly tasks?: number;
  /** Most ended attempts of a task. */
  readonly attempts?: number;
}

export const tameText = fc.string({ maxLength: 40 }).map((text) => text.replace(/\p{Surrogate}/gu, '?'));

/** Long, escaped, outside the BMP, with lone surrogates and control characters. */
export const wildText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('x', '"', '\\', '\u0001', '\ud800', '\udfff', 'ü', '漢', '🚒', '<'),
    maxLength: 2_500,
  }),
  fc.tuple(fc.constantFrom('x', '🚒', '\u0000'), fc.integer({ min: 1, max: 5_000 })).map(([unit, n]) => unit.repeat(n)),
);

export const arbitraryRun: fc.Arbitrary<RunRef> = fc.record({
  apiVersion: fc.constant('lockstep.dev/v1alpha1'),
  kind: fc.constantFrom('WorkflowExecution', 'SequentialJob'),
  namespace: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/),
  name: fc.stringMatching(/^[a-z][a-z0-9-]{0,35}[a-z0-9]$/),
  uid: fc.uuid(),
});

/** Events of every kind that decide makes, in no sensible order. */
export function arbitraryDraft(text: fc.Arbitrary<string> = tameText): fc.Arbitrary<EventDraft> {
  const attempt = fc.record({
    task: name,
    attempt: fc.integer({ min: 1, max: 64 }),
    actor: fc.constant(CONTROLLER_ACTOR),
  });
  const extract = arbitraryVerdict(text).map(extractVerdict);
  return fc.oneof(
    fc.record({ type: fc.constant('run.accepted' as const), actor: actor(text), data: fc.record({ tasks: fc.nat() }) }),
    fc.tuple(attempt, text).map(([of, executor]) => ({ ...of, type: 'attempt.starting' as const, data: { executor } })),
    fc
      .tuple(attempt, object)
      .map(([of, { uid: _uid, ...rest }]) => ({ ...of, type: 'attempt.started' as const, data: { object: rest } })),
    fc.tuple(attempt, extract).map(([of, verdict]) => ({ ...of, type: 'attempt.failed' as const, data: { verdict } })),
    fc
      .tuple(attempt, text, text)
      .map(([of, reason, message]) => ({ ...of, type: 'attempt.waiting' as const, data: { reason, message } })),
    fc.tuple(name, extract, text).map(([task, verdict, message]) => ({
      type: 'task.failed' as const,
      task,
      actor: CONTROLLER_ACTOR,
      data: { reason: verdict.reason, message, attempts: 1, verdict },
    })),
    fc.tuple(fc.array(name, { maxLength: 80 }), word(SKIP_REASONS), text).map(([tasks, reason, message]) => ({
      type: 'task.skipped' as const,
      actor: CONTROLLER_ACTOR,
      data: { tasks, reason, message },
    })),
    fc.tuple(actor(text), word(VERBS), text).map(([by, verb, reason]) => ({
      type: 'action.applied' as const,
      actor: by,
      data: { action: { uid: 'e8b1', name: 'stop-it', verb }, reason },
    })),
  );
}

function arbitraryAudit(text: fc.Arbitrary<string>): fc.Arbitrary<AuditState> {
  return fc
    .tuple(arbitraryRun, instant, fc.array(arbitraryDraft(text), { maxLength: 5 }))
    .map(([run, now, drafts]) => appendEvents(initialAudit(run.uid), run, now, drafts));
}

export function arbitraryTask(options: ArbitraryOptions = {}): fc.Arbitrary<TaskState> {
  const { text = tameText, attempts = 6 } = options;
  return fc.record({
    name,
    group: fc.constantFrom('main', 'finally'),
    position: position(text),
    waiting: fc.option(
      fc.record(
        {
          reason: text,
          subreason: fc.option(text),
          brief: text,
          message: text,
          since: instant,
          failAt: fc.option(instant),
        },
        { requiredKeys: ['reason', 'subreason', 'message', 'since', 'failAt'] },
      ),
    ),
    retriesUsed: fc.record({ preExecution: fc.nat(9), infrastructure: fc.nat(9), execution: fc.nat(9) }),
    ended: fc.array(endedAttempt(text), { maxLength: attempts }),
    omitted: fc.nat(3),
  });
}

export function arbitraryVerdict(text: fc.Arbitrary<string> = tameText): fc.Arbitrary<Verdict> {
  const evidence: fc.Arbitrary<EvidenceItem> = fc.record(
    { id: fc.stringMatching(/^E[0-9]{1,2}$/), source: text, path: text, value: text, at: text },
    { requiredKeys: ['id', 'source', 'path', 'value'] },
  );
  return fc.record(
    {
      reason: word(REASONS),
      subreason: text,
      stage: word(STAGES),
      retryable: fc.boolean(),
      effects: word(EFFECTS),
      container: text,
      exitCode: fc.integer({ min: -1, max: 255 }),
      signal: fc.nat(64),
      message: text,
      confidence: word(CONFIDENCES),
      evidence: fc.array(evidence, { maxLength: 4 }),
      missing: fc.array(text, { maxLength: 3 }),
      logTail: text,
    },
    { requiredKeys: ['reason', 'stage', 'retryable', 'effects', 'message', 'confidence', 'evidence', 'missing'] },
  );
}

function position(text: fc.Arbitrary<string>): fc.Arbitrary<TaskPosition> {
  const live = liveAttempt(text);
  const stop = fc.record({ why: word(STOP_WHYS), at: instant, assertedBy: fc.option(text) });
  return fc.oneof(
    fc.record({ state: fc.constantFrom('Waiting' as const, 'Ready' as const) }),
    fc.record({ state: fc.constantFrom('Starting' as const, 'Running' as const), attempt: live }),
    fc.record({ state: fc.constant('Stopping' as const), attempt: live, stop }),
    fc.record({ state: fc.constant('BackingOff' as const), nextAttemptAt: instant }),
    fc.record({ state: fc.constant('Succeeded' as const), endedAt: instant, outputs }),
    fc.record({ state: fc.constant('Failed' as const), endedAt: instant, verdict: fc.option(arbitraryVerdict(text)) }),
    fc.record({ state: fc.constant('Skipped' as const), endedAt: instant, reason: word(SKIP_REASONS), message: text }),
    fc.record({ state: fc.constant('Cancelled' as const), endedAt: instant }),
  );
}

function liveAttempt(text: fc.Arbitrary<string>): fc.Arbitrary<LiveAttempt> {
  return fc.record({
    number: fc.integer({ min: 1, max: 64 }),
    executor: fc.constantFrom('pod', 'job', 'delay'),
    object: fc.option(object),
    intentAt: instant,
    startedAt: fc.option(instant),
    endsAt: fc.option(instant),
    seen: fc.record({ started: fc.array(text, { maxLength: 3 }), verdict: fc.option(arbitraryVerdict(text)) }),
  });
}

function endedAttempt(text: fc.Arbitrary<string>): fc.Arbitrary<EndedAttempt> {
  const result: fc.Arbitrary<EndedAttempt['result']> = fc.oneof(
    fc.record({ outcome: fc.constant('Succeeded' as const) }),
    fc.record({ outcome: fc.constantFrom('Failed' as const, 'Cancelled' as const), verdict: arbitraryVerdict(text) }),
  );
  const stop = fc.record({
    why: word(STOP_WHYS),
    at: instant,
    assertedBy: fc.option(text),
    confirmed: fc.boolean(),
  });
  return fc
    .record({ attempt: liveAttempt(text), finishedAt: instant, stop: fc.option(stop), result })
    .map(({ attempt, ...end }) => ({ ...attempt, ...end }));
}

function actor(text: fc.Arbitrary<string>): fc.Arbitrary<Actor> {
  return fc.record({ kind: word(ACTOR_KINDS), name: text, verified: fc.boolean() });
}

function action(text: fc.Arbitrary<string>): fc.Arbitrary<AppliedAction> {
  return fc.record(
    {
      uid: fc.uuid(),
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,40}[a-z0-9]$/),
      verb: word(VERBS),
      by: text,
      at: instant.map((at) => new Date(at).toISOString()),
      result: word(ACTION_RESULTS),
      message: text,
    },
    { requiredKeys: ['uid', 'name', 'verb', 'by', 'at', 'result'] },
  );
}

/** Any millisecond of the years in which Kubernetes clusters run. */
const instant: fc.Arbitrary<Instant> = fc.integer({ min: Date.UTC(2020), max: Date.UTC(2100) });
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
const digest = fc.stringMatching(/^sha256:[0-9a-f]{64}$/);

const object = fc.record({
  apiVersion: fc.constantFrom('v1', 'batch/v1'),
  kind: fc.constantFrom('Pod', 'Job'),
  name: fc.stringMatching(/^[a-z][a-z0-9-]{0,61}$/),
  uid: fc.option(fc.uuid()),
});

const outputs = fc.dictionary(
  fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,20}$/),
  fc.oneof(tameText, fc.integer(), fc.boolean()),
  { maxKeys: 5, noNullPrototype: true },
);

function word<W extends string>(words: Readonly<Record<W, true>>): fc.Arbitrary<W> {
  return fc.constantFrom(...Object.keys(words)).filter((candidate): candidate is W => candidate in words);
}
