import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { RunRef } from '../api/run-ref.js';
import type { AuditEvent } from '../api/types.js';
import { isJsonObject } from '../api/json.js';
import type { CallReport } from '../runtime/index.js';
import { createClockSkew } from './clock-skew.js';
import { type PassMetrics, createPassMetrics } from './pass-metrics.js';
import { type QueueMetrics, createQueueMetrics } from './queue-metrics.js';

/** Upper bounds in seconds, to two hours and more: remediation takes minutes, not milliseconds (kubernaut behaviour 74). */
const DURATION_BUCKETS = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400];
/**
 * How often the delay of the event loop is looked at: prom-client's 10 ms wake an idle process a hundred times a second,
 * which costs more CPU than all else that it does then.
 */
const EVENT_LOOP_SAMPLE_MS = 250;

/** What is read at the moment of a scrape. */
export interface MeasuredSource {
  /** Age in seconds of the oldest audit event that is committed and not stored; 0 where there is none. */
  oldestUnstoredSeconds(): number;
}

/** `ms`: positive where the clock of this machine is ahead. */
export type SkewListener = (skew: { readonly ms: number; readonly far: boolean }) => void;

/** The controller's metrics. Labels are bounded: never a run, a pod or a UID (research `ux.md` section 5). */
export interface Metrics {
  readonly registry: Registry;
  /** Counts what was committed. */
  committed(run: RunRef, events: readonly AuditEvent[]): void;
  call(report: CallReport): void;
  readonly passes: PassMetrics;
  readonly queue: QueueMetrics;
  statusWrite(result: 'written' | 'conflict' | 'error'): void;
  /** What is measured when somebody asks: of all sources together. */
  follow(source: MeasuredSource): void;
  /** Who is told when the clock of this machine is 2 s or more from the API server's, and when no longer. */
  onSkew(listener: SkewListener): void;
  /** Whether this process leads, under the name of its lease. */
  followLeader(lease: string, isLeading: () => boolean): void;
}

/** Makes a registry of its own, so that two controllers in one process do not mix. */
export function createMetrics(version: string, options: { readonly processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics === true)
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS });
  const info = new Gauge({
    name: 'lockstep_build_info',
    help: 'Version of Lockstep; always 1.',
    labelNames: ['version'],
    registers,
  });
  info.set({ version }, 1);
  const executions = new Counter({
    name: 'lockstep_executions_total',
    help: 'Runs that ended, by kind, phase, and reason.',
    labelNames: ['kind', 'phase', 'reason'],
    registers,
  });
  const attempts = new Counter({
    name: 'lockstep_step_attempts_total',
    help: 'Attempts that ended, each counted, by outcome, reason and stage.',
    labelNames: ['kind', 'outcome', 'reason', 'stage'],
    registers,
  });
  const backoffs = new Counter({
    name: 'lockstep_backoffs_total',
    help: 'Retries that were scheduled, by stage.',
    labelNames: ['kind', 'stage'],
    registers,
  });
  const durations = new Histogram({
    name: 'lockstep_execution_duration_seconds',
    help: 'From acceptance to the end of a run.',
    labelNames: ['kind', 'phase'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const calls = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Requests to the API server.',
    labelNames: ['verb', 'resource', 'code'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2, 10],
    registers,
  });
  const writes = new Counter({
    name: 'lockstep_status_writes_total',
    help: 'Status patches, by result.',
    labelNames: ['result'],
    registers,
  });
  const sources: MeasuredSource[] = [];
  new Gauge({
    name: 'lockstep_audit_oldest_unrelayed_seconds',
    help: 'Age of the oldest audit event that is committed and not stored.',
    registers,
    collect() {
      this.set(Math.max(0, ...sources.map((source) => source.oldestUnstoredSeconds())));
    },
  });
  const leaders = new Map<string, () => boolean>();
  new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process leads, by the name of the lease: 1 or 0.',
    labelNames: ['name'],
    registers,
    collect() {
      for (const [name, isLeading] of leaders) this.set({ name }, isLeading() ? 1 : 0);
    },
  });
  let onSkew: SkewListener = () => undefined;
  const skew = createClockSkew((change) => {
    onSkew(change);
  });
  new Gauge({
    name: 'lockstep_clock_skew_seconds',
    help: "The clock of this machine minus the API server's, by the Date of its answers; 2 s or more is also logged.",
    registers,
    collect() {
      if (skew.ms !== null) this.set(skew.ms / 1_000);
    },
  });
  const accepted = new Map<string, number>();

  return {
    registry,
    passes: createPassMetrics(registers, 'run'),
    queue: createQueueMetrics(registers, 'runs'),
    committed(run, events) {
      for (const event of events) {
        if (event.type === 'run.accepted') accepted.set(run.uid, Date.parse(event.time));
        countEvent(run.kind, event, { attempts, backoffs });
        const phase = ENDED[event.type];
        if (phase === undefined) continue;
        executions.inc({ kind: run.kind, phase, reason: wordOf(event, 'reason') });
        const since = accepted.get(run.uid);
        if (since !== undefined) durations.observe({ kind: run.kind, phase }, (Date.parse(event.time) - since) / 1_000);
        accepted.delete(run.uid);
      }
    },
    call: ({ verb, resource, code, seconds, skew: bounds }) => {
      if (bounds !== null) skew.note(bounds);
      calls.observe({ verb, resource, code: code === null ? 'none' : String(code) }, seconds);
    },
    statusWrite: (result) => {
      writes.inc({ result });
    },
    follow: (source) => {
      sources.push(source);
    },
    onSkew: (listener) => {
      onSkew = listener;
    },
    followLeader: (lease, isLeading) => {
      leaders.set(lease, isLeading);
    },
  };
}

const ENDED: Readonly<Partial<Record<AuditEvent['type'], string>>> = {
  'run.succeeded': 'Succeeded',
  'run.failed': 'Failed',
  'run.cancelled': 'Cancelled',
};

const ATTEMPT_ENDED: Readonly<Partial<Record<AuditEvent['type'], string>>> = {
  'attempt.succeeded': 'Succeeded',
  'attempt.failed': 'Failed',
  'attempt.cancelled': 'Cancelled',
};

function countEvent(kind: string, event: AuditEvent, counters: { attempts: Counter; backoffs: Counter }): void {
  const outcome = ATTEMPT_ENDED[event.type];
  if (outcome !== undefined) {
    const verdict = event.data['verdict'];
    const word = (name: string): string =>
      isJsonObject(verdict) && typeof verdict[name] === 'string' ? verdict[name] : '';
    counters.attempts.inc({ kind, outcome, reason: word('reason'), stage: word('stage') });
  }
  if (event.type === 'attempt.backing-off') counters.backoffs.inc({ kind, stage: wordOf(event, 'stage') });
}

function wordOf(event: AuditEvent, name: string): string {
  const value = event.data[name];
  return typeof value === 'string' ? value : '';
}
