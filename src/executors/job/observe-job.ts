import type { Job, Pod } from '../../api/kube.js';
import type { Evidence } from '../../failure/evidence.js';
import { startedContainers } from '../../failure/index.js';
import type { Observation } from '../observation.js';
import { isOver, seenObject } from '../pod/observe-pod.js';

/**
 * What a Job shows. Its conditions Complete and Failed come only when its pods are gone or ended: they are the
 * confirmation. FailureTarget and SuccessCriteriaMet come before and confirm nothing (design review C20). A Job that is
 * being deleted gets no condition: there the end of all its pods confirms. Pure.
 */
export function observeJob(job: Job, pods: readonly Pod[], evidence: Evidence): Observation {
  const started = [...new Set(pods.flatMap((pod) => startedContainers({ pod })))].sort();
  const seen = { object: seenObject(job), started, evidence };
  if (isFinished(job) || (seen.object.terminating && pods.every(isOver))) return { kind: 'Ended', ...seen };
  return { kind: hasStarted(job, started) ? 'Running' : 'Pending', ...seen };
}

export function isFinished(job: Job): boolean {
  return (job.status?.conditions ?? []).some(
    (condition) => (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  );
}

/** The main containers of some pod run, or have run. */
function hasStarted(job: Job, started: readonly string[]): boolean {
  const containers = job.spec?.template.spec?.containers ?? [];
  return containers.length > 0 && containers.every((container) => started.includes(container.name));
}

/** The pod that tells most: the latest that failed, else the latest. */
export function tellingPod(pods: readonly Pod[]): Pod | undefined {
  const byAge = [...pods].sort((a, b) => ageKey(a).localeCompare(ageKey(b)));
  return byAge.findLast((pod) => pod.status?.phase === 'Failed') ?? byAge.at(-1);
}

function ageKey(pod: Pod): string {
  return `${pod.metadata?.creationTimestamp ?? ''}/${pod.metadata?.name ?? ''}`;
}
