import { vi } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import type { ActionVerb, Verdict } from '../../src/api/types.js';
import { type Trail, trailOf } from '../../src/audit/query.js';
import { kubeObject } from '../../src/cli/manifests/apply.js';
import { type ReadRun, readRun } from '../../src/cli/read-run.js';
import { EXECUTIONS, type ExecutionObject } from '../../src/cli/resources.js';
import { summaryInput } from '../../src/cli/summary-input.js';
import { lineOf, summarize } from '../../src/failure/index.js';
import { WORKFLOW_ACTIONS } from '../../src/reconciler/index.js';
import { type Stored, systemClock } from '../../src/runtime/index.js';
import { WAIT_MS } from './cluster.js';
import type { Place } from './place.js';

export type Run = Stored<ExecutionObject>;

/** Creates a WorkflowExecution with the name and spec. */
export function submit({ client, namespace }: Place, name: string, spec: JsonObject): Promise<Run> {
  const run = { apiVersion: 'lockstep.dev/v1alpha1', kind: 'WorkflowExecution', metadata: { name, namespace }, spec };
  return client.create(EXECUTIONS, kubeObject(run), { fieldValidation: 'Strict' });
}

/** The run as soon as it meets the condition. */
export function reached(
  { client, namespace }: Place,
  run: Run,
  condition: (run: ReadRun) => boolean,
  timeout = WAIT_MS,
): Promise<ReadRun> {
  const { name } = run.metadata;
  return vi.waitFor(
    async () => {
      const now = readRun(await client.get(EXECUTIONS, { namespace, name }));
      if (!condition(now)) throw new Error(`${name} is: ${firstLine(now)}`);
      return now;
    },
    { timeout, interval: 100 },
  );
}

/** The run when it is over. */
export function finished(place: Place, run: Run, timeout = WAIT_MS): Promise<ReadRun> {
  return reached(place, run, ({ state }) => state !== null && state.finishedAt !== null, timeout);
}

/** The run when a step of it is in the state. */
export function inState(place: Place, run: Run, step: string, state: string): Promise<ReadRun> {
  return reached(place, run, (now) => statesOf(now)[step] === state);
}

export function statesOf({ state }: ReadRun): Readonly<Record<string, string>> {
  return Object.fromEntries((state?.tasks ?? []).map((task) => [task.name, task.position.state]));
}

/** The verdict about the last attempt of a step. */
export function verdictOf({ state }: ReadRun, step: string): Verdict | null {
  const result = state?.tasks.find(({ name }) => name === step)?.ended.at(-1)?.result;
  return result === undefined || result.outcome === 'Succeeded' ? null : result.verdict;
}

/** The object of the live attempt of a step. */
export function objectOf({ state }: ReadRun, step: string): string {
  const position = state?.tasks.find(({ name }) => name === step)?.position;
  const object = position !== undefined && 'attempt' in position ? position.attempt.object : null;
  if (object === null) throw new Error(`step ${step} has no object`);
  return object.name;
}

/** What `lockstep why -o line` prints. */
export function firstLine(run: ReadRun): string {
  return lineOf(summarize(summaryInput(run, systemClock.now()))).trim();
}

/** Creates a WorkflowAction; AssertStopped is about a step. */
export async function act({ client, namespace }: Place, run: Run, verb: ActionVerb, step?: string): Promise<void> {
  const { name, uid } = run.metadata;
  await client.create(WORKFLOW_ACTIONS, {
    apiVersion: 'lockstep.dev/v1alpha1',
    kind: 'WorkflowAction',
    metadata: { generateName: `${name}-`, namespace },
    spec: {
      verb,
      executionRef: { name, uid },
      ...(step === undefined ? {} : { step }),
      requestedBy: 'dana',
      reason: 'the suite says so',
    },
  });
}

/** The audit trail of a run, once its last event is stored. */
export function trailWhole({ store }: Place, { metadata: { uid } }: Run): Promise<Trail> {
  return vi.waitFor(
    async () => {
      const trail = await trailOf(store, uid);
      const last = trail?.events.at(-1)?.type ?? 'none';
      if (trail === null || !/^run\.(succeeded|failed|cancelled)$/.test(last)) throw new Error(`the last is ${last}`);
      return trail;
    },
    { timeout: 10_000, interval: 50 },
  );
}
