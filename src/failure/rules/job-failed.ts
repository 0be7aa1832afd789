import { citeCondition, citeJob } from '../cite.js';
import type { Finding, Rule } from '../finding.js';

/** The Job failed, and only its condition tells how: its pods are gone. */
export const jobFailed: Rule = {
  name: 'job-failed',
  basis:
    'The Job controller writes why it gave up; PodFailurePolicy names container and exit code, BackoffLimitExceeded nothing.',
  apply(facts) {
    const { job } = facts;
    if (job?.failed == null) return null;
    const { reason, message } = job.failed;
    const citations = [
      ...[...citeCondition(job, 'Failed'), ...citeCondition(job, 'FailureTarget')].slice(0, 1),
      ...citeJob(job),
    ];
    const base = { clears: false, citations, stage: 'Execution', effects: 'Unknown' } as const;
    if (reason === 'PodFailurePolicy') return { ...base, ...byPolicy(message) };
    if (reason === 'FailedIndexes' || reason === 'MaxFailedIndexesExceeded') {
      return {
        ...base,
        reason: 'TaskFailed',
        subreason: 'FailedIndexes',
        confidence: 'Likely',
        message: `Job ${job.name} failed: ${message}`,
      };
    }
    return {
      ...base,
      reason: 'Unknown',
      subreason: 'PodsGone',
      confidence: 'None',
      message: `Job ${job.name} failed (${reason}: ${message}), and its pods are gone: nothing says why they failed.`,
      missing: ["the Job's pods"],
    };
  },
};

type Told = Pick<Finding, 'reason' | 'subreason' | 'message' | 'named' | 'stage' | 'confidence' | 'missing'>;

function byPolicy(message: string): Told {
  const match = /Container (\S+) for pod \S+ failed with exit code (\d+) matching/.exec(message);
  if (match !== null) {
    return {
      reason: 'TaskFailed',
      subreason: 'PodFailurePolicy',
      message: `The Job's pod failure policy ended it: ${message}`,
      named: { container: match[1] ?? '', exitCode: Number(match[2]) },
    };
  }
  return {
    reason: 'Unknown',
    subreason: 'PodsGone',
    confidence: 'None',
    ...(/condition DisruptionTarget/.test(message) ? { stage: 'Infrastructure' as const } : {}),
    message: `The Job's pod failure policy ended it: ${message}`,
    missing: ["the Job's pods"],
  };
}
