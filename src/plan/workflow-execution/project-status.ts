import { formatSeconds } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import { clip } from '../../api/clip.js';
import type { Plan } from '../plan.js';
import type { RunState, TaskState } from '../run-state.js';

/** Longest one-line summary (the CRD allows 256). */
const SUMMARY = 200;

/** What a WorkflowExecution says of a run at its own top level: its print columns. */
export function projectStatus(plan: Plan | null, state: RunState): JsonObject {
  const main = state.tasks.filter((task) => task.group === 'main');
  const current = state.tasks.filter(isCurrent).map((task) => task.name);
  return {
    phase: state.phase,
    ...(state.reason === null ? {} : { reason: clip(state.reason, 64) }),
    summary: clip(summaryOf(plan, state), SUMMARY),
    progress: `${main.filter(isDone).length}/${main.length}`,
    ...(current.length === 0 ? {} : { currentStep: clip(current.join(','), 512) }),
    ...(state.startedAt === null ? {} : { startTime: formatSeconds(state.startedAt) }),
    ...(state.finishedAt === null ? {} : { completionTime: formatSeconds(state.finishedAt) }),
  };
}

function isCurrent(task: TaskState): boolean {
  const { state } = task.position;
  return state === 'Starting' || state === 'Running' || state === 'Stopping' || state === 'BackingOff';
}

function isDone(task: TaskState): boolean {
  const { state } = task.position;
  return state === 'Succeeded' || state === 'Failed' || state === 'Skipped' || state === 'Cancelled';
}

function summaryOf(plan: Plan | null, state: RunState): string {
  const message = state.message === null ? '' : `: ${oneLine(state.message)}`;
  if (plan === null) return `the spec cannot be planned${message}`;
  if (state.failure !== null) {
    const position = plan.tasks.findIndex((task) => task.name === state.failure?.task) + 1;
    return `step ${position}/${plan.tasks.length} ${state.failure.task} failed${message}`;
  }
  const waiting = state.tasks.find((task) => task.waiting !== null);
  if (waiting?.waiting) return `${waiting.name} waits: ${waiting.waiting.reason}: ${oneLine(waiting.waiting.message)}`;
  const backing = state.tasks.find((task) => task.position.state === 'BackingOff');
  if (backing?.position.state === 'BackingOff') {
    return `${backing.name} is tried again at ${formatSeconds(backing.position.nextAttemptAt)} (${state.reason ?? 'it failed before it ran'})`;
  }
  return `${state.phase}${state.reason === null ? '' : ` (${state.reason})`}${message}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
