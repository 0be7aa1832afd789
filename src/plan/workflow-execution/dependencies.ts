import type { Json } from '../../api/json.js';
import { at } from '../field-path.js';
import type { PlannedTask } from '../plan.js';
import type { SpecReader } from '../spec-reader.js';
import { suggestion } from '../suggestion.js';

const MAX_DEPENDENCIES = 16;

/** One after the other: each waits for the one before it. */
export function inSequence(tasks: readonly PlannedTask[]): PlannedTask[] {
  return tasks.map((task, index) => {
    const before = tasks[index - 1];
    return { ...task, dependsOn: before === undefined ? [] : [before.name] };
  });
}

interface Steps {
  /** As they were written, in the order of the tasks. */
  readonly steps: readonly Json[];
  readonly order: 'Sequential' | 'Graph';
}

/**
 * Reads `dependsOn` of each step. It may only name earlier steps: so every plan is acyclic by construction, and reads
 * from top to bottom (design review C13).
 */
export function readDependencies(
  reader: SpecReader,
  tasks: readonly PlannedTask[],
  { steps, order }: Steps,
): PlannedTask[] {
  const names = tasks.map((task) => task.name);
  const read = tasks.map((task, index) => {
    const path = at(task.path, 'dependsOn');
    const list = reader.list(reader.member(steps[index], 'dependsOn'), path);
    if (list.length > 0 && order === 'Sequential')
      reader.report(path, `step ${task.name}: dependsOn needs order: Graph`);
    if (list.length > MAX_DEPENDENCIES)
      reader.report(path, `may name at most ${MAX_DEPENDENCIES} steps, and names ${list.length}`);
    const dependsOn = list.map((item, position) =>
      readDependency(reader, item, { path: at(path, position), index, names }),
    );
    for (const [position, name] of dependsOn.entries()) {
      if (name !== null && dependsOn.indexOf(name) < position)
        reader.report(at(path, position), `step ${task.name} names ${name} twice`);
    }
    return { ...task, dependsOn: [...new Set(dependsOn.filter((name) => name !== null))] };
  });
  return order === 'Sequential' ? inSequence(tasks) : read;
}

interface Place {
  readonly path: string;
  readonly index: number;
  readonly names: readonly string[];
}

function readDependency(reader: SpecReader, item: Json, { path, index, names }: Place): string | null {
  const name = reader.string(item, path);
  if (name === null) return null;
  const step = names[index] ?? '';
  const position = names.indexOf(name);
  if (position >= 0 && position < index) return name;
  if (name === step) reader.report(path, `step ${step} depends on itself`);
  else if (position < 0)
    reader.report(
      path,
      `step ${step} depends on ${name.slice(0, 63)}, which is no step${suggestion(name, names.slice(0, index))}`,
    );
  else reader.report(path, `step ${step} depends on ${name}, which comes later; dependsOn may only name earlier steps`);
  return null;
}

/** Names must be unique over steps and finally: they become labels and parts of object names. */
export function checkNames(reader: SpecReader, tasks: readonly PlannedTask[]): void {
  const first = new Map<string, string>();
  for (const { name, path } of tasks) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, path);
    else if (name !== '') reader.report(at(path, 'name'), `step ${name} has the name of ${earlier}`);
  }
}
