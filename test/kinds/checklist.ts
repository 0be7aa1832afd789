import {
  type Checked,
  ENGINE_SCHEMA,
  INPUT_CHECKS,
  type Json,
  type JsonObject,
  type KindCondition,
  type Plan,
  type PlannedTask,
  type RunState,
  type Translator,
  SpecReader,
  formatSeconds,
  readRetry,
  sealPlan,
  summaryLine,
} from '../../src/index.js';

/**
 * A kind that Lockstep does not have, made with what it exports and nothing else: checks that run side by side as Jobs,
 * all of them whatever becomes of one, after a pause, and a report at the end. Its plan is a graph with a delay and
 * `finally`, its status has lists and no `progress`, and its spec may not change.
 */
export const checklistTranslator: Translator = {
  apiVersion: 'checks.example.com/v1',
  kind: 'Checklist',
  plural: 'checklists',
  toPlan,
  ttlMs: () => null,
  projectStatus,
  conditions,
  onSpecChange: () => ({ kind: 'Hold', message: 'a checklist is not changed while it is worked on; put it back' }),
};

/** Its CustomResourceDefinition. */
export const checklistDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'checklists.checks.example.com' },
  spec: {
    group: 'checks.example.com',
    scope: 'Namespaced',
    names: { kind: 'Checklist', listKind: 'ChecklistList', plural: 'checklists', singular: 'checklist' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: schema() },
      },
    ],
  },
};

function schema(): JsonObject {
  const text = { type: 'string' };
  const list = { type: 'array', items: text };
  const condition = {
    type: 'object',
    properties: {
      ...Object.fromEntries(['type', 'status', 'reason', 'message', 'lastTransitionTime'].map((name) => [name, text])),
      observedGeneration: { type: 'integer' },
    },
  };
  return {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: { type: 'object', properties: { image: text, checks: list, report: text, pause: text } },
      status: {
        type: 'object',
        properties: {
          ...Object.fromEntries(
            ['phase', 'reason', 'summary', 'startTime', 'completionTime'].map((name) => [name, text]),
          ),
          observedGeneration: { type: 'integer' },
          passed: list,
          failed: list,
          conditions: { type: 'array', items: condition },
          engine: ENGINE_SCHEMA,
        },
      },
    },
  };
}

function toPlan(spec: JsonObject): Checked<Plan> {
  const reader = new SpecReader();
  const image = reader.string(spec['image'], 'spec.image') ?? '';
  if (image === '') reader.report('spec.image', 'is required');
  const checks = reader.list(spec['checks'], 'spec.checks').filter((name) => typeof name === 'string');
  if (checks.length === 0) reader.report('spec.checks', 'names no check');
  const task = (name: string, more: Pick<PlannedTask, 'path' | 'group' | 'dependsOn' | 'executor' | 'input'>) => ({
    name,
    ...more,
    when: null,
    idempotent: false,
    timeouts: { startMs: 600_000, runMs: 3_600_000, stopMs: 120_000 },
    retry: readRetry(reader, undefined, { path: 'spec', idempotent: false }),
    outputs: [],
    quoteLogs: true,
  });
  const container = (name: string): Json => ({ name: 'main', image, command: [name] });
  const job = (name: string): JsonObject => ({ spec: { template: { spec: { containers: [container(name)] } } } });
  const pause = task('pause', {
    path: 'spec.pause',
    group: 'main',
    dependsOn: [],
    executor: 'delay',
    input: { duration: typeof spec['pause'] === 'string' ? spec['pause'] : '0s' },
  });
  const main = checks.map((name, index) =>
    task(name, {
      path: `spec.checks[${index}]`,
      group: 'main',
      dependsOn: ['pause'],
      executor: 'job',
      input: job(name),
    }),
  );
  const report = typeof spec['report'] === 'string' ? [spec['report']] : [];
  const last = report.map((name) =>
    task(name, {
      path: 'spec.report',
      group: 'finally',
      dependsOn: [],
      executor: 'pod',
      input: { spec: { containers: [container(name)] } },
    }),
  );
  const tasks = [pause, ...main, ...last];
  for (const { path, executor, input } of tasks) {
    for (const { message } of INPUT_CHECKS.get(executor)?.validate(input) ?? []) reader.report(path, message);
  }
  const plan = sealPlan({
    version: 1,
    targetPhase: 'Succeeded',
    failedPhase: 'Failed',
    stepwise: false,
    onFailure: 'Continue',
    parallelism: 4,
    timeoutMs: null,
    ttlMs: null,
    parameters: {},
    serviceAccountName: null,
    tasks,
  });
  return reader.problems.length === 0 ? { ok: true, value: plan } : { ok: false, problems: reader.problems };
}

function projectStatus(plan: Plan | null, state: RunState): JsonObject {
  return {
    phase: state.phase,
    ...(state.reason === null ? {} : { reason: state.reason }),
    summary: summaryLine(plan, state),
    startTime: formatSeconds(state.acceptedAt),
    ...(state.finishedAt === null ? {} : { completionTime: formatSeconds(state.finishedAt) }),
    passed: [...namesIn(state, 'Succeeded')],
    failed: [...namesIn(state, 'Failed')],
  };
}

function conditions(_plan: Plan | null, state: RunState): readonly KindCondition[] {
  const failed = namesIn(state, 'Failed');
  if (failed.length === 0) return [{ type: 'InOrder', status: 'True', reason: 'NoneFailed', message: '' }];
  return [{ type: 'InOrder', status: 'False', reason: 'ChecksFailed', message: failed.join(', ') }];
}

function namesIn({ tasks }: RunState, state: 'Succeeded' | 'Failed'): readonly string[] {
  return tasks.filter(({ position }) => position.state === state).map(({ name }) => name);
}
