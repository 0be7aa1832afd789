import type { Plan } from './plan.js';

/**
 * The tasks that are surely over when a task begins: whatever it depends on, directly or not; for `finally`, all main
 * tasks and the finally tasks before it. Only of these may it use outcomes.
 */
export function upstreamOf(plan: Plan, name: string): ReadonlySet<string> {
  const byName = new Map(plan.tasks.map((task) => [task.name, task]));
  const upstream = new Set<string>();
  const visit = (of: string): void => {
    for (const dependency of byName.get(of)?.dependsOn ?? []) {
      if (upstream.has(dependency)) continue;
      upstream.add(dependency);
      visit(dependency);
    }
  };
  visit(name);
  if (byName.get(name)?.group === 'finally') {
    for (const task of plan.tasks) if (task.group === 'main') upstream.add(task.name);
  }
  return upstream;
}
