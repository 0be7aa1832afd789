import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PassReport } from '../runtime/index.js';

/** Metrics of the passes, with the names of controller-runtime. */
export interface PassMetrics {
  pass(outcome: PassReport['outcome'], seconds: number): void;
  /** From the moment from which it may work to the end of its first pass (rule W4). */
  firstDecision(seconds: number): void;
  /** Passes that may be under way at a time. */
  workers(count: number): void;
}

/** How controller-runtime names them in `controller_runtime_reconcile_total`. */
const RESULT: Readonly<Record<PassReport['outcome'], string>> = {
  done: 'success',
  requeued: 'requeue_after',
  failed: 'error',
  terminal: 'error',
};

/** Registers them. `controller`: the label that tells this controller from others. */
export function createPassMetrics(registers: Registry[], controller: string): PassMetrics {
  const times = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Passes of the reconciler, by result.',
    labelNames: ['controller', 'result'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10],
    registers,
  });
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes of the reconciler: success, requeue_after, error.',
    labelNames: ['controller', 'result'],
    registers,
  });
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Passes that failed.',
    labelNames: ['controller'],
    registers,
  });
  const concurrency = new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Passes that may be under way at a time.',
    labelNames: ['controller'],
    registers,
  });
  const first = new Gauge({
    name: 'lockstep_time_to_first_decision_seconds',
    help: 'From the start of the controller (without its wait for the lease) to the end of its first pass.',
    registers,
  });
  return {
    pass: (outcome, seconds) => {
      times.observe({ controller, result: outcome }, seconds);
      total.inc({ controller, result: RESULT[outcome] });
      if (RESULT[outcome] === 'error') errors.inc({ controller });
    },
    firstDecision: (seconds) => {
      first.set(seconds);
    },
    workers: (count) => {
      concurrency.inc({ controller }, count);
    },
  };
}
