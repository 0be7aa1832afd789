import type { Plan, PlannedTask } from './plan.js';

/** What is asked of a plan again and again, computed once. */
export interface PlanIndex {
  readonly byName: ReadonlyMap<string, PlannedTask>;
  readonly main: readonly PlannedTask[];
  readonly finally: readonly PlannedTask[];
  /** Tasks that name a task in their `dependsOn`, in the plan's order. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
}

const indexes = new WeakMap<Plan, PlanIndex>();

/** The index of a plan; of the same object it is made once. */
export function indexPlan(plan: Plan): PlanIndex {
  const known = indexes.get(plan);
  if (known !== undefined) return known;
  const dependents = new Map<string, string[]>(plan.tasks.map((task) => [task.name, []]));
  for (const task of plan.tasks) {
    for (const dependency of task.dependsOn) dependents.get(dependency)?.push(task.name);
  }
  const index: PlanIndex = {
    byName: new Map(plan.tasks.map((task) => [task.name, task])),
    main: plan.tasks.filter((task) => task.group === 'main'),
    finally: plan.tasks.filter((task) => task.group === 'finally'),
    dependents,
  };
  indexes.set(plan, index);
  return index;
}
