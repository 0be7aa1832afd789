import type { FieldProblem } from '../api/field-problem.js';
import type { JsonObject } from '../api/json.js';
import { delayExecutor } from './delay/delay-executor.js';
import { validateJobInput } from './job/job-input.js';
import { validatePodInput } from './pod/pod-input.js';

interface InputCheck {
  validate(input: JsonObject): readonly FieldProblem[];
}

/** The checks of the built-in executors' inputs, without anything that they need to run: for lint and for plans. */
export const INPUT_CHECKS: ReadonlyMap<string, InputCheck> = new Map<string, InputCheck>([
  ['pod', { validate: validatePodInput }],
  ['job', { validate: validateJobInput }],
  ['delay', delayExecutor],
]);
