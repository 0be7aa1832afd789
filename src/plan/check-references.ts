import type { FieldProblem } from '../api/field-problem.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../api/json.js';
import { at } from './field-path.js';
import { inputPath } from './input-path.js';
import { indexPlan } from './plan-index.js';
import type { Plan, PlannedTask } from './plan.js';
import type { SpecReader } from './spec-reader.js';
import { suggestion } from './suggestion.js';
import { parseText, type Reference } from './references.js';
import { parameterOf, SENSITIVE_OUTPUT, UNKNOWN_REFERENCE, wholeSecret } from './render-input.js';
import { podSpecKeys, rewriteSites, type TemplateSite } from './template-sites.js';
import { upstreamOf } from './upstream.js';

/** Environment variables that Lockstep keeps for itself (design review X2). */
const RESERVED = /^LOCKSTEP_/;

/**
 * Checks every `${…}` of every step before anything runs: that it may stand where it stands (env values, args and
 * command elements only: never an image, a name or a security setting), and that what it names is there by then.
 */
export function checkReferences(reader: SpecReader, plan: Plan): void {
  for (const task of plan.tasks) {
    const problems = [...reservedNames(task), ...faultsAtSites(plan, task), ...misplaced(task)];
    for (const { path, message } of problems) reader.report(inputPath(task, path), message);
  }
}

/** References in their places that name nothing, or what is not surely there. */
function faultsAtSites(plan: Plan, task: PlannedTask): FieldProblem[] {
  const problems: FieldProblem[] = [];
  rewriteSites(task.executor, task.input, {
    visit: (site) => {
      const references = wholeSecret(plan, site) === null ? referencesIn(site.text) : [];
      for (const reference of references) {
        const fault = faultOf(reference, { plan, task, site });
        if (fault !== null) problems.push({ path: site.path, message: `${reference.source}: ${fault}` });
      }
      return { kind: 'text', text: site.text };
    },
  });
  return problems;
}

/** References in places where nothing is put in. */
function misplaced(task: PlannedTask): FieldProblem[] {
  // What is left when the texts of all sites are blank.
  const rest = rewriteSites(task.executor, task.input, { visit: () => ({ kind: 'text', text: '' }) });
  return textsOf(rest, '').flatMap(({ path, text }) =>
    referencesIn(text).map(({ source }) => ({
      path,
      message: `${source} may only stand in an env value, in args or in command`,
    })),
  );
}

function textsOf(value: Json | undefined, path: string): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (isJsonArray(value)) return value.flatMap((item, index) => textsOf(item, at(path, index)));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, at(path, key)));
}

function referencesIn(text: string): Reference[] {
  return parseText(text).filter((part) => part.kind !== 'text');
}

function faultOf(
  reference: Reference,
  { plan, task, site }: { readonly plan: Plan; readonly task: PlannedTask; readonly site: TemplateSite },
): string | null {
  switch (reference.kind) {
    case 'unknown':
      return UNKNOWN_REFERENCE;
    case 'parameter': {
      const parameter = parameterOf(plan, reference.name);
      if (parameter === undefined)
        return `there is no parameter ${reference.name}${suggestion(reference.name, Object.keys(plan.parameters))}`;
      if (parameter.kind === 'secret') return 'a secret may only be a whole env value';
      // Everybody on a node sees the command lines of its processes; only their owner sees their environment.
      return parameter.sensitive === true && site.kind !== 'env'
        ? 'a sensitive parameter may only stand in an env value'
        : null;
    }
    case 'output': {
      const upstream = upstreamOf(plan, task.name);
      const source = indexPlan(plan).byName.get(reference.task);
      if (source === undefined) return `there is no step ${reference.task}${suggestion(reference.task, upstream)}`;
      if (source === task) return `step ${task.name} has no outputs before it has run`;
      if (!upstream.has(reference.task))
        return `step ${reference.task} is not surely over when ${task.name} begins; make it a dependency`;
      const names = source.outputs.map((output) => output.name);
      const declared = source.outputs.find((output) => output.name === reference.name);
      if (declared?.sensitive === true) return SENSITIVE_OUTPUT;
      if (declared !== undefined) return null;
      return `step ${reference.task} declares no output ${reference.name}${suggestion(reference.name, names)}`;
    }
  }
}

function reservedNames(task: PlannedTask): FieldProblem[] {
  const keys = podSpecKeys(task.executor);
  if (keys === null) return [];
  const spec = keys.reduce<Json | undefined>((value, key) => objectOr(value)[key], task.input);
  return ['initContainers', 'containers'].flatMap((field) =>
    listOr(objectOr(spec)[field]).flatMap((container, index) =>
      listOr(objectOr(container)['env']).flatMap((entry, position) => {
        const name = objectOr(entry)['name'];
        if (typeof name !== 'string' || !RESERVED.test(name)) return [];
        const path = [...keys, field].reduce(at, '');
        return [
          {
            path: at(at(at(at(path, index), 'env'), position), 'name'),
            message: `${name}: names that begin with LOCKSTEP_ are reserved`,
          },
        ];
      }),
    ),
  );
}

function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOr(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : [];
}
