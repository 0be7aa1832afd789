import { clip } from '../../api/clip.js';
import { formatSeconds } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import type { Plan } from '../plan.js';
import { isOver } from '../ready-set.js';
import type { RunState, TaskState } from '../run-state.js';
import { summaryLine } from '../summary-line.js';

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
    summary: summaryLine(plan, state, headline),
    progress: `${main.filter((task) => isOver(task.position)).length}/${main.length}`,
    ...(current.length === 0 ? {} : { currentStep: clip(current.join(','), MAX_CURRENT) }),
    ...(state.startedAt === null ? {} : { startTime: formatSeconds(state.startedAt) }),
    ...(state.finishedAt === null ? {} : { completionTime: formatSeconds(state.finishedAt) }),
  };
}

function isCurrent({ position }: TaskState): boolean {
  return 'attempt' in position || position.state === 'BackingOff';
}
