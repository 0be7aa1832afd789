import type { Checked, FieldProblem } from '../api/field-problem.js';
import { type Json, type JsonObject, isJsonObject } from '../api/json.js';
import type { Outputs, ParameterValue, Plan } from './plan.js';
import { parseText } from './references.js';

/** Outputs of the tasks that succeeded, by task. */
export type OutputsByTask = ReadonlyMap<string, Outputs>;

/** Fields of a container whose elements may hold references; everything else stands as it was written. */
const TEXT_LISTS = ['command', 'args'] as const;

interface Rendering {
  readonly plan: Plan;
  readonly outputs: OutputsByTask;
  readonly problems: FieldProblem[];
}

/**
 * The input of a task with parameters and outputs in their places: element by element, never by pasting text into JSON
 * or a shell. An output of a step that was skipped is a problem with its path. Pure.
 */
export function renderInput(plan: Plan, taskName: string, outputs: OutputsByTask): Checked<JsonObject> {
  const task = plan.tasks.find((candidate) => candidate.name === taskName);
  if (task === undefined) return { ok: false, problems: [{ path: 'spec', message: `there is no step ${taskName}` }] };
  const rendering: Rendering = { plan, outputs, problems: [] };
  const value = renderObject(task.input, `${task.path}.${task.executor}`, rendering);
  return rendering.problems.length === 0 ? { ok: true, value } : { ok: false, problems: rendering.problems };
}

function renderObject(object: JsonObject, path: string, rendering: Rendering): JsonObject {
  const entries = Object.entries(object).map(([key, value]): [string, Json | undefined] => {
    const at = `${path}.${key}`;
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(value)) {
      return [key, value.map((item: Json, index) => (isJsonObject(item) ? renderContainer(item, `${at}[${index}]`, rendering) : item))];
    }
    return [key, isJsonObject(value) ? renderObject(value, at, rendering) : value];
  });
  return Object.fromEntries(entries);
}

function renderContainer(container: JsonObject, path: string, rendering: Rendering): JsonObject {
  const lists = TEXT_LISTS.flatMap((field) => {
    const list = container[field];
    if (!Array.isArray(list)) return [];
    return [[field, list.map((item: Json, index) => (typeof item === 'string' ? renderText(item, `${path}.${field}[${index}]`, rendering) : item))] as const];
  });
  const env = container['env'];
  return {
    ...container,
    ...Object.fromEntries(lists),
    ...(Array.isArray(env) ? { env: env.map((item: Json, index) => (isJsonObject(item) ? renderEnv(item, `${path}.env[${index}]`, rendering) : item)) } : {}),
  };
}

/** A whole value that is a secret parameter becomes a reference that the kubelet resolves: we never read it. */
function renderEnv(entry: JsonObject, path: string, rendering: Rendering): JsonObject {
  const { value } = entry;
  if (typeof value !== 'string') return entry;
  const secret = wholeSecret(value, rendering.plan.parameters);
  if (secret === null) return { ...entry, value: renderText(value, `${path}.value`, rendering) };
  const { value: _value, ...rest } = entry;
  return { ...rest, valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } } };
}

/** The secret parameter that a text consists of, or null. */
export function wholeSecret(text: string, parameters: Plan['parameters']): Extract<ParameterValue, { kind: 'secret' }> | null {
  const [only, ...rest] = parseText(text);
  if (only?.kind !== 'parameter' || rest.length > 0) return null;
  const parameter = parameters[only.name];
  return parameter?.kind === 'secret' ? parameter : null;
}

function renderText(text: string, path: string, rendering: Rendering): string {
  return parseText(text)
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = lookUp(part, rendering);
      if (typeof value === 'object') {
        rendering.problems.push({ path, message: `${part.source}: ${value.problem}` });
        return '';
      }
      return escapeForKubelet(String(value));
    })
    .join('');
}

type Reference = Exclude<ReturnType<typeof parseText>[number], { kind: 'text' }>;

function lookUp(part: Reference, { plan, outputs }: Rendering): string | number | boolean | { readonly problem: string } {
  switch (part.kind) {
    case 'parameter': {
      const parameter = Object.hasOwn(plan.parameters, part.name) ? plan.parameters[part.name] : undefined;
      if (parameter === undefined) return { problem: 'there is no such parameter' };
      if (parameter.kind === 'secret') return { problem: 'a secret may only be a whole env value' };
      return parameter.value;
    }
    case 'output': {
      const value = outputs.get(part.task)?.[part.name];
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
      return { problem: `step ${part.task} has no output ${part.name} (it was skipped, or did not succeed)` };
    }
    case 'unknown':
      return { problem: 'is neither ${params.NAME} nor ${steps.STEP.outputs.NAME}; write $${ for a literal ${' };
  }
}

/** The kubelet expands `$(NAME)` in env values, command and args; a value must arrive as it is (design review X2). */
function escapeForKubelet(value: string): string {
  return value.replaceAll('$(', '$$$$(');
}
