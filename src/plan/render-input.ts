import type { Checked, FieldProblem } from '../api/field-problem.js';
import type { Json, JsonObject } from '../api/json.js';
import { inputPath } from './input-path.js';
import { joinForKubelet, type TextPiece } from './kubelet-expansion.js';
import { indexPlan } from './plan-index.js';
import type { Outputs, ParameterValue, Plan } from './plan.js';
import { parseText, type Reference } from './references.js';
import { rewriteSites, type Replacement, type TemplateSite } from './template-sites.js';

/** Outputs of the tasks that succeeded, by task. */
export type OutputsByTask = ReadonlyMap<string, Outputs>;

/**
 * The input of a task with parameters and outputs in their places. An output that is not there (its step was skipped)
 * is a problem with the path of the field that needs it. Pure.
 *
 * Values are put into the structure, never pasted into JSON or a shell text, and escaped for the kubelet, so that they
 * arrive byte for byte. Numbers and booleans become text as JSON writes them. A secret parameter becomes
 * `valueFrom.secretKeyRef`: its value is never seen here.
 */
export function renderInput(plan: Plan, taskName: string, outputs: OutputsByTask): Checked<JsonObject> {
  const task = indexPlan(plan).byName.get(taskName);
  if (task === undefined) return { ok: false, problems: [{ path: 'spec', message: `there is no step ${taskName}` }] };
  const problems: FieldProblem[] = [];
  const value = rewriteSites(task.executor, task.input, {
    visit: (site) => {
      const rendered = renderSite(site, { plan, outputs });
      if (rendered.ok) return rendered.value;
      problems.push(...rendered.problems.map(({ path, message }) => ({ path: inputPath(task, path), message })));
      return { kind: 'text', text: site.text };
    },
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
}

/** The parameter of that name. */
export function parameterOf(plan: Plan, name: string): ParameterValue | undefined {
  return Object.hasOwn(plan.parameters, name) ? plan.parameters[name] : undefined;
}

/** The secret parameter that an env value consists of, or null. */
export function wholeSecret(
  plan: Plan,
  { kind, text }: TemplateSite,
): Extract<ParameterValue, { kind: 'secret' }> | null {
  if (kind !== 'env') return null;
  const [only, ...rest] = parseText(text);
  if (only?.kind !== 'parameter' || rest.length > 0) return null;
  const parameter = parameterOf(plan, only.name);
  return parameter?.kind === 'secret' ? parameter : null;
}

interface Values {
  readonly plan: Plan;
  readonly outputs: OutputsByTask;
}

function renderSite(site: TemplateSite, values: Values): Checked<Replacement> {
  const secret = wholeSecret(values.plan, site);
  if (secret !== null) return { ok: true, value: secret };
  const problems: FieldProblem[] = [];
  const pieces = parseText(site.text).map((part): TextPiece => {
    if (part.kind === 'text') return { text: part.text, from: 'author' };
    const value = valueOf(part, values);
    if (typeof value === 'string') return { text: value, from: 'value' };
    problems.push({ path: site.path, message: `${part.source}: ${value.problem}` });
    return { text: '', from: 'value' };
  });
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { kind: 'text', text: joinForKubelet(pieces) } };
}

function valueOf(reference: Reference, { plan, outputs }: Values): string | { readonly problem: string } {
  switch (reference.kind) {
    case 'parameter': {
      const parameter = parameterOf(plan, reference.name);
      if (parameter === undefined) return { problem: 'there is no such parameter' };
      return parameter.kind === 'secret'
        ? { problem: 'a secret may only be a whole env value' }
        : asText(parameter.value);
    }
    case 'output': {
      const { task, name } = reference;
      const of = outputs.get(task);
      const declared = indexPlan(plan)
        .byName.get(task)
        ?.outputs.find((output) => output.name === name);
      if (declared?.sensitive === true) return { problem: SENSITIVE_OUTPUT };
      const value = of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
      if (value !== undefined) return asText(value);
      return { problem: `step ${task} has no output ${name} (it was skipped, or did not succeed)` };
    }
    case 'unknown':
      return { problem: UNKNOWN_REFERENCE };
  }
}

/** Why a sensitive output cannot be used by another step. */
export const SENSITIVE_OUTPUT =
  'the output is sensitive, so that only a hash of it is kept; let the step put it into a Secret, and read it from there';

/** What is wrong with `${params…}` or `${steps…}` that names nothing. */
export const UNKNOWN_REFERENCE = 'is neither ${params.NAME} nor ${steps.STEP.outputs.NAME}; write $${ for a literal ${';

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
