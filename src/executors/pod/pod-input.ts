import type { FieldProblem } from '../../api/field-problem.js';
import type { JsonObject } from '../../api/json.js';
import { declaredContainers } from '../pod-template.js';
import { objectOr } from '../restricted.js';

/** The containers whose end decides: those that `main` names, or all of the template. */
export function mainContainers(input: JsonObject): readonly string[] {
  const named = input['main'];
  if (Array.isArray(named) && named.length > 0) return named.filter((name) => typeof name === 'string');
  return declaredContainers(objectOr(input['spec'])).main;
}

/** Faults of a pod step that the CRD's schema cannot say. */
export function validatePodInput(input: JsonObject): readonly FieldProblem[] {
  const spec = objectOr(input['spec']);
  return [...mainProblems(input, spec), ...reservedProblems(spec)];
}

/** `main` may only name containers that are there. */
export function mainProblems(input: JsonObject, podSpec: JsonObject): FieldProblem[] {
  const { main } = declaredContainers(podSpec);
  const named = Array.isArray(input['main']) ? input['main'] : [];
  return named.flatMap((name, index) =>
    typeof name === 'string' && !main.includes(name)
      ? [{ path: `main[${index}]`, message: `no container is named ${name}; there are ${main.join(', ')}` }]
      : [],
  );
}

/** Fields that Lockstep decides itself. */
export function reservedProblems(podSpec: JsonObject): FieldProblem[] {
  return ['schedulingGates', 'ephemeralContainers'].flatMap((field) =>
    podSpec[field] === undefined ? [] : [{ path: `spec.${field}`, message: 'may not be set in a step' }],
  );
}
