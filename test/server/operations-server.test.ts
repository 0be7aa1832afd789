import { afterEach, describe, expect, it } from 'vitest';
import { appendEvents, initialAudit } from '../../src/audit/chain.js';
import { CONTROLLER_ACTOR, extractVerdict } from '../../src/audit/event.js';
import { verdictOfProblem } from '../../src/failure/index.js';
import { createMetrics } from '../../src/server/metrics.js';
import { type OperationsServer, serveOperations } from '../../src/server/operations-server.js';

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
    metrics.follow({ queueDepth: () => 3, oldestUnstoredSeconds: () => 42 });
    const text = await (await get('/metrics')).text();
    expect(text).toContain('workqueue_depth{name="runs"} 3');
    expect(text).toContain('lockstep_audit_oldest_unrelayed_seconds 42');
  });
});
