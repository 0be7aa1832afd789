import type { Verdict } from '../api/types.js';
import type { AttemptContext } from './context.js';
import type { Evidence } from './evidence.js';

/** How an attempt ended. `terminationMessages`: what each main container left, by container, raw. */
export type Judgement =
  | { readonly outcome: 'Succeeded'; readonly terminationMessages: Readonly<Record<string, string>> }
  | { readonly outcome: 'Failed'; readonly verdict: Verdict };

/** The judgement on an attempt that ended, or was refused: evidence and what we know of ourselves → outcome. */
export function judge(evidence: Evidence, context: AttemptContext): Judgement {
  const statuses = evidence.pod?.status?.containerStatuses ?? [];
  const main = statuses.filter((status) => context.main === null || context.main.includes(status.name));
  const clean = main.length > 0 && main.every((status) => status.state?.terminated?.exitCode === 0);
  if (clean && context.stop === null) {
    const messages = main.map((status) => [status.name, status.state?.terminated?.message ?? ''] as const);
    return { outcome: 'Succeeded', terminationMessages: Object.fromEntries(messages) };
  }
  return {
    outcome: 'Failed',
    verdict: {
      reason: 'Unknown',
      stage: 'Execution',
      retryable: false,
      effects: 'Unknown',
      message: 'The evidence does not decide.',
      confidence: 'None',
      evidence: [],
      missing: [],
    },
  };
}
