import { type Json, type JsonObject, isJsonObject } from '../api/json.js';
import type { Plan, PlannedTask } from './plan.js';
import { type SpecReader, suggestion } from './problems.js';
import { type TextPart, parseText } from './references.js';
import { wholeSecret } from './render-input.js';
import { upstreamOf } from './upstream.js';

/** Environment variables that Lockstep keeps for itself (design review X2). */
const RESERVED = /^LOCKSTEP_/;

type Reference = Exclude<TextPart, { kind: 'text' }>;

interface Place {
  readonly plan: Plan;
  readonly task: PlannedTask;
  readonly upstream: ReadonlySet<string>;
}

/**
 * Checks every `${…}` of every step before anything runs: that it may stand where it stands (env values, args and
 * command elements only: never an image, a name or a security setting), and that what it names is there by then.
 */
export function checkReferences(reader: SpecReader, plan: Plan): void {
  for (const task of plan.tasks) {
    const place = { plan, task, upstream: upstreamOf(plan, task.name) };
    checkValue(reader, task.input, `${task.path}.${task.executor}`, place);
  }
}

function checkValue(reader: SpecReader, value: Json | undefined, path: string, place: Place): void {
  if (typeof value === 'string') {
    for (const part of parseText(value)) {
      if (part.kind !== 'text') reader.report(path, `${part.source} may only stand in an env value, in args or in command`);
    }
  } else if (Array.isArray(value)) {
    value.forEach((item: Json, index) => {
      checkValue(reader, item, `${path}[${index}]`, place);
    });
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const at = `${path}.${key}`;
      if ((key === 'containers' || key === 'initContainers') && Array.isArray(item)) {
        item.forEach((container: Json, index) => {
          if (isJsonObject(container)) checkContainer(reader, container, `${at}[${index}]`, place);
        });
      } else checkValue(reader, item, at, place);
    }
  }
}

function checkContainer(reader: SpecReader, container: JsonObject, path: string, place: Place): void {
  for (const [key, value] of Object.entries(container)) {
    const at = `${path}.${key}`;
    if ((key === 'command' || key === 'args') && Array.isArray(value)) {
      value.forEach((item: Json, index) => {
        if (typeof item === 'string') checkText(reader, item, `${at}[${index}]`, place);
      });
    } else if (key === 'env' && Array.isArray(value)) {
      value.forEach((item: Json, index) => {
        if (isJsonObject(item)) checkEnv(reader, item, `${at}[${index}]`, place);
      });
    } else checkValue(reader, value, at, place);
  }
}

function checkEnv(reader: SpecReader, entry: JsonObject, path: string, place: Place): void {
  const { name, value, ...rest } = entry;
  if (typeof name === 'string' && RESERVED.test(name)) reader.report(`${path}.name`, 'names that begin with LOCKSTEP_ are reserved');
  if (typeof value === 'string' && wholeSecret(value, place.plan.parameters) === null) checkText(reader, value, `${path}.value`, place);
  checkValue(reader, rest, path, place);
}

function checkText(reader: SpecReader, text: string, path: string, place: Place): void {
  for (const part of parseText(text)) {
    const fault = part.kind === 'text' ? null : faultOf(part, place);
    if (fault !== null && part.kind !== 'text') reader.report(path, `${part.source}: ${fault}`);
  }
}

function faultOf(part: Reference, { plan, task, upstream }: Place): string | null {
  switch (part.kind) {
    case 'unknown':
      return 'is neither ${params.NAME} nor ${steps.STEP.outputs.NAME}; write $${ for a literal ${';
    case 'parameter': {
      const parameter = Object.hasOwn(plan.parameters, part.name) ? plan.parameters[part.name] : undefined;
      if (parameter === undefined) return `there is no parameter ${part.name}${suggestion(part.name, Object.keys(plan.parameters))}`;
      return parameter.kind === 'secret' ? 'a secret may only be a whole env value' : null;
    }
    case 'output': {
      const source = plan.tasks.find((candidate) => candidate.name === part.task);
      if (source === undefined) return `there is no step ${part.task}${suggestion(part.task, upstream)}`;
      if (!upstream.has(part.task)) return `step ${part.task} is not surely over when ${task.name} begins; make it a dependency`;
      const names = source.outputs.map((output) => output.name);
      return names.includes(part.name) ? null : `step ${part.task} declares no output ${part.name}${suggestion(part.name, names)}`;
    }
  }
}
