import { clip } from '../../api/clip.js';
import { formatSeconds } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import type { Plan } from '../plan.js';
import { isOver } from '../ready-set.js';
import type { RunState, TaskState } from '../run-state.js';

/** Longest one-line summary (the CRD allows 256). */
const MAX_SUMMARY = 200;
const MAX_REASON = 64;
const MAX_CURRENT = 512;

interface ProjectOptions {
  /** The line that tells of a failure, where somebody has a better one than can be said from the state alone. */
  readonly headline?: string;
}

/**
 * What a WorkflowExecution says of a run at its own top level: its print columns. `progress` counts main steps that are
 * over, however they ended; `currentStep` names what is live or will be tried again.
 */
export function projectStatus(plan: Plan | null, state: RunState, { headline }: ProjectOptions = {}): JsonObject {
  const main = state.tasks.filter((task) => task.group === 'main');
  const current = state.tasks.filter(isCurrent).map((task) => task.name);
  return {
    phase: state.phase,
    ...(state.reason === null ? {} : { reason: clip(state.reason, MAX_REASON) }),
    summary: clip(oneLine(headline ?? summaryOf(plan, state)), MAX_SUMMARY),
    progress: `${main.filter((task) => isOver(task.position)).length}/${main.length}`,
    ...(current.length === 0 ? {} : { currentStep: clip(current.join(','), MAX_CURRENT) }),
    ...(state.startedAt === null ? {} : { startTime: formatSeconds(state.startedAt) }),
    ...(state.finishedAt === null ? {} : { completionTime: formatSeconds(state.finishedAt) }),
  };
}

function isCurrent({ position }: TaskState): boolean {
  return 'attempt' in position || position.state === 'BackingOff';
}

function summaryOf(plan: Plan | null, state: RunState): string {
  const message = state.message === null ? '' : `: ${state.message}`;
  if (plan === null) return `the spec cannot be planned${message}`;
  if (state.phase === 'Cancelled') return `Cancelled${state.reason === null ? '' : ` (${state.reason})`}${message}`;
  if (state.failure !== null) return `step ${placeOf(plan, state.failure.task)} failed${message}`;
  return waitingSummary(plan, state) ?? `${state.phase}${state.reason === null ? '' : ` (${state.reason})`}${message}`;
}

/** What the run waits for, if for anything. */
function waitingSummary(plan: Plan, state: RunState): string | null {
  for (const { name, waiting, position } of state.tasks) {
    if (waiting !== null) return `step ${placeOf(plan, name)} waits: ${waiting.reason}: ${waiting.message}`;
    if (position.state !== 'BackingOff') continue;
    return `step ${placeOf(plan, name)} is tried again at ${formatSeconds(position.nextAttemptAt)} (${state.reason ?? 'it failed before it ran'})`;
  }
  return null;
}

/** `2/3 warm-cache`, or `finally report`. */
function placeOf(plan: Plan, name: string): string {
  const main = plan.tasks.filter((task) => task.group === 'main');
  const index = main.findIndex((task) => task.name === name);
  return index < 0 ? `finally ${name}` : `${index + 1}/${main.length} ${name}`;
}

/** Line breaks and other control characters would leave the line (or the terminal) that it is shown on. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}
