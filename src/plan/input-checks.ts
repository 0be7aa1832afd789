import type { FieldProblem } from '../api/field-problem.js';
import type { JsonObject } from '../api/json.js';

/** The checks that executors have for their inputs, by the executor's name; paths are relative to the input. */
export type InputChecks = ReadonlyMap<string, { validate(input: JsonObject): readonly FieldProblem[] }>;
