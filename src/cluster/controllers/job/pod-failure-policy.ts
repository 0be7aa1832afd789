import type { Job, Pod } from '../../../api/kube.js';

export type PodFailurePolicy = NonNullable<NonNullable<Job['spec']>['podFailurePolicy']>;
type Rule = PodFailurePolicy['rules'][number];
type ExitCodes = NonNullable<Rule['onExitCodes']>;
type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** What the policy says of a failed pod: it fails the Job at once, it counts against backoffLimit, or neither. */
export type PolicyVerdict =
  | { readonly action: 'FailJob'; readonly message: string }
  | { readonly action: 'Count' }
  | { readonly action: 'Ignore' };

const COUNT: PolicyVerdict = { action: 'Count' };

/** The first rule that matches decides; none matches, or no policy: the failure counts. */
export function judgeFailedPod(policy: PodFailurePolicy | undefined, pod: Pod): PolicyVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const cause = matchRule(rule, pod);
    if (cause === null) continue;
    switch (rule.action) {
      case 'FailJob':
        return { action: 'FailJob', message: `${cause} matching FailJob rule at index ${index}` };
      case 'Ignore':
        return { action: 'Ignore' };
      default:
        // Count; FailIndex is for Indexed Jobs with backoffLimitPerIndex.
        return COUNT;
    }
  }
  return COUNT;
}

/** Why the rule matches, in the words of the Job's condition; null where it does not. */
function matchRule(rule: Rule, pod: Pod): string | null {
  const name = `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`;
  if (rule.onExitCodes !== undefined) {
    const match = matchExitCode(pod, rule.onExitCodes);
    return match === null
      ? null
      : `Container ${match.container} for pod ${name} failed with exit code ${match.exitCode}`;
  }
  for (const condition of pod.status?.conditions ?? []) {
    for (const pattern of rule.onPodConditions ?? []) {
      // An absent status in the pattern means True (API default).
      const wanted: string | undefined = pattern.status;
      if (condition.type === pattern.type && condition.status === (wanted ?? 'True')) {
        return `Pod ${name} has condition ${condition.type}`;
      }
    }
  }
  return null;
}

function matchExitCode(pod: Pod, rule: ExitCodes): { readonly container: string; readonly exitCode: number } | null {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const inOrder: readonly ContainerStatus[] = [...containerStatuses, ...initContainerStatuses];
  for (const status of inOrder) {
    const exitCode = status.state?.terminated?.exitCode;
    if (exitCode === undefined || exitCode === 0) continue;
    if (rule.containerName !== undefined && rule.containerName !== status.name) continue;
    if (rule.values.includes(exitCode) === (rule.operator === 'In')) return { container: status.name, exitCode };
  }
  return null;
}
