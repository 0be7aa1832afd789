import type { OutputType, Plan, PlannedTask } from '../plan.js';
import type { SpecReader } from '../spec-reader.js';
import { suggestion } from '../suggestion.js';
import { upstreamOf } from '../upstream.js';
import { type Names, checkExpression } from './check-expression.js';
import type { ExpressionType } from './expression-type.js';

const TYPE: Readonly<Record<OutputType, ExpressionType>> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
};

/** Type-checks the condition of every task before anything runs. */
export function checkConditions(reader: SpecReader, plan: Plan): void {
  for (const task of plan.tasks) {
    if (task.when === null) continue;
    const fault = checkExpression(task.when, namesOf(plan, task));
    if (fault !== null) reader.report(`${task.path}.when`, `step ${task.name}: ${fault}`);
  }
}

/** What a task's condition may speak of: every parameter but secrets, and tasks that are surely over by then. */
function namesOf(plan: Plan, task: PlannedTask): Names {
  const upstream = upstreamOf(plan, task.name);
  const find = (name: string): PlannedTask | undefined => plan.tasks.find((candidate) => candidate.name === name);
  return {
    parameter(name) {
      const parameter = Object.hasOwn(plan.parameters, name) ? plan.parameters[name] : undefined;
      if (parameter === undefined)
        return { fault: `there is no parameter ${name}${suggestion(name, Object.keys(plan.parameters))}` };
      if (parameter.kind === 'secret') return { fault: `parameter ${name} is a secret, which Lockstep never reads` };
      if (parameter.sensitive === true)
        return { fault: `parameter ${name} is sensitive; no condition may speak of it` };
      if (typeof parameter.value === 'string') return 'string';
      if (typeof parameter.value === 'boolean') return 'bool';
      return Number.isSafeInteger(parameter.value) ? 'int' : 'double';
    },
    step(name) {
      if (find(name) === undefined) return { fault: `there is no step ${name}${dashed(name, upstream)}` };
      if (name === task.name) return { fault: `step ${name} has no outcome before it has run` };
      return upstream.has(name)
        ? null
        : { fault: `step ${name} is not surely over when ${task.name} begins; make it a dependency` };
    },
    output(step, name) {
      const outputs = find(step)?.outputs ?? [];
      const declared = outputs.find((output) => output.name === name);
      if (declared?.sensitive === true)
        return { fault: `output ${name} of step ${step} is sensitive; no condition may speak of it` };
      if (declared !== undefined) return TYPE[declared.type];
      return {
        fault: `step ${step} declares no output ${name}${suggestion(
          name,
          outputs.map((output) => output.name),
        )}`,
      };
    },
  };
}

/** A name with a dash is cut by CEL at the dash: `steps.a-b` is `steps.a` less `b`. */
function dashed(name: string, upstream: ReadonlySet<string>): string {
  const meant = [...upstream].find((candidate) => candidate.startsWith(`${name}-`));
  return meant === undefined ? suggestion(name, upstream) : `; write steps["${meant}"] for a name with a dash`;
}
