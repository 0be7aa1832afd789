import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../../api/clock.js';
import { createAttemptIdentity } from '../../executors/attempt-identity.js';
import { type EvidenceResource, createEvidenceSource } from '../../executors/access/evidence-source.js';
import { createObjectAccess } from '../../executors/access/object-access.js';
import { delayExecutor } from '../../executors/delay/delay-executor.js';
import { createJobExecutor } from '../../executors/job/job-executor.js';
import { createPodExecutor } from '../../executors/pod/pod-executor.js';
import { createRegistry } from '../../executors/registry.js';
import type { Translator } from '../../plan/translator.js';
import type { AuditRelay, PassObserver } from '../../reconciler/index.js';
import { PassAgainError, type RunController, createInformers, createRunController } from '../../reconciler/index.js';
import type { Client, PassReport } from '../../runtime/index.js';
import type { Metrics } from '../../server/metrics.js';

export interface ControllerSetup {
  readonly client: Client;
  readonly clock: Clock;
  /** Of the kinds that are run. */
  readonly translators: readonly Translator[];
  /** Null: all namespaces. */
  readonly namespace: string | null;
  /** 32 bytes; see createAttemptIdentity. */
  readonly key: Uint8Array;
  readonly relay: AuditRelay;
  readonly observer: PassObserver;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly workers?: number;
  readonly freeze?: boolean;
  /** See RunControllerOptions. */
  readonly mayWork?: (signal: AbortSignal) => Promise<void>;
  /** What it has no right to read. Default: nothing. */
  readonly denied?: readonly EvidenceResource[];
}

/** Runs that are worked on at a time. */
const WORKERS = 8;

/** Puts a controller together: informers, executors, passes. It does nothing before its `run` is called. */
export function assembleController(setup: ControllerSetup): RunController {
  const { client, clock, translators, metrics, log, denied = [] } = setup;
  const informers = createInformers(translators, {
    client,
    clock,
    random: Math.random,
    namespace: setup.namespace,
    watchWarnings: !denied.includes('events'),
    freeze: setup.freeze ?? false,
    onProblem: (resource, problem) => {
      log.warn(
        { resource, during: problem.during, err: problem.error, nextTryInMs: problem.nextTryInMs },
        'the cache of a resource is behind',
      );
    },
  });
  metrics.onSkew((skew) => {
    tellSkew(skew, log);
  });
  const workers = setup.workers ?? WORKERS;
  metrics.passes.workers(workers);
  const first = firstDecision(setup);
  const identity = createAttemptIdentity(setup.key);
  const evidence = createEvidenceSource(client, clock, { warnings: informers.warnings, denied });
  const pods = createObjectAccess(client, informers.pods);
  const jobs = createObjectAccess(client, informers.jobs);
  const registry = createRegistry([
    createPodExecutor({ pods, evidence, identity }),
    createJobExecutor({ jobs, pods, evidence, identity }),
    delayExecutor,
  ]);
  return createRunController({
    client,
    clock,
    informers,
    registry,
    relay: setup.relay,
    observer: setup.observer,
    workers,
    queueListener: metrics.queue.listener,
    newReconcileId: randomUUID,
    ...first.mayWork,
    onPass: (report) => {
      first.passed();
      reportPass(report, { metrics, log });
    },
  });
}

/** Measures the time to the first pass (rule W4); how long it waits for another to give up the lease is not its own. */
function firstDecision({ clock, metrics, mayWork }: ControllerSetup): {
  readonly mayWork: Pick<ControllerSetup, 'mayWork'>;
  passed(): void;
} {
  let since: number | null = clock.monotonic();
  const waiting = async (until: NonNullable<ControllerSetup['mayWork']>, signal: AbortSignal): Promise<void> => {
    const asked = clock.monotonic();
    await until(signal);
    if (since !== null) since += clock.monotonic() - asked;
  };
  return {
    mayWork: mayWork === undefined ? {} : { mayWork: (signal) => waiting(mayWork, signal) },
    passed() {
      if (since === null) return;
      metrics.passes.firstDecision((clock.monotonic() - since) / 1_000);
      since = null;
    },
  };
}

/** Runs stay right, whatever the clocks say (their time never goes back); people who compare times do not. */
function tellSkew({ ms, far }: { readonly ms: number; readonly far: boolean }, log: Logger): void {
  const skewSeconds = ms / 1_000;
  if (!far) {
    log.info({ skewSeconds }, "the clock of this machine agrees with the API server's again");
    return;
  }
  const message = `the clock of this machine is ${Math.abs(skewSeconds)} s ${ms > 0 ? 'ahead of' : 'behind'} the API server's: times in statuses and in the audit trail are this machine's; check its time synchronisation (NTP)`;
  log.warn({ skewSeconds }, message);
}

function reportPass(report: PassReport, { metrics, log }: { readonly metrics: Metrics; readonly log: Logger }): void {
  const { key, reconcileId, outcome, seconds, error, nextInMs } = report;
  metrics.passes.pass(outcome, seconds);
  if (error instanceof PassAgainError) {
    // Expected where the API server is busy or away: not a fault of this program, so no stack.
    log.info({ run: key, reconcileId, because: error.message, nextInMs }, 'what the pass had to do comes again');
  } else if (outcome === 'failed' || outcome === 'terminal') {
    log.warn({ run: key, reconcileId, err: error, nextInMs }, 'a pass could not be finished and comes again');
  } else {
    log.debug({ run: key, reconcileId, seconds, nextInMs }, 'pass');
  }
}
