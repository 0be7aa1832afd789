import type { ContainerFacts, EventFacts, Facts } from '../facts/facts.js';
import { deciding } from '../facts/queries.js';

/**
 * Containers that have not started and hold the attempt up: init containers first, then main ones, by name. Those that
 * wait behind an init container are none.
 */
export function blockedContainers(facts: Facts): readonly ContainerFacts[] {
  const main = deciding(facts);
  return facts.containers.filter((one) => (one.kind !== 'main' || main.includes(one)) && isBlocked(one));
}

function isBlocked(container: ContainerFacts): boolean {
  if (container.waiting.reason === 'CrashLoopBackOff') return container.last?.ran === false;
  if (container.state === 'running') return false;
  return container.ended === null
    ? !container.started || container.state === 'waiting'
    : !container.ended.ran && !container.started;
}

/** The kubelet's Failed events about one container, newest first. */
export function failuresOf(facts: Facts, container: ContainerFacts): readonly EventFacts[] {
  return facts.events.filter((event) => event.warning && event.container === container.name).reverse();
}

/**
 * Somebody else deleted the pod, and nothing in the evidence made them: the deletion, not what the pod waited for, is why
 * it ended. Controllers also delete pods, when a deadline passed or a run was cancelled: then the cause comes before that.
 */
export function deletedByOthers(facts: Facts): boolean {
  const { pod, job, taskRuns, pipelineRun, context } = facts;
  if (pod === null || pod.deletionAskedAt === null || context.stop !== null) return false;
  if (pod.conditions['DisruptionTarget']?.status === 'True' || pod.reason === 'DeadlineExceeded') return false;
  if (taskRuns.length > 0 || pipelineRun !== null || job?.failed) return false;
  // A controller that is not in evidence may have had its reasons.
  return job !== null || pod.owner === null || !['Job', 'TaskRun'].includes(pod.owner.kind);
}
