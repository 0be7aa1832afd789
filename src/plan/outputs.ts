import { canonicalJson } from '../api/canonical-json.js';
import type { Checked, FieldProblem } from '../api/field-problem.js';
import { isJsonObject, type Json, type JsonObject } from '../api/json.js';
import { at } from './field-path.js';
import type { OutputDeclaration, Outputs, OutputType, PlannedTask } from './plan.js';
import { utf8Length } from './utf8-length.js';

/** The kubelet keeps at most this many bytes of a container's termination message (pkg/kubelet MaxContainerTerminationMessageLength). */
const MAX_MESSAGE_BYTES = 4096;
/** Outputs of all steps of a run together, in canonical JSON (design, "Sizes"). */
const MAX_RUN_BYTES = 64 * 1024;

/**
 * The declared outputs of a step, from the termination messages of its main containers by name. Each message that is
 * not empty must be a JSON object; together they must hold exactly what is declared. A step that declares nothing may
 * write what it likes. Problems have the path of the step's `outputs`.
 */
export function parseOutputs(
  task: Pick<PlannedTask, 'path' | 'outputs'>,
  messages: Readonly<Record<string, string>>,
): Checked<Outputs> {
  if (task.outputs.length === 0) return { ok: true, value: {} };
  const path = at(task.path, 'outputs');
  const problems: FieldProblem[] = [];
  const found = new Map<string, { readonly container: string; readonly value: Json }>();
  for (const [container, message] of Object.entries(messages)) {
    if (message.trim() === '') continue;
    const object = parseMessage(message);
    if (typeof object === 'string') {
      problems.push({ path, message: `container ${container} ${object}` });
      continue;
    }
    for (const [name, value] of Object.entries(object)) {
      const other = found.get(name)?.container;
      if (other !== undefined)
        problems.push({ path, message: `containers ${other} and ${container} both wrote output ${name}` });
      else if (!task.outputs.some((declared) => declared.name === name))
        problems.push({ path, message: undeclared(container, name, task.outputs) });
      if (value !== undefined) found.set(name, { container, value });
    }
  }
  // Where nothing could be read, what is missing would only repeat it.
  const unreadable = problems.length > 0 && found.size === 0;
  const outputs = task.outputs.map(({ name, type, sensitive }, index): [string, Json] => {
    const output = found.get(name);
    if (output === undefined) {
      if (!unreadable) problems.push({ path: at(path, index), message: `output ${name} was not written` });
    } else if (!hasType(output.value, type)) {
      problems.push({
        path: at(path, index),
        message: `output ${name} must be ${article(type)} ${type}, not ${sensitive === true ? 'what was written' : describe(output.value)}`,
      });
    }
    return [name, output?.value ?? null];
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: Object.fromEntries(outputs) };
}

/** The problem that a run's outputs would be too large with those of one more step, or null. */
export function outputsTooLarge(
  task: Pick<PlannedTask, 'path'>,
  outputs: Outputs,
  { earlier }: { readonly earlier: ReadonlyMap<string, Outputs> },
): FieldProblem | null {
  const bytes = [outputs, ...earlier.values()].reduce((sum, each) => sum + utf8Length(canonicalJson(each)), 0);
  if (bytes <= MAX_RUN_BYTES) return null;
  return {
    path: at(task.path, 'outputs'),
    message: `the run's outputs would be ${bytes} bytes, more than ${MAX_RUN_BYTES}`,
  };
}

/** The object that a message holds, or what is wrong with it. */
function parseMessage(message: string): JsonObject | string {
  const bytes = utf8Length(message);
  if (bytes > MAX_MESSAGE_BYTES)
    return `wrote ${bytes} bytes as its termination message; ${MAX_MESSAGE_BYTES} are allowed`;
  try {
    const value: unknown = JSON.parse(message);
    return isJsonObject(value) ? value : `wrote ${describe(value)} as its termination message, not a JSON object`;
  } catch {
    // JSON.parse quotes what it read; the outputs of a step are not for a message.
    const cut = bytes === MAX_MESSAGE_BYTES ? `; it has ${bytes} bytes, so that it was probably cut` : '';
    return `wrote a termination message that is no JSON${cut}`;
  }
}

function undeclared(container: string, name: string, declared: readonly OutputDeclaration[]): string {
  return `container ${container} wrote output ${JSON.stringify(name.slice(0, 63))}, which is not declared; declared: ${declared.map((each) => each.name).join(', ')}`;
}

/** Whether a value is of a declared type; integers are those that JSON carries exactly. */
export function hasType(value: Json, type: OutputType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function article(type: OutputType): string {
  return type === 'integer' ? 'an' : 'a';
}
