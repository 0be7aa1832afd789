import { clip } from '../api/clip.js';
import type { AppliedAction } from '../api/types.js';
import { bytesOf } from '../audit/bounded-data.js';
import type {
  EndedAttempt,
  Ending,
  LiveAttempt,
  RunState,
  TaskPosition,
  TaskState,
  Waiting,
} from '../plan/run-state.js';
import { encodeStatus } from './encode.js';
import { SHRINKING, type Shrinking, shrinkVerdict } from './shrinking.js';

/** Most bytes of a status (design, "Sizes"), and what of it is kept for conditions and the kind's own part. */
export const STATUS_BYTES = 256 * 1024;
const OTHER_PARTS_BYTES = 24 * 1024;

/**
 * A state whose wire form the API server takes: within the CRD's lengths and, as a whole, within the budget. What is
 * shortened is evidence and text, of attempts that decided nothing first; what decide goes by is never touched, and
 * neither is the outbox, which is bounded where it is made. Idempotent.
 */
export function fitStatus(state: RunState): RunState {
  let fitted = state;
  for (const shrinking of SHRINKING) {
    fitted = shrink(state, shrinking);
    if (bytesOf(encodeStatus(fitted)) + OTHER_PARTS_BYTES <= STATUS_BYTES) break;
  }
  return fitted;
}

/** The first and the last five of the attempts that are over; the others are counted (design review C10). */
export function keepAttempts(
  ended: readonly EndedAttempt[],
  omitted: number,
): { readonly ended: readonly EndedAttempt[]; readonly omitted: number } {
  if (ended.length <= 6) return { ended, omitted };
  return { ended: [...ended.slice(0, 1), ...ended.slice(-5)], omitted: omitted + ended.length - 6 };
}

function shrink(state: RunState, shrinking: Shrinking): RunState {
  return {
    ...state,
    reason: state.reason === null ? null : clip(state.reason, 60),
    message: state.message === null ? null : clip(state.message, 1_000),
    ending: state.ending === null ? null : fitEnding(state.ending),
    tasks: state.tasks.map((task) => fitTask(task, shrinking, state.failure?.task === task.name)),
    actions: state.actions.slice(-16).map((action) => fitAction(action, shrinking)),
  };
}

function fitEnding(ending: Ending): Ending {
  return {
    ...ending,
    actor: { ...ending.actor, name: clip(ending.actor.name, 250) },
    reason: clip(ending.reason, 1_000),
  };
}

function fitAction(action: AppliedAction, { text }: Shrinking): AppliedAction {
  return {
    ...action,
    by: clip(action.by, 250),
    ...(action.message === undefined ? {} : { message: clip(action.message, Math.min(text, 500)) }),
  };
}

function fitTask(task: TaskState, shrinking: Shrinking, decidesRun: boolean): TaskState {
  const kept = keepAttempts(task.ended, task.omitted);
  const listed = kept.ended.slice(-shrinking.attempts);
  const last = listed.length - 1;
  return {
    ...task,
    position: fitPosition(task.position, shrinking, decidesRun),
    waiting: task.waiting === null ? null : fitWaiting(task.waiting, shrinking),
    ended: listed.map((attempt, index) => fitEnded(attempt, { shrinking, decidesTask: index === last, decidesRun })),
    omitted: kept.omitted + kept.ended.length - listed.length,
  };
}

function fitPosition(position: TaskPosition, shrinking: Shrinking, decidesRun: boolean): TaskPosition {
  switch (position.state) {
    case 'Starting':
    case 'Running':
      return { ...position, attempt: fitLive(position.attempt, shrinking) };
    case 'Stopping':
      return { ...position, attempt: fitLive(position.attempt, shrinking), stop: fitStop(position.stop) };
    case 'Failed':
      if (position.verdict === null) return position;
      return {
        ...position,
        verdict: shrinkVerdict(position.verdict, decidesRun ? shrinking.decidesRun : shrinking.decidesTask),
      };
    case 'Skipped':
      return { ...position, message: clip(position.message, Math.min(shrinking.text, 500)) };
    case 'Waiting':
    case 'Ready':
    case 'BackingOff':
    case 'Succeeded':
    case 'Cancelled':
      return position;
  }
}

function fitWaiting(waiting: Waiting, { text }: Shrinking): Waiting {
  return {
    ...waiting,
    reason: clip(waiting.reason, 60),
    subreason: waiting.subreason === null ? null : clip(waiting.subreason, 60),
    ...(waiting.brief === undefined ? {} : { brief: clip(waiting.brief, 120) }),
    message: clip(waiting.message, Math.min(text, 1_000)),
  };
}

/** What was seen of a live attempt may become its verdict: it is kept like one that decides. */
function fitLive(attempt: LiveAttempt, { decidesTask }: Shrinking): LiveAttempt {
  return { ...attempt, seen: fitSeen(attempt.seen, decidesTask) };
}

interface Weight {
  readonly shrinking: Shrinking;
  readonly decidesTask: boolean;
  readonly decidesRun: boolean;
}

function fitEnded(attempt: EndedAttempt, { shrinking, decidesTask, decidesRun }: Weight): EndedAttempt {
  const { result, stop } = attempt;
  const size = decidesTask ? (decidesRun ? shrinking.decidesRun : shrinking.decidesTask) : shrinking.other;
  return {
    ...attempt,
    seen: shrinking.seen ? fitSeen(attempt.seen, shrinking.other) : { started: [], verdict: null },
    stop: stop === null ? null : fitStop(stop),
    result:
      result.outcome === 'Succeeded'
        ? result
        : { outcome: result.outcome, verdict: shrinkVerdict(result.verdict, size) },
  };
}

function fitSeen(seen: LiveAttempt['seen'], size: Shrinking['other']): LiveAttempt['seen'] {
  return {
    started: seen.started.slice(0, 32).map((name) => clip(name, 63)),
    verdict: seen.verdict === null ? null : shrinkVerdict(seen.verdict, size),
  };
}

function fitStop<S extends { readonly assertedBy: string | null }>(stop: S): S {
  return { ...stop, assertedBy: stop.assertedBy === null ? null : clip(stop.assertedBy, 250) };
}
