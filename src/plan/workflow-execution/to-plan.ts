import type { Checked } from '../../api/field-problem.js';
import type { JsonObject } from '../../api/json.js';
import { sealPlan } from '../digest.js';
import { readDuration } from '../durations.js';
import type { Plan } from '../plan.js';
import { SpecReader } from '../problems.js';
import { checkReferences } from '../check-references.js';
import { checkConditions } from '../when/check-conditions.js';
import { checkNames, inSequence, readDependencies } from './dependencies.js';
import { readParameters } from './parameters.js';
import { type InputChecks, readStep } from './read-step.js';

const MAX_STEPS = 64;
const MAX_FINALLY = 16;
/** Seven days, as the CRD has it. */
const DEFAULT_TTL_SECONDS = 604_800;

/**
 * The plan of a WorkflowExecution's spec, or everything that is wrong with it. The API server has filled in defaults
 * before; they are the same here, so that lint needs no API server. Pure, and total: any JSON gives a plan or problems.
 */
export function toPlan(spec: JsonObject, executors: InputChecks): Checked<Plan> {
  const reader = new SpecReader();
  const steps = reader.list(spec['steps'], 'spec.steps');
  const last = reader.list(spec['finally'], 'spec.finally');
  if (steps.length === 0) reader.report('spec.steps', 'names no step; a run has at least one');
  if (steps.length > MAX_STEPS)
    reader.report('spec.steps', `may hold at most ${MAX_STEPS} steps, and holds ${steps.length}`);
  if (last.length > MAX_FINALLY)
    reader.report('spec.finally', `may hold at most ${MAX_FINALLY} steps, and holds ${last.length}`);
  const order = reader.word(spec['order'], 'spec.order', ['Sequential', 'Graph']);
  const onFailure = reader.word(spec['onFailure'], 'spec.onFailure', ['FailFast', 'CancelRunning', 'Continue']);
  if (onFailure === 'Continue' && order !== 'Graph') reader.report('spec.onFailure', 'Continue needs order: Graph');
  const read = steps.map((step, index) =>
    readStep(reader, step, { path: `spec.steps[${index}]`, group: 'main', executors }),
  );
  const main = readDependencies(reader, read, steps, order);
  const final = inSequence(
    last.map((step, index) => readStep(reader, step, { path: `spec.finally[${index}]`, group: 'finally', executors })),
  );
  last.forEach((step, index) => {
    if (reader.object(step, `spec.finally[${index}]`)['dependsOn'] !== undefined) {
      reader.report(
        `spec.finally[${index}].dependsOn`,
        'finally steps run one after the other; dependsOn has no meaning there',
      );
    }
  });
  const tasks = [...main, ...final];
  checkNames(reader, tasks);
  const timeout = spec['timeout'] === undefined ? null : readDuration(reader, spec['timeout'], 'spec.timeout', 0);
  const ttl = reader.number(spec['ttlSecondsAfterFinished'], 'spec.ttlSecondsAfterFinished', {
    min: 0,
    max: 31_536_000,
    otherwise: DEFAULT_TTL_SECONDS,
    integer: true,
  });
  const plan = sealPlan({
    version: 1,
    targetPhase: 'Succeeded',
    failedPhase: 'Failed',
    stepwise: false,
    onFailure,
    parallelism: reader.number(spec['parallelism'], 'spec.parallelism', {
      min: 1,
      max: 12,
      otherwise: 10,
      integer: true,
    }),
    timeoutMs: timeout,
    ttlMs: ttl * 1_000,
    parameters: readParameters(reader, spec['parameters'], 'spec.parameters'),
    serviceAccountName: reader.string(spec['serviceAccountName'], 'spec.serviceAccountName'),
    tasks,
  });
  checkReferences(reader, plan);
  // Conditions name steps: they make sense only once the steps do.
  if (reader.problems.length === 0) checkConditions(reader, plan);
  return reader.problems.length === 0 ? { ok: true, value: plan } : { ok: false, problems: reader.problems };
}
