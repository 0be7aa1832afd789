import type { Checked } from '../../api/field-problem.js';
import type { Json, JsonObject } from '../../api/json.js';
import { checkReferences } from '../check-references.js';
import { checkSizes } from '../check-sizes.js';
import { sealPlan } from '../digest.js';
import { readDuration } from '../read-duration.js';
import { at } from '../field-path.js';
import type { InputChecks } from '../input-checks.js';
import { isNestedDeeperThan } from '../nesting.js';
import type { Plan, PlannedTask } from '../plan.js';
import { SpecReader } from '../spec-reader.js';
import { readTtlMs } from '../time-to-live.js';
import { checkConditions } from '../when/check-conditions.js';
import { checkNames, inSequence, readDependencies } from './dependencies.js';
import { readParameters } from './parameters.js';
import { readOnCall } from './on-call.js';
import { readStep } from './read-step.js';

const MAX_STEPS = 64;
const MAX_FINALLY = 16;
/** Deeper than any pod spec; what walks a spec recursively is safe within it. */
const MAX_NESTING = 100;

/**
 * The plan of a WorkflowExecution's spec, or everything that is wrong with it. The API server has filled in defaults
 * before; they are the same here, so that lint needs no API server. Pure, and total: any JSON gives a plan or problems.
 */
export function toPlan(spec: JsonObject, executors: InputChecks): Checked<Plan> {
  if (isNestedDeeperThan(spec, MAX_NESTING)) {
    return { ok: false, problems: [{ path: 'spec', message: `is nested more than ${MAX_NESTING} levels deep` }] };
  }
  const reader = new SpecReader();
  const fields = reader.object(spec, 'spec');
  const tasks = readTasks(reader, fields, executors);
  const plan = sealPlan({ ...readRun(reader, fields), tasks });
  // What a step depends on is not known where its dependsOn is faulty: then it may speak of all that come before.
  const lenient = {
    ...plan,
    tasks: tasks.map((task, index) => withKnownUpstream(reader, task, tasks.slice(0, index))),
  };
  checkReferences(reader, lenient);
  checkConditions(reader, lenient);
  checkSizes(reader, spec, lenient);
  return reader.problems.length === 0 ? { ok: true, value: plan } : { ok: false, problems: reader.problems };
}

function readTasks(reader: SpecReader, fields: JsonObject, executors: InputChecks): readonly PlannedTask[] {
  const steps = readSteps(reader, fields, { field: 'steps', max: MAX_STEPS });
  const last = readSteps(reader, fields, { field: 'finally', max: MAX_FINALLY });
  if (steps.length === 0) reader.report('spec.steps', 'names no step; a run has at least one');
  const order = reader.word(fields['order'], 'spec.order', ['Sequential', 'Graph']);
  const read = steps.map((step, index) =>
    readStep(reader, step, { path: `spec.steps[${index}]`, group: 'main', executors }),
  );
  const main = readDependencies(reader, read, { steps, order });
  const final = last.map((step, index) =>
    readStep(reader, step, { path: `spec.finally[${index}]`, group: 'finally', executors }),
  );
  for (const [index, step] of last.entries()) {
    const path = `spec.finally[${index}]`;
    if (reader.member(step, 'dependsOn') !== undefined)
      reader.report(at(path, 'dependsOn'), 'finally steps run one after the other; dependsOn has no meaning there');
  }
  const tasks = [...main, ...inSequence(final)];
  checkNames(reader, tasks);
  return tasks;
}

/** The steps of a list, at most as many as are allowed: what is too long is not read to its end. */
function readSteps(
  reader: SpecReader,
  fields: JsonObject,
  { field, max }: { readonly field: string; readonly max: number },
): readonly Json[] {
  const path = `spec.${field}`;
  const list = reader.list(fields[field], path);
  if (list.length > max) reader.report(path, `may hold at most ${max} steps, and holds ${list.length}`);
  return list.slice(0, max);
}

function readRun(reader: SpecReader, fields: JsonObject): Omit<Plan, 'digest' | 'tasks'> {
  const onFailure = reader.word(fields['onFailure'], 'spec.onFailure', ['FailFast', 'CancelRunning', 'Continue']);
  if (onFailure === 'Continue' && fields['order'] !== 'Graph')
    reader.report('spec.onFailure', 'Continue needs order: Graph');
  const onCall = readOnCall(reader, fields['onCall'], 'spec.onCall');
  return {
    version: 1,
    targetPhase: 'Succeeded',
    failedPhase: 'Failed',
    stepwise: false,
    onFailure,
    parallelism: reader.number(fields['parallelism'], 'spec.parallelism', {
      min: 1,
      max: 12,
      otherwise: 10,
      integer: true,
    }),
    timeoutMs:
      fields['timeout'] === undefined
        ? null
        : readDuration(reader, fields['timeout'], { path: 'spec.timeout', otherwise: 0 }),
    ttlMs: readTtlMs(reader, fields),
    parameters: readParameters(reader, fields['parameters'], 'spec.parameters'),
    serviceAccountName: reader.string(fields['serviceAccountName'], 'spec.serviceAccountName'),
    ...(onCall === undefined ? {} : { onCall }),
  };
}

function withKnownUpstream(reader: SpecReader, task: PlannedTask, earlier: readonly PlannedTask[]): PlannedTask {
  const path = at(task.path, 'dependsOn');
  const faulty = reader.problems.some((problem) => problem.path.startsWith(path));
  return faulty ? { ...task, dependsOn: [...new Set(earlier.map((each) => each.name))] } : task;
}
