import { clip } from '../api/clip.js';
import { formatSeconds } from '../api/instant.js';
import type { Plan } from './plan.js';
import type { RunState } from './run-state.js';

/** Longest one-line summary (the CRDs allow 256). */
const MAX_SUMMARY = 200;

/** What a run came to or waits for, in one line; `headline`: of a failure, where somebody has a better one. */
export function summaryLine(plan: Plan | null, state: RunState, headline?: string): string {
  return clip(oneLine(headline ?? summaryOf(plan, state)), MAX_SUMMARY);
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
    if (waiting !== null)
      return `step ${placeOf(plan, name)} waits: ${waiting.reason}: ${waiting.brief ?? waiting.message}`;
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
