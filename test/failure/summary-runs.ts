import type { Verdict } from '../../src/api/types.js';
import type { RetryPolicy, SummaryAttempt, SummaryInput, SummaryStep } from '../../src/failure/index.js';
import { at, ended, event, pod, verdictOf, waiting, condition } from './build.js';

const budget = { baseMs: 10_000, factor: 2, capMs: 300_000, jitterPercent: 20 };

export const RETRY: RetryPolicy = {
  preExecution: { ...budget, limit: 5 },
  infrastructure: { ...budget, limit: 0 },
  execution: { ...budget, limit: 0, exitCodes: [] },
};

export function instant(seconds: number): number {
  return Date.parse(at(seconds));
}

export function step(name: string, parts: Partial<SummaryStep> = {}): SummaryStep {
  return {
    name,
    group: 'main',
    state: 'Waiting',
    idempotent: false,
    retry: RETRY,
    retriesUsed: { preExecution: 0, infrastructure: 0, execution: 0 },
    attempts: [],
    omitted: 0,
    verdict: null,
    waiting: null,
    nextAttemptAt: null,
    skip: null,
    endedAt: null,
    ...parts,
  };
}

export function attempt(number: number, parts: Partial<SummaryAttempt> = {}): SummaryAttempt {
  return {
    number,
    object: `Pod/step-a${number}`,
    intentAt: instant(number * 60),
    startedAt: null,
    finishedAt: instant(number * 60 + 30),
    outcome: 'Failed',
    verdict: null,
    ...parts,
  };
}

export function run(steps: readonly SummaryStep[], parts: Partial<SummaryInput> = {}): SummaryInput {
  return {
    run: { kind: 'WorkflowExecution', namespace: 'ops', name: 'restart-checkout' },
    phase: 'Running',
    acceptedAt: instant(0),
    startedAt: instant(1),
    finishedAt: null,
    now: instant(900),
    reason: null,
    message: null,
    ending: null,
    failure: null,
    steps,
    ...parts,
  };
}

const done = (name: string): SummaryStep =>
  step(name, { state: 'Succeeded', endedAt: instant(40), attempts: [attempt(1, { outcome: 'Succeeded' })] });

const skipped = (name: string): SummaryStep =>
  step(name, { state: 'Skipped', skip: { reason: 'UpstreamFailed', message: 'warm-cache failed' } });

export const OOM: Verdict = verdictOf({
  pod: pod({
    main: ended(137, { reason: 'OOMKilled', message: 'loaded 1204113 of 1900000 keys' }),
    spec: {
      containers: [
        { name: 'main', image: 'registry.example.com/team/warm:4.2', resources: { limits: { memory: '512Mi' } } },
      ],
    },
  }),
});
const NOT_FOUND: Verdict = verdictOf({
  pod: pod({ phase: 'Pending', main: waiting('ErrImagePull', 'manifest unknown') }),
});
const RATE: Verdict = verdictOf({
  pod: pod({
    phase: 'Pending',
    main: waiting('ErrImagePull', 'toomanyrequests: You have reached your pull rate limit'),
  }),
});
const FORBIDDEN: Verdict = verdictOf({
  createError: {
    kind: 'Status',
    status: 'Failure',
    code: 403,
    reason: 'Forbidden',
    message:
      'pods is forbidden: User "system:serviceaccount:lockstep-system:lockstep" cannot create resource "pods" in API group "" in the namespace "search"',
  },
});
const NODE: Verdict = verdictOf({
  pod: pod({ phase: 'Running', main: { running: { startedAt: at(5) } }, spec: { nodeName: 'worker-9' } }),
  node: {
    metadata: { name: 'worker-9' },
    spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] },
    status: {
      conditions: [condition('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.')],
    },
  },
  events: [event('NodeNotReady', 'Node is not ready')],
});
const EXIT: Verdict = verdictOf({ pod: pod({ main: ended(3, { message: 'cannot open orders.db' }) }) });
const CUT: Verdict = verdictOf(
  { pod: pod({ main: ended(143, { message: 'restarted 7 of 19' }) }) },
  { stop: { why: 'RunBound', at: instant(55) }, boundMs: 7_200_000 },
);
const STOPPED: Verdict = verdictOf({ pod: pod({ main: ended(143) }) }, { stop: { why: 'Cancel', at: instant(55) } });

const BESIDE: Verdict = verdictOf(
  { pod: pod({ main: ended(143) }) },
  { stop: { why: 'SiblingFailed', at: instant(55) } },
);

const failedStep = (name: string, verdict: Verdict, parts: Partial<SummaryStep> = {}): SummaryStep =>
  step(name, {
    state: 'Failed',
    endedAt: instant(90),
    attempts: [attempt(1, { verdict, startedAt: instant(65) })],
    ...parts,
  });

const failedRun = (steps: readonly SummaryStep[], name: string, parts: Partial<SummaryInput> = {}): SummaryInput =>
  run(steps, { phase: 'Failed', finishedAt: instant(120), failure: { step: name, attempt: 1 }, ...parts });

/** Runs in every state, by the name of their golden file. */
export const SCENES: Readonly<Record<string, SummaryInput>> = {
  'out-of-memory': failedRun([done('scale-down'), failedStep('warm-cache', OOM), skipped('scale-up')], 'warm-cache'),
  'image-retrying': run([
    step('backup', {
      state: 'BackingOff',
      nextAttemptAt: instant(400),
      retriesUsed: { preExecution: 3, infrastructure: 0, execution: 0 },
      attempts: [1, 2, 3].map((n) => attempt(n, { verdict: RATE })),
    }),
    step('migrate'),
  ]),
  'image-gave-up': failedRun([failedStep('backup', NOT_FOUND), skipped('migrate')], 'backup'),
  'budget-used-up': failedRun(
    [
      failedStep('backup', RATE, {
        retriesUsed: { preExecution: 5, infrastructure: 0, execution: 0 },
        attempts: [1, 4, 5, 6].map((n) => attempt(n, { verdict: RATE })),
        omitted: 2,
      }),
    ],
    'backup',
  ),
  'run-bound': failedRun([done('approve'), failedStep('rollout', CUT), skipped('verify')], 'rollout'),
  forbidden: failedRun(
    [
      failedStep('drain', FORBIDDEN, { attempts: [attempt(1, { verdict: FORBIDDEN, object: null })] }),
      skipped('restart'),
    ],
    'drain',
  ),
  'node-lost': failedRun([done('prepare'), failedStep('vacuum', NODE)], 'vacuum'),
  // A hundred shards side by side: the node of sixty goes away, and what depends on them does not run.
  'node-lost-with-many': failedRun(
    Array.from({ length: 100 }, (_, index) => {
      const name = `shard-${index + 1}`;
      if (index < 60) return failedStep(name, NODE, { endedAt: instant(90 + index) });
      return index < 70 ? done(name) : skipped(name);
    }),
    'shard-1',
  ),
  'exit-code': failedRun([failedStep('dump', EXIT)], 'dump'),
  'several-failed': failedRun(
    [
      failedStep('shard-1', OOM),
      ...['shard-2', 'shard-3', 'shard-4', 'shard-5', 'shard-6', 'shard-7', 'shard-8'].map((name) =>
        failedStep(name, OOM, { endedAt: instant(95) }),
      ),
      failedStep('shard-9', EXIT, { endedAt: instant(99) }),
    ],
    'shard-1',
  ),
  // onFailure: CancelRunning: a step that had begun was stopped because of the other one.
  'stopped-beside': failedRun(
    [
      failedStep('check', EXIT),
      step('drain', {
        state: 'Cancelled',
        endedAt: instant(95),
        attempts: [attempt(1, { outcome: 'Cancelled', verdict: BESIDE, startedAt: instant(65) })],
      }),
      skipped('promote'),
      done('unlock'),
    ],
    'check',
  ),
  'finally-failed': failedRun([done('work'), failedStep('notify', EXIT, { group: 'finally' })], 'notify'),
  'plan-invalid': run([step('a'), step('b')], {
    phase: 'Failed',
    reason: 'PlanInvalid',
    message: 'steps[1].when: no such step: probe',
    finishedAt: instant(2),
  }),
  waiting: run([
    step('migrate', {
      state: 'Starting',
      attempts: [attempt(1, { finishedAt: null, outcome: null })],
      waiting: {
        reason: 'QuotaExceeded',
        message: 'exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1',
        since: instant(70),
        failAt: null,
      },
    }),
  ]),
  'waiting-with-an-end': run([
    step('migrate', {
      state: 'Starting',
      attempts: [attempt(1, { finishedAt: null, outcome: null })],
      waiting: {
        reason: 'ConfigurationError',
        message: 'secret "db" not found',
        since: instant(70),
        failAt: instant(130),
      },
    }),
  ]),
  running: run([
    done('scale-down'),
    step('warm-cache', {
      state: 'Running',
      attempts: [attempt(1, { startedAt: instant(65), finishedAt: null, outcome: null })],
    }),
  ]),
  suspended: run([done('scale-down'), step('warm-cache')], {
    phase: 'Suspended',
    message: 'suspended by dana@example.com: wait for the freeze',
  }),
  blocked: run([step('a')], { phase: 'Blocked', message: 'waits for the lock of payments/Deployment/checkout' }),
  'not-confirmed-stopped': run(
    [
      step('vacuum', {
        state: 'Stopping',
        attempts: [attempt(1, { startedAt: instant(65), finishedAt: null, outcome: null })],
      }),
    ],
    {
      phase: 'Cancelling',
      reason: 'NotConfirmedStopped',
      message: 'vacuum is not confirmed stopped',
      ending: { why: 'Cancel', by: 'dana@example.com', reason: 'wrong target', at: instant(80) },
    },
  ),
  cancelled: run(
    [
      step('a', {
        state: 'Cancelled',
        endedAt: instant(90),
        attempts: [attempt(1, { outcome: 'Cancelled', verdict: STOPPED })],
      }),
      step('b', { state: 'Skipped', skip: { reason: 'RunEnding', message: 'the run was ending' } }),
    ],
    {
      phase: 'Cancelled',
      finishedAt: instant(100),
      ending: { why: 'Cancel', by: 'dana@example.com', reason: 'wrong target', at: instant(80) },
    },
  ),
  succeeded: run([done('scale-down'), done('warm-cache')], { phase: 'Succeeded', finishedAt: instant(130) }),
  'on-call': failedRun([failedStep('dump', EXIT)], 'dump', {
    onCall: {
      impact: 'Orders are not exported.',
      manual: 'Export by hand.',
      runbook: 'https://runbooks.example.com/orders',
      owner: 'team-orders',
    },
  }),
  'on-call-of-a-step': failedRun(
    [
      {
        ...failedStep('dump', EXIT),
        onCall: { impact: 'The nightly export is late.', manual: 'Nothing before 06:00.' },
      },
    ],
    'dump',
    { onCall: { impact: 'Orders are not exported.', owner: 'team-orders' } },
  ),
};
