import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { WorkQueue, WorkQueueListener } from '../runtime/index.js';

/** Upper bounds in seconds. */
const WAITED = [0.001, 0.01, 0.1, 0.5, 2, 10, 60, 300];
const WORKED = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 30];

/** What is asked of a queue at the moment of a scrape. */
export type MeasuredQueue = Pick<WorkQueue, 'size' | 'unfinished'>;

/** Metrics of the work queues, all together under one name, with the names of client-go and controller-runtime. */
export interface QueueMetrics {
  readonly listener: WorkQueueListener;
  follow(queue: MeasuredQueue): void;
}

/** Registers them. `name`: the label that tells this queue from others. */
export function createQueueMetrics(registers: Registry[], name: string): QueueMetrics {
  const queues: MeasuredQueue[] = [];
  const common = { labelNames: ['name'] as const, registers };
  const adds = new Counter({ ...common, name: 'workqueue_adds_total', help: 'Keys that were queued.' });
  const retries = new Counter({
    ...common,
    name: 'workqueue_retries_total',
    help: 'Keys that failed and were queued for later.',
  });
  const waited = new Histogram({
    ...common,
    name: 'workqueue_queue_duration_seconds',
    help: 'How long keys were ready before a worker had them.',
    buckets: WAITED,
  });
  const worked = new Histogram({
    ...common,
    name: 'workqueue_work_duration_seconds',
    help: 'How long keys were worked on.',
    buckets: WORKED,
  });
  const gauge = (gaugeName: string, help: string, measure: () => number): void => {
    new Gauge({
      ...common,
      name: gaugeName,
      help,
      collect() {
        this.set({ name }, measure());
      },
    });
  };
  gauge('workqueue_depth', 'Keys that are ready.', () => queues.reduce((sum, { size }) => sum + size, 0));
  gauge('workqueue_unfinished_work_seconds', 'How long keys have been worked on that are not done, together.', () =>
    queues.reduce((sum, queue) => sum + queue.unfinished().seconds, 0),
  );
  gauge(
    'workqueue_longest_running_processor_seconds',
    'How long the key has been worked on that takes the longest; it grows where a worker hangs.',
    () => Math.max(0, ...queues.map((queue) => queue.unfinished().longestSeconds)),
  );
  return {
    listener: {
      added: () => {
        adds.inc({ name });
      },
      taken: (seconds) => {
        waited.observe({ name }, seconds);
      },
      done: (seconds) => {
        worked.observe({ name }, seconds);
      },
      retried: () => {
        retries.inc({ name });
      },
    },
    follow: (queue) => {
      queues.push(queue);
    },
  };
}
