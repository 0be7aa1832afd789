import { type Checked, type FieldProblem } from '../api/field-problem.js';
import { type Json, isJsonObject } from '../api/json.js';
import type { OutputDeclaration, Outputs, PlannedTask } from './plan.js';

/** Outputs of one run together (design, "Sizes"). */
export const OUTPUTS_BYTES = 64 * 1024;

/**
 * Reads the declared outputs of a task from the termination messages of its main containers: JSON objects, whose
 * members are taken together. A member that was not declared, is missing, or has another type is a problem. A task that
 * declares none may write whatever it likes.
 */
export function parseOutputs(task: PlannedTask, messages: Readonly<Record<string, string>>): Checked<Outputs> {
  if (task.outputs.length === 0) return { ok: true, value: {} };
  const problems: FieldProblem[] = [];
  const found = new Map<string, Json>();
  for (const [container, message] of Object.entries(messages)) {
    if (message.trim() === '') continue;
    const parsed = parseObject(message);
    if (parsed === null) {
      problems.push({ path: `termination message of container ${container}`, message: 'is no JSON object' });
      continue;
    }
    for (const [name, value] of Object.entries(parsed)) {
      if (value !== undefined) found.set(name, value);
    }
  }
  const values: Record<string, Json> = {};
  for (const declared of task.outputs) {
    const value = found.get(declared.name);
    found.delete(declared.name);
    const fault = faultOf(declared, value);
    if (fault !== null) problems.push({ path: `outputs.${declared.name}`, message: fault });
    else if (value !== undefined) values[declared.name] = value;
  }
  for (const name of found.keys()) problems.push({ path: `outputs.${name}`, message: 'was written, but the step does not declare it' });
  return problems.length === 0 ? { ok: true, value: values } : { ok: false, problems };
}

function parseObject(text: string): Readonly<Record<string, Json | undefined>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    // What a program printed need not be JSON: that is the finding, not an error of ours.
    return null;
  }
}

function faultOf(declared: OutputDeclaration, value: Json | undefined): string | null {
  if (value === undefined) return 'is declared, but was not written';
  switch (declared.type) {
    case 'string':
      return typeof value === 'string' ? null : 'must be a string';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'number':
      return typeof value === 'number' ? null : 'must be a number';
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? null : 'must be an integer';
  }
}
