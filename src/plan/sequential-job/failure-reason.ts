import type { Verdict } from '../../api/types.js';
import type { RunState } from '../run-state.js';

/** Why a run has failed, in the words of its status; null: it has not. */
export function failureReason(state: RunState): string | null {
  const verdict = failureVerdict(state);
  if (verdict !== null) return textOf(verdict);
  return state.phase === 'Failed' ? (state.message ?? state.reason ?? 'Unknown') : null;
}

/** An exit code that says all is told as the trace of SequentialJob tells it; any other cause in the verdict's words. */
function textOf({ reason, exitCode, message }: Verdict): string {
  return reason === 'TaskFailed' && exitCode !== undefined ? `Container exited with error code ${exitCode}` : message;
}

function failureVerdict({ failure, tasks }: RunState): Verdict | null {
  if (failure === null) return null;
  const task = tasks.find(({ name }) => name === failure.task);
  if (task === undefined) return null;
  if (task.position.state === 'Failed' && task.position.verdict !== null) return task.position.verdict;
  const result = task.ended.find(({ number }) => number === failure.attempt)?.result;
  return result === undefined || result.outcome === 'Succeeded' ? null : result.verdict;
}
