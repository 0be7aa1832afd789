import type { SkipReason } from '../api/types.js';
import { indexPlan } from './plan-index.js';
import type { Plan, PlannedTask } from './plan.js';
import type { TaskPosition, TaskState } from './run-state.js';

/** A task that will never start, and why, in words. */
export interface TaskSkip {
  readonly task: string;
  readonly reason: SkipReason;
  readonly message: string;
}

/** What the plan asks for next. */
export interface NextSteps {
  /** Waiting or Ready tasks whose dependencies are satisfied, in the plan's order. */
  readonly ready: readonly string[];
  /** How many of them may start now: `parallelism` less what is live. */
  readonly slots: number;
  /** Waiting or Ready tasks that will never start, each once, in the plan's order. */
  readonly skip: readonly TaskSkip[];
  /** All main tasks are over, those in `skip` included. */
  readonly mainEnded: boolean;
  /** All tasks are over, those in `skip` included: the plan has come to its end. */
  readonly ended: boolean;
}

/**
 * What may start and what never will (design, "Ends of a DAG"):
 *
 * - A dependency is satisfied when it Succeeded or was Skipped by its own condition.
 * - Dependents of what Failed, was Cancelled or Skipped for any other reason are Skipped(UpstreamFailed), all the way.
 * - After a failure of a main task nothing new starts, unless `onFailure` is Continue: Skipped(RunEnding).
 * - `finally` tasks come after all main tasks, one after the other, whatever the outcome of any of them: a cleanup that
 *   fails does not keep the next one from running.
 *
 * Pure; linear in the size of the plan. A condition (`when`) is not evaluated here: what is ready may still be skipped.
 */
export function nextSteps(plan: Plan, tasks: readonly TaskState[]): NextSteps {
  const index = indexPlan(plan);
  const positions = new Map(tasks.map((task) => [task.name, task.position]));
  const skipped = new Map<string, TaskSkip>();
  const positionOf = (name: string): TaskPosition => positions.get(name) ?? { state: 'Waiting' };
  const over = (task: PlannedTask): boolean => skipped.has(task.name) || isOver(positionOf(task.name));
  const failed =
    plan.onFailure === 'Continue' ? undefined : index.main.find((task) => positionOf(task.name).state === 'Failed');

  const ready: string[] = [];
  for (const task of index.main) {
    if (!isUnstarted(positionOf(task.name))) continue;
    const skip = upstreamSkip(task, { positionOf, skipped }) ?? endingSkip(task, failed);
    if (skip !== null) skipped.set(task.name, skip);
    else if (task.dependsOn.every((name) => isSatisfied(positionOf(name)))) ready.push(task.name);
  }
  const mainEnded = index.main.every(over);
  const next = mainEnded ? index.finally.find((task) => !over(task)) : undefined;
  if (next !== undefined && isUnstarted(positionOf(next.name))) ready.push(next.name);

  const live = tasks.filter((task) => 'attempt' in task.position).length;
  return {
    ready,
    slots: Math.max(0, plan.parallelism - live),
    skip: [...skipped.values()],
    mainEnded,
    ended: mainEnded && index.finally.every(over),
  };
}

/** True where nothing more will happen to a task. */
export function isOver(position: TaskPosition): boolean {
  switch (position.state) {
    case 'Succeeded':
    case 'Failed':
    case 'Skipped':
    case 'Cancelled':
      return true;
    case 'Waiting':
    case 'Ready':
    case 'Starting':
    case 'Running':
    case 'Stopping':
    case 'BackingOff':
      return false;
  }
}

function isUnstarted({ state }: TaskPosition): boolean {
  return state === 'Waiting' || state === 'Ready';
}

function isSatisfied(position: TaskPosition): boolean {
  return position.state === 'Succeeded' || (position.state === 'Skipped' && position.reason === 'Condition');
}

interface Upstream {
  readonly positionOf: (name: string) => TaskPosition;
  readonly skipped: ReadonlyMap<string, TaskSkip>;
}

/** Main tasks stand after their dependencies in the plan, so that what is skipped here is already known below. */
function upstreamSkip(task: PlannedTask, { positionOf, skipped }: Upstream): TaskSkip | null {
  for (const name of task.dependsOn) {
    const because = skipped.get(name) ?? positionOf(name);
    if ('task' in because)
      return { task: task.name, reason: 'UpstreamFailed', message: `step ${name} was skipped: ${rootOf(because)}` };
    if (because.state === 'Failed')
      return { task: task.name, reason: 'UpstreamFailed', message: `step ${name} failed` };
    if (because.state === 'Cancelled')
      return { task: task.name, reason: 'UpstreamFailed', message: `step ${name} was cancelled` };
    if (because.state === 'Skipped' && because.reason !== 'Condition') {
      return { task: task.name, reason: 'UpstreamFailed', message: `step ${name} was skipped: ${rootOf(because)}` };
    }
  }
  return null;
}

/** The first cause of a chain of skips: `step b was skipped: step a failed` gives `step a failed`. */
function rootOf({ message }: { readonly message: string }): string {
  return message.replace(/^step [^ ]+ was skipped: /, '');
}

function endingSkip(task: PlannedTask, failed: PlannedTask | undefined): TaskSkip | null {
  return (failed && { task: task.name, reason: 'RunEnding', message: `step ${failed.name} failed` }) || null;
}
