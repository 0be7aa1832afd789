import { type CelInput, celEnv, isCelError, parse, plan as planExpression } from '@bufbuild/cel';
import type { Json } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { Plan } from '../plan.js';
import type { TaskState } from '../run-state.js';

/** What a condition says; `error`: it cannot be decided, and the step must not run anyway. */
export type WhenResult =
  { readonly kind: 'true' } | { readonly kind: 'false' } | { readonly kind: 'error'; readonly message: string };

const environment = celEnv();

/** Evaluates the condition of a task over the run's parameters and the outcomes of its other tasks. Pure. */
export function evaluateWhen(plan: Plan, taskName: string, tasks: readonly TaskState[]): WhenResult {
  const when = plan.tasks.find((task) => task.name === taskName)?.when ?? null;
  if (when === null) return { kind: 'true' };
  try {
    // Parsed anew each time: it happens once per task and run, and the pure core keeps no cache.
    const result = planExpression(environment, parse(when))({ params: parameters(plan), steps: outcomes(tasks) });
    if (isCelError(result)) return { kind: 'error', message: result.message };
    if (typeof result === 'boolean') return { kind: result ? 'true' : 'false' };
    return { kind: 'error', message: `must be true or false, and is ${typeof result}` };
  } catch (error) {
    // The parser throws on bad syntax, and a deeply nested expression exhausts the stack.
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}

function parameters(plan: Plan): CelInput {
  const entries = Object.entries(plan.parameters).flatMap(([name, parameter]): [string, CelInput][] =>
    parameter.kind === 'value' ? [[name, celValue(parameter.value)]] : [],
  );
  return new Map(entries);
}

function outcomes(tasks: readonly TaskState[]): CelInput {
  return new Map(
    tasks.map((task): [string, CelInput] => {
      const outputs = task.position.state === 'Succeeded' ? task.position.outputs : {};
      return [
        task.name,
        new Map<string, CelInput>([
          ['state', task.position.state],
          ['outputs', celValue(outputs)],
        ]),
      ];
    }),
  );
}

/** JSON as CEL sees it: whole numbers are `int`, so that `x + 1` has an overload. */
function celValue(value: Json): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item: Json) => celValue(item));
  if (isJsonObject(value))
    return new Map(Object.entries(value).map(([key, item]): [string, CelInput] => [key, celValue(item ?? null)]));
  return typeof value === 'object' ? null : value;
}
