import { afterEach, describe, expect, it } from 'vitest';
import { appendEvents, initialAudit } from '../../src/audit/chain.js';
import { CONTROLLER_ACTOR, extractVerdict } from '../../src/audit/event.js';
import { verdictOfProblem } from '../../src/failure/index.js';
import { createWorkQueue } from '../../src/runtime/index.js';
import { createMetrics } from '../../src/server/metrics.js';
import { type OperationsServer, serveOperations } from '../../src/server/operations-server.js';
import { VirtualClock } from '../support/virtual-clock.js';

const RUN = {
  apiVersion: 'lockstep.dev/v1alpha1',
  kind: 'WorkflowExecution',
  namespace: 'shop',
  name: 'web',
  uid: 'u1',
};
const START = Date.UTC(2026, 0, 1);

let server: OperationsServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function serve(health: { alive?: string; ready?: string } = {}) {
  const metrics = createMetrics('1.2.3');
  server = await serveOperations({
    host: '127.0.0.1',
    port: 0,
    registry: metrics.registry,
    health: { alive: () => health.alive ?? null, ready: () => health.ready ?? null },
  });
  const { url } = server;
  return { metrics, get: async (path: string) => fetch(`${url}${path}`) };
}

describe('the operations server', () => {
  it('answers the probes with 200 while all is well, and with 503 and the reason otherwise', async () => {
    const { get } = await serve({ ready: 'the first list of pods is not read yet' });
    const [alive, ready] = [await get('/healthz'), await get('/readyz')];
    expect([alive.status, await alive.text()]).toEqual([200, 'ok\n']);
    expect([ready.status, await ready.text()]).toEqual([503, 'the first list of pods is not read yet\n']);
  });

  it('says what there is where somebody asks for something else', async () => {
    const { get } = await serve();
    const other = await get('/debug');
    expect([other.status, await other.text()]).toEqual([404, 'there is /metrics, /healthz and /readyz\n']);
  });

  it('kubernaut 74: counts runs and attempts by reason, with buckets to two hours and more, and never by run', async () => {
    const { metrics, get } = await serve();
    const verdict = extractVerdict(verdictOfProblem('ConfigurationError', 'SecretNotFound', 'no secret'));
    const first = appendEvents(initialAudit('u1'), RUN, START, [
      { type: 'run.accepted', actor: CONTROLLER_ACTOR, data: { tasks: 1 } },
    ]);
    const both = appendEvents(first, RUN, START + 1_800_000, [
      { type: 'attempt.failed', task: 'a', attempt: 1, actor: CONTROLLER_ACTOR, data: { verdict } },
      { type: 'run.failed', actor: CONTROLLER_ACTOR, data: { reason: 'ConfigurationError', message: 'no secret' } },
    ]);
    metrics.committed(RUN, both.outbox);
    const text = await (await get('/metrics')).text();
    expect(text).toContain(
      'lockstep_step_attempts_total{kind="WorkflowExecution",outcome="Failed",reason="ConfigurationError",stage="PreExecution"} 1',
    );
    expect(text).toContain(
      'lockstep_executions_total{kind="WorkflowExecution",phase="Failed",reason="ConfigurationError"} 1',
    );
    expect(text).toContain(
      'lockstep_execution_duration_seconds_bucket{le="1800",kind="WorkflowExecution",phase="Failed"} 1',
    );
    expect(text).toContain('le="7200"');
    expect(text).not.toContain('web');
  });

  it('measures the queue and the age of the audit backlog when somebody asks', async () => {
    const { metrics, get } = await serve();
    metrics.queue.follow({ size: 3, unfinished: () => ({ seconds: 9, longestSeconds: 5 }) });
    metrics.queue.follow({ size: 1, unfinished: () => ({ seconds: 4, longestSeconds: 4 }) });
    metrics.follow({ oldestUnstoredSeconds: () => 42 });
    const text = await (await get('/metrics')).text();
    expect(text).toContain('workqueue_depth{name="runs"} 4');
    expect(text).toContain('workqueue_unfinished_work_seconds{name="runs"} 13');
    expect(text).toContain('workqueue_longest_running_processor_seconds{name="runs"} 5');
    expect(text).toContain('lockstep_audit_oldest_unrelayed_seconds 42');
  });

  it('measures the work of the queue under the names that every dashboard of controllers knows', async () => {
    const { metrics, get } = await serve();
    const clock = new VirtualClock();
    const queue = createWorkQueue(clock, metrics.queue.listener);
    metrics.queue.follow(queue);
    queue.add('a');
    queue.addFailed('b');
    await clock.advance(50);
    await queue.next(new AbortController().signal);
    await clock.advance(20);
    queue.done('a');
    const text = await (await get('/metrics')).text();
    expect(text).toContain('workqueue_adds_total{name="runs"} 2');
    expect(text).toContain('workqueue_retries_total{name="runs"} 1');
    expect(text).toContain('workqueue_depth{name="runs"} 1');
    expect(text).toContain('workqueue_queue_duration_seconds_sum{name="runs"} 0.05');
    expect(text).toContain('workqueue_work_duration_seconds_sum{name="runs"} 0.02');
  });

  it("counts passes as controller-runtime does: prometheus metric reconcile_total, and a run's as of ours", async () => {
    const { metrics, get } = await serve();
    metrics.passes.workers(8);
    for (const outcome of ['done', 'requeued', 'failed', 'terminal'] as const) metrics.passes.pass(outcome, 0.01);
    const text = await (await get('/metrics')).text();
    expect(text).toContain('controller_runtime_reconcile_total{controller="run",result="success"} 1');
    expect(text).toContain('controller_runtime_reconcile_total{controller="run",result="requeue_after"} 1');
    expect(text).toContain('controller_runtime_reconcile_total{controller="run",result="error"} 2');
    expect(text).toContain('controller_runtime_reconcile_errors_total{controller="run"} 2');
    expect(text).toContain('controller_runtime_reconcile_time_seconds_count{controller="run",result="terminal"} 1');
    expect(text).toContain('controller_runtime_max_concurrent_reconciles{controller="run"} 8');
  });

  it('N1: the 99th percentile of the delay of the event loop is a metric of the process', async () => {
    const { registry } = createMetrics('1.2.3', { processMetrics: true });
    expect(await registry.metrics()).toMatch(/^nodejs_eventloop_lag_p99_seconds [0-9.e-]+$/m);
  });
});
