import type { Finding } from './finding.js';

const MINUTE = 60_000;

/** Waiting cannot help: the name is invalid, the policy forbids a pull, a plug-in or the kubelet said no. */
const AT_ONCE: ReadonlySet<string> = new Set([
  'InvalidImageName',
  'NeverPullAbsent',
  'RunAsNonRoot',
  'LimitRange',
  'PodSecurity',
  'PolicyDenied',
  'WebhookValidation',
  'SecurityContextConstraints',
  'QuotaRequiresResources',
  'PriorityClassNotFound',
  'RuntimeClassNotFound',
]);

/** What runs again and again gets its time, up to the bound of the step; a Job's pods that are refused now come later. */
const UNTIL_BOUND: ReadonlySet<Finding['reason']> = new Set(['OOMKilled', 'ProbeFailed', 'TaskFailed', 'NodeLost']);
const REFUSALS: ReadonlySet<Finding['reason']> = new Set(['QuotaExceeded', 'AdmissionRejected', 'ApiServerError']);

/**
 * How long a waiting may last before it is a failure, in ms, where the step does not say (`timeouts.waiting`); null: until
 * the start bound. These are Armada's defaults (config/executor pod checks): at once where waiting cannot help; 90 s for an
 * image that the registry lacks or refuses, 15 min for one that it may yet give; 5 min for all else. Decision 0016.
 */
export function graceOf({ reason, subreason, clears }: Finding): number | null {
  if (AT_ONCE.has(subreason)) return 0;
  if (UNTIL_BOUND.has(reason) || subreason === 'SchedulingGated') return null;
  if (clears && REFUSALS.has(reason)) return null;
  if (reason === 'ImagePull') return clears ? 15 * MINUTE : 1.5 * MINUTE;
  return 5 * MINUTE;
}
