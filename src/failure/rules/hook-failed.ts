import { citeEnd, citeEvent, citeWaiting } from '../cite.js';
import type { Rule } from '../finding.js';
import { hookFailureOf } from './stop-causes.js';

/** The user's own postStart hook failed. */
export const hookFailed: Rule = {
  name: 'post-start-hook-failed',
  basis:
    'The kubelet kills a container whose postStart hook fails: FailedPostStartHook; its status may say Completed 0.',
  waiting: true,
  apply(facts) {
    for (const container of facts.containers) {
      const event = hookFailureOf(facts, container);
      const isWaiting = container.waiting.reason === 'PostStartHookError';
      if (event === null && !isWaiting) continue;
      const end = container.ended ?? container.last;
      return {
        reason: 'TaskFailed',
        subreason: 'PostStartHookFailed',
        clears: false,
        container,
        ...(end === null ? {} : { ending: end }),
        // The hook runs inside the started container.
        ...(container.kind === 'main' ? { stage: 'Execution' as const, effects: 'Possible' as const } : {}),
        message: `The postStart hook of container ${container.name} failed: ${event?.message ?? (facts.context.quoteLogs ? container.waiting.message : 'PostStartHookError')}`,
        citations: [
          ...(event === null ? [] : [citeEvent(event)]),
          ...(isWaiting ? [citeWaiting(container)] : []),
          ...(end === null ? [] : [citeEnd(container, end)]),
        ],
      };
    }
    return null;
  },
};
