import type { RetryPolicy } from '../../plan/plan.js';
import type { Draft } from './draft.js';

/**
 * No backoff is longer than the longest that the step's policy allows, from what the clock shows: an instant that is
 * farther away was computed by a controller whose clock was ahead (design review C16).
 */
export function clampBackoffs(draft: Draft): void {
  for (const { name, position } of draft.state.tasks) {
    if (position.state !== 'BackingOff') continue;
    const latest = draft.input.clock + longestMs(draft.planned(name).retry);
    if (position.nextAttemptAt > latest) draft.change(name, { position: { ...position, nextAttemptAt: latest } });
  }
}

function longestMs({ preExecution, infrastructure, execution }: RetryPolicy): number {
  return Math.max(
    ...[preExecution, infrastructure, execution].map(({ capMs, jitterPercent }) =>
      Math.ceil(capMs * (1 + jitterPercent / 100)),
    ),
  );
}
