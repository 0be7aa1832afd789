import { clip } from '../../api/clip.js';
import { formatSeconds } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import { changedSucceeded, hasBegun } from '../definition.js';
import type { Plan } from '../plan.js';
import type { RunState, TaskState } from '../run-state.js';
import { summaryLine } from '../summary-line.js';
import type { KindCondition } from '../translator.js';
import { failureReason } from './failure-reason.js';

const MAX_REASON = 64;
const MAX_FAILURE = 1_000;

/**
 * What a SequentialJob says of a run: counts, and how far it has come in its list. `currentIndex` is the entry that runs
 * or is next; it is the length of the list when all have succeeded.
 */
export function projectStatus(plan: Plan | null, state: RunState): JsonObject {
  const completed = indicesOf(state, (task) => task.position.state === 'Succeeded');
  const [failedIndex] = indicesOf(state, (task) => task.name === state.failure?.task);
  const reason = failureReason(state);
  return {
    phase: state.phase,
    ...(state.reason === null ? {} : { reason: clip(state.reason, MAX_REASON) }),
    summary: summaryLine(plan, state),
    startTime: formatSeconds(state.acceptedAt),
    ...(state.finishedAt === null ? {} : { completionTime: formatSeconds(state.finishedAt) }),
    state: {
      active: indicesOf(state, (task) => 'attempt' in task.position).length,
      succeeded: completed.length,
      failed: indicesOf(state, (task) => task.position.state === 'Failed').length,
    },
    progress: {
      currentIndex: completed.length,
      completedIndices: [...completed],
      ...(failedIndex === undefined ? {} : { failedIndex }),
      ...(reason === null ? {} : { failureReason: clip(reason, MAX_FAILURE) }),
    },
  };
}

/** JobsRunning is True from the first start to the end, between two entries too. */
export function conditions(plan: Plan | null, state: RunState): readonly KindCondition[] {
  return [running(state), ...ended(state), ...specApplied(plan, state)];
}

function running(state: RunState): KindCondition {
  const none = { type: 'JobsRunning', status: 'False', reason: 'NoJobsRunning' } as const;
  const begun = indicesOf(state, hasBegun).at(-1);
  if (state.failure !== null || state.phase === 'Failed')
    return { ...none, message: 'No jobs are currently running due to failure' };
  if (state.phase === 'Cancelled') return { ...none, message: 'No jobs are currently running: the run was cancelled' };
  if (state.phase === 'Succeeded') return { ...none, message: 'No jobs are currently running' };
  if (begun === undefined)
    return {
      type: 'JobsRunning',
      status: 'False',
      reason: 'Initializing',
      message: 'Sequential jobs are being initialized',
    };
  return { type: 'JobsRunning', status: 'True', reason: 'JobStarted', message: `Job at index ${begun} started` };
}

function ended(state: RunState): readonly KindCondition[] {
  if (state.phase === 'Succeeded')
    return [
      {
        type: 'JobsCompleted',
        status: 'True',
        reason: 'AllJobsCompleted',
        message: 'All sequential jobs completed successfully',
      },
    ];
  const said = failureReason(state);
  if (said === null) return [];
  const [index] = indicesOf(state, (task) => task.name === state.failure?.task);
  if (index !== undefined)
    return [
      { type: 'JobsFailed', status: 'True', reason: 'JobFailed', message: `Job at index ${index} failed: ${said}` },
    ];
  return [{ type: 'JobsFailed', status: 'True', reason: state.reason ?? 'Unknown', message: said }];
}

/** Entries that had ended when the spec changed are left alone; that is said. */
function specApplied(plan: Plan | null, state: RunState): readonly KindCondition[] {
  if (plan === null || plan.digest !== state.plan?.digest) return [];
  const changed = new Set(changedSucceeded(plan, state));
  const indices = indicesOf(state, ({ name }) => changed.has(name));
  if (indices.length === 0)
    return [{ type: 'SpecApplied', status: 'True', reason: 'Applied', message: '', onlyIfSet: true }];
  const which = indices.length === 1 ? 'The job at index' : 'The jobs at indices';
  return [
    {
      type: 'SpecApplied',
      status: 'False',
      reason: 'CompletedBeforeChange',
      message: `${which} ${indices.join(', ')} had completed before the spec changed, and will not run again`,
    },
  ];
}

function indicesOf(state: RunState, holds: (task: TaskState) => boolean): readonly number[] {
  return state.tasks.flatMap((task, index) => (holds(task) ? [index] : []));
}
