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

/**
 * How long a waiting may last before it is a failure, in ms; null: until the start bound. At once where waiting cannot
 * help; a minute for what somebody may be putting right at this moment (a tag, a Secret); five for what a cluster brings by
 * itself (a node, a volume); what clears by itself waits for the bound (design review F6; Armada's defaults, C.6).
 */
export function graceOf({ reason, subreason, clears }: Finding): number | null {
  if (AT_ONCE.has(subreason)) return 0;
  if (reason === 'Unschedulable') return clears || subreason === 'SchedulingGated' ? null : 5 * MINUTE;
  // A step that asked for restarts gets them until its own bound.
  if (reason === 'OOMKilled' || reason === 'ProbeFailed' || reason === 'TaskFailed' || reason === 'NodeLost')
    return null;
  if (clears) return null;
  return reason === 'ContainerCannotRun' || reason === 'VolumeMount' || reason === 'InitContainerFailed'
    ? 2 * MINUTE
    : MINUTE;
}
