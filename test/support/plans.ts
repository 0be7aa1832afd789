import fc from 'fast-check';
import type { Plan, PlannedTask, RetryPolicy } from '../../src/plan/plan.js';

const BUDGET = { limit: 0, baseMs: 10_000, factor: 2, capMs: 300_000, jitterPercent: 20 };

export const RETRY: RetryPolicy = {
  preExecution: { ...BUDGET, limit: 5 },
  infrastructure: BUDGET,
  execution: { ...BUDGET, exitCodes: [] },
};

/** A pod task named `name`; what a test cares about is given. */
export function podTask(name: string, change: Partial<PlannedTask> = {}): PlannedTask {
  return {
    name,
    path: `spec.steps[${name}]`,
    group: 'main',
    dependsOn: [],
    executor: 'pod',
    input: { spec: { containers: [{ name: 'main', image: 'busybox', command: ['true'] }] } },
    when: null,
    idempotent: false,
    timeouts: { startMs: 600_000, runMs: 3_600_000, stopMs: 120_000 },
    retry: RETRY,
    outputs: [],
    quoteLogs: true,
    ...change,
  };
}

export function delayTask(name: string, duration: string, change: Partial<PlannedTask> = {}): PlannedTask {
  return podTask(name, { executor: 'delay', input: { duration }, ...change });
}

/** A plan of these tasks. */
export function makePlan(tasks: readonly PlannedTask[], change: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    digest: 'sha256:test',
    targetPhase: 'Succeeded',
    failedPhase: 'Failed',
    stepwise: false,
    onFailure: 'FailFast',
    parallelism: 10,
    timeoutMs: null,
    ttlMs: null,
    parameters: {},
    serviceAccountName: null,
    tasks,
    ...change,
  };
}

/** Tasks one after the other. */
export function inSequence(tasks: readonly PlannedTask[]): readonly PlannedTask[] {
  return tasks.map((task, index) => ({ ...task, dependsOn: index === 0 ? [] : [tasks[index - 1]?.name ?? ''] }));
}

/** Random plans: up to seven steps in a DAG, up to two finally steps, pods and delays, every failure policy. */
export const arbitraryPlan: fc.Arbitrary<Plan> = fc
  .record({
    edges: fc.array(fc.array(fc.nat(6), { maxLength: 3 }), { minLength: 1, maxLength: 7 }),
    delays: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
    finals: fc.nat(2),
    onFailure: fc.constantFrom('FailFast', 'CancelRunning', 'Continue'),
    parallelism: fc.integer({ min: 1, max: 4 }),
    timeoutMs: fc.option(fc.integer({ min: 1_000, max: 7_200_000 })),
    stepwise: fc.boolean(),
    idempotent: fc.boolean(),
    executionRetries: fc.nat(2),
  })
  .map(({ edges, delays, finals, idempotent, executionRetries, ...rest }) => {
    const retry = { ...RETRY, execution: { ...RETRY.execution, limit: idempotent ? executionRetries : 0 } };
    const main = edges.map((targets, index) => {
      const dependsOn = [...new Set(targets.filter((target) => target < index).map((target) => `s${target}`))];
      const change = { dependsOn, idempotent, retry };
      return delays[index] === true
        ? delayTask(`s${index}`, index % 2 === 0 ? '0s' : '7s', change)
        : podTask(`s${index}`, change);
    });
    const last = Array.from({ length: finals }, (_, index) =>
      podTask(`f${index}`, { group: 'finally', dependsOn: index === 0 ? [] : [`f${index - 1}`] }),
    );
    return makePlan([...main, ...last], rest);
  });
