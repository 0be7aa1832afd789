import type { Json } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import type { PlannedTask } from '../plan.js';
import { type SpecReader, suggestion } from '../problems.js';

const MAX_DEPENDENCIES = 16;

/** One after the other: each waits for the one before it. */
export function inSequence(tasks: readonly PlannedTask[]): PlannedTask[] {
  return tasks.map((task, index) => {
    const before = tasks[index - 1];
    return { ...task, dependsOn: before === undefined ? [] : [before.name] };
  });
}

/**
 * Reads `dependsOn` of each step. It may only name earlier steps: so every plan is acyclic by construction, and reads
 * from top to bottom (design review C13).
 */
export function readDependencies(
  reader: SpecReader,
  tasks: readonly PlannedTask[],
  steps: readonly Json[],
  order: 'Sequential' | 'Graph',
): PlannedTask[] {
  const names = tasks.map((task) => task.name);
  const read = tasks.map((task, index) => {
    const step = steps[index];
    const path = `${task.path}.dependsOn`;
    const list = reader.list(isJsonObject(step) ? step['dependsOn'] : undefined, path);
    if (list.length > 0 && order === 'Sequential')
      reader.report(path, `step ${task.name}: dependsOn needs order: Graph`);
    if (list.length > MAX_DEPENDENCIES)
      reader.report(path, `may name at most ${MAX_DEPENDENCIES} steps, and names ${list.length}`);
    const dependsOn = list.flatMap((item, at) =>
      readDependency(reader, item, { path: `${path}[${at}]`, step: task.name, index, names }),
    );
    return { ...task, dependsOn: [...new Set(dependsOn)] };
  });
  return order === 'Sequential' ? inSequence(tasks) : read;
}

interface Place {
  readonly path: string;
  readonly step: string;
  readonly index: number;
  readonly names: readonly string[];
}

function readDependency(reader: SpecReader, item: Json, { path, step, index, names }: Place): string[] {
  const name = reader.string(item, path);
  if (name === null) return [];
  const at = names.indexOf(name);
  if (at === index) reader.report(path, `step ${step} depends on itself`);
  else if (at < 0)
    reader.report(path, `step ${step} depends on ${name}, which is no step${suggestion(name, names.slice(0, index))}`);
  else if (at > index)
    reader.report(path, `step ${step} depends on ${name}, which comes later; dependsOn may only name earlier steps`);
  else return [name];
  return [];
}

/** Names must be unique over steps and finally: they become labels and parts of object names. */
export function checkNames(reader: SpecReader, tasks: readonly PlannedTask[]): void {
  const first = new Map<string, string>();
  for (const task of tasks) {
    const earlier = first.get(task.name);
    if (earlier === undefined) first.set(task.name, task.path);
    else reader.report(`${task.path}.name`, `step ${task.name} has the name of ${earlier}`);
  }
}
