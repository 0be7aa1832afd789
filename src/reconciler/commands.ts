import { attemptObjectName } from '../api/object-name.js';
import type { RunRef } from '../api/run-ref.js';
import type { AppliedAction } from '../api/types.js';
import type { Attempt, ObjectExecutor, TrackedObject } from '../executors/executor.js';
import type { Observation } from '../executors/observation.js';
import type { Plan } from '../plan/plan.js';
import type { RunState, TaskState } from '../plan/run-state.js';
import { attemptOf } from './attempt-of.js';

/** What is to be done after a commit. Each may be repeated; each follows from committed state, never from an event. */
export type Command =
  | { readonly kind: 'Start'; readonly executor: string; readonly attempt: Attempt }
  | { readonly kind: 'Stop'; readonly executor: string; readonly attempt: Attempt }
  | { readonly kind: 'Release'; readonly executor: string; readonly object: TrackedObject }
  /** It may be an orphan, or the status that was seen is behind: `sweep` reads both before it touches anything. */
  | { readonly kind: 'Sweep'; readonly executor: string; readonly object: TrackedObject }
  | { readonly kind: 'AnswerAction'; readonly action: AppliedAction };

interface Committed {
  readonly run: RunRef;
  /** Null where the spec cannot be planned: then nothing is started or stopped. */
  readonly plan: Plan | null;
  readonly state: RunState;
  /** What was observed before the decision; a fresh intent has none. */
  readonly observations: ReadonlyMap<string, Observation>;
  readonly executors: readonly ObjectExecutor[];
  /** UIDs of WorkflowActions that have no answer in their own status yet. */
  readonly unanswered: ReadonlySet<string>;
}

/** The commands that committed state calls for. Pure, but for the executors' caches of what is tracked. */
export function commandsOf(committed: Committed): Command[] {
  return [...attemptCommands(committed), ...trackedCommands(committed), ...answers(committed)];
}

function attemptCommands({ run, plan, state, observations }: Committed): Command[] {
  if (plan === null) return [];
  // The intent to start was committed for one plan; of another one nothing is started, nor while the run is held.
  const intended = state.plan?.digest === plan.digest && state.phase !== 'Blocked';
  return state.tasks.flatMap((task): Command[] => {
    const { position } = task;
    const attempt = attemptOf(run, plan, state, task);
    if (attempt === null || !('attempt' in position)) return [];
    const executor = position.attempt.executor;
    const observation = observations.get(task.name);
    if (position.state === 'Starting' && (observation === undefined || observation.kind === 'NotThere')) {
      if (!intended) return [];
      return [{ kind: 'Start', executor, attempt }];
    }
    if (position.state === 'Stopping' && !isStopping(observation)) return [{ kind: 'Stop', executor, attempt }];
    return [];
  });
}

/** The deletion is under way, or the object has ended. */
function isStopping(observation: Observation | undefined): boolean {
  if (observation === undefined || observation.kind === 'NotThere') return false;
  return !('object' in observation) || observation.object === null || observation.object.terminating;
}

/**
 * What of a run's attempts still carries our finalizer. A label can be a stranger's: the name must be that of the
 * attempt, and the object be proven ours, or its UID stand in the status.
 */
export function trackedObjects(executor: ObjectExecutor, run: RunRef, state: RunState): readonly TrackedObject[] {
  const known = new Set(state.tasks.flatMap(uidsOf));
  return executor
    .tracked(run.uid)
    .filter(({ name, task, number }) => name === attemptObjectName(run, task, number))
    .filter(({ proven, uid }) => proven || known.has(uid));
}

function uidsOf({ position, ended }: TaskState): readonly (string | undefined | null)[] {
  return [...ended, ...('attempt' in position ? [position.attempt] : [])].map(({ object }) => object?.uid);
}

/**
 * What is tracked although its outcome is committed is let go of: after a crash too, since it is found by its label. What
 * is tracked for an attempt that the status does not name may be an orphan (design review C7).
 */
function trackedCommands({ run, state, executors }: Committed): Command[] {
  return executors.flatMap((executor) =>
    trackedObjects(executor, run, state).flatMap((object): Command[] => {
      if (isRecorded(state, object)) return [{ kind: 'Release', executor: executor.name, object }];
      return namesAttempt(state, object) ? [] : [{ kind: 'Sweep', executor: executor.name, object }];
    }),
  );
}

/** The attempt is live, or its outcome is committed. Pure. */
export function namesAttempt(state: RunState, object: TrackedObject): boolean {
  const position = state.tasks.find((candidate) => candidate.name === object.task)?.position;
  const live = position !== undefined && 'attempt' in position && position.attempt.number === object.number;
  return live || isRecorded(state, object);
}

function isRecorded(state: RunState, object: TrackedObject): boolean {
  const task = state.tasks.find((candidate) => candidate.name === object.task);
  if (task === undefined) return false;
  const last = task.ended.at(-1)?.number ?? 0;
  return object.number <= last;
}

function answers({ state, unanswered }: Committed): Command[] {
  return state.actions
    .filter((action) => unanswered.has(action.uid))
    .map((action) => ({ kind: 'AnswerAction', action }));
}
