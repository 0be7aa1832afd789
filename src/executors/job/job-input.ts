import type { FieldProblem } from '../../api/field-problem.js';
import type { JsonObject } from '../../api/json.js';
import { mainContainers, mainProblems, reservedProblems } from '../pod/pod-input.js';
import { declaredContainers } from '../pod-template.js';
import { objectOr } from '../restricted.js';

/** Faults of a job step that the CRD's schema cannot say. */
export function validateJobInput(input: JsonObject): readonly FieldProblem[] {
  const spec = jobPodSpec(input);
  return [
    ...mainProblems(input, spec),
    ...reservedProblems(spec).map(({ path, message }) => ({
      path: path.replace('spec.', 'spec.template.spec.'),
      message,
    })),
  ];
}

/** The containers of a job step: declared, and those whose end decides. */
export function jobContainers(input: JsonObject): {
  readonly template: readonly string[];
  readonly main: readonly string[];
} {
  const spec = jobPodSpec(input);
  const main = mainContainers({ ...(input['main'] === undefined ? {} : { main: input['main'] }), spec });
  return { main, template: declaredContainers(spec).template };
}

function jobPodSpec(input: JsonObject): JsonObject {
  return objectOr(objectOr(objectOr(input['spec'])['template'])['spec']);
}
