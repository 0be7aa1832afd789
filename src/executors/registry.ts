import type { Executor, ObjectExecutor } from './executor.js';

/** The executors that this controller has, by the name of the step's field. */
export interface ExecutorRegistry {
  readonly all: ReadonlyMap<string, Executor>;
  /** Those whose attempts are objects in the cluster. */
  readonly objects: readonly ObjectExecutor[];
  object(name: string): ObjectExecutor | undefined;
}

/** @throws Error where two executors have one name. */
export function createRegistry(executors: readonly Executor[]): ExecutorRegistry {
  const all = new Map<string, Executor>();
  for (const executor of executors) {
    if (all.has(executor.name)) throw new Error(`two executors are named ${executor.name}`);
    all.set(executor.name, executor);
  }
  const objects = executors.filter((executor): executor is ObjectExecutor => executor.kind === 'object');
  return {
    all,
    objects,
    object: (name) => objects.find((executor) => executor.name === name),
  };
}
