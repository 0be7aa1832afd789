import { celEnv, type CelInput, type CelResult, isCelError, parse, plan as planExpression } from '@bufbuild/cel';
import type { Json } from '../../api/json.js';
import { indexPlan } from '../plan-index.js';
import type { OutputType, Plan, PlannedTask } from '../plan.js';
import type { TaskState } from '../run-state.js';
import { syntaxFault } from './syntax-fault.js';

/** What a condition says; `error`: it cannot be decided, and the step must not run anyway. */
export type WhenResult =
  { readonly kind: 'true' } | { readonly kind: 'false' } | { readonly kind: 'error'; readonly message: string };

type Program = (variables: Record<string, CelInput>) => CelResult;

const environment = celEnv();
const programs = new WeakMap<PlannedTask, Program>();

/**
 * Evaluates the condition of a task over the run's parameters and the outcomes of its other tasks:
 * `steps.NAME.state` and `steps.NAME.outputs.NAME` (`steps["a-b"]` where the name has a dash). Pure.
 */
export function evaluateWhen(plan: Plan, taskName: string, tasks: readonly TaskState[]): WhenResult {
  const task = indexPlan(plan).byName.get(taskName);
  if (task === undefined || task.when === null) return { kind: 'true' };
  try {
    const result = programOf(task, task.when)({ params: parameters(plan), steps: outcomes(plan, tasks) });
    if (isCelError(result)) return { kind: 'error', message: result.message };
    if (typeof result === 'boolean') return { kind: result ? 'true' : 'false' };
    return { kind: 'error', message: `must be true or false, and is ${typeof result}` };
  } catch (error) {
    // The parser throws on bad syntax, and a deeply nested expression exhausts the stack.
    return { kind: 'error', message: syntaxFault(error) };
  }
}

/** Compiled once for each task of a plan. */
function programOf(task: PlannedTask, when: string): Program {
  const known = programs.get(task);
  if (known !== undefined) return known;
  const program: Program = planExpression(environment, parse(when));
  programs.set(task, program);
  return program;
}

function parameters(plan: Plan): CelInput {
  const entries = Object.entries(plan.parameters).flatMap(([name, parameter]): [string, CelInput][] => {
    if (parameter.kind === 'secret' || parameter.sensitive === true) return [];
    const type = Number.isSafeInteger(parameter.value) ? 'integer' : 'number';
    return [[name, celValue(parameter.value, type)]];
  });
  return new Map(entries);
}

function outcomes(plan: Plan, tasks: readonly TaskState[]): CelInput {
  const { byName } = indexPlan(plan);
  return new Map(
    tasks.map(({ name, position }): [string, CelInput] => {
      const values = position.state === 'Succeeded' ? position.outputs : {};
      const declared = byName.get(name)?.outputs ?? [];
      const outputs = declared.flatMap((output): [string, CelInput][] => {
        const value = Object.hasOwn(values, output.name) ? values[output.name] : undefined;
        return value === undefined || output.sensitive === true ? [] : [[output.name, celValue(value, output.type)]];
      });
      return [
        name,
        new Map<string, CelInput>([
          ['state', position.state],
          ['outputs', new Map(outputs)],
        ]),
      ];
    }),
  );
}

/** A value of its declared type: an integer is CEL's `int`, so that `x + 1` has an overload; a number is a `double`. */
function celValue(value: Json, type: OutputType): CelInput {
  if (typeof value === 'number') return type === 'integer' ? BigInt(value) : value;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
