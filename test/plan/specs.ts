import type { FieldProblem } from '../../src/api/field-problem.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../src/api/json.js';
import { INPUT_CHECKS } from '../../src/executors/input-checks.js';
import { parsePath } from '../../src/plan/field-path.js';
import type { Plan } from '../../src/plan/plan.js';
import { toPlan } from '../../src/plan/workflow-execution/to-plan.js';

/** A step that runs one container, with whatever a test cares about. */
export function podStep(name: string, change: JsonObject = {}, container: JsonObject = {}): JsonObject {
  return { name, pod: { spec: { containers: [{ name: 'main', image: 'busybox', ...container }] } }, ...change };
}

export function delayStep(name: string, change: JsonObject = {}): JsonObject {
  return { name, delay: '1s', ...change };
}

/** The plan of a spec that has no faults. */
export function planOf(spec: JsonObject): Plan {
  const plan = toPlan(spec, INPUT_CHECKS);
  if (!plan.ok) throw new Error(plan.problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'));
  return plan.value;
}

/** `path: message` of every problem of a spec; none where it can be planned. */
export function problemsOf(spec: JsonObject): string[] {
  return problemList(spec).map((problem) => `${problem.path}: ${problem.message}`);
}

export function problemList(spec: JsonObject): readonly FieldProblem[] {
  const plan = toPlan(spec, INPUT_CHECKS);
  return plan.ok ? [] : plan.problems;
}

/** Whether a path names a field of a spec, or one that is missing in an object or a list that is there. */
export function isPlaceIn(spec: Json, text: string): boolean {
  const path = parsePath(text);
  if (path?.[0] !== 'spec') return false;
  let value: Json | undefined = spec;
  for (const step of path.slice(1)) {
    if (typeof step === 'number' && isJsonArray(value)) value = value[step];
    else if (typeof step === 'string' && isJsonObject(value))
      value = Object.hasOwn(value, step) ? value[step] : undefined;
    // What is null is as good as absent.
    else return value === undefined || value === null;
  }
  return true;
}
