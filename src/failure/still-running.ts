import type { ContainerFacts, Facts } from './facts/facts.js';
import { deciding } from './facts/queries.js';
import type { Finding } from './finding.js';

/** Controllers that put a new pod in the place of one that failed. */
const REPLACES: ReadonlySet<string> = new Set([
  'Job',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'TaskRun',
  'Node',
]);

/**
 * Whether something of the attempt may still run, or start by itself, so that a second start could run the work twice.
 * A pod of its own that never started a main container is no obstacle: whoever retries deletes it first.
 */
export function mayStillRun(facts: Facts, finding: Finding): boolean {
  if (finding.mayStillRun === true) return true;
  return runsNow(facts) || restartsItself(facts) || isReplaced(facts) || onSilentNode(facts, finding);
}

/** A main container is shown running, whatever the phase says; or it was seen to start and no end is known. */
function runsNow(facts: Facts): boolean {
  const { containers, context, pod } = facts;
  const over = pod?.phase === 'Failed' || pod?.phase === 'Succeeded';
  // A pod that is over and shows a container running contradicts itself: that proves no stop, whosever container it is.
  const counts = (one: ContainerFacts): boolean => one.kind === 'main' && (over || (!one.injected && !one.helper));
  if (containers.some((one) => counts(one) && one.state === 'running')) return true;
  if (over) return false;
  if (pod === null && facts.job === null && containers.length === 0)
    return context.seenStarted.length > 0 || isBlank(facts);
  const seen = (one: ContainerFacts): boolean => one.kind === 'main' && context.seenStarted.includes(one.name);
  return containers.some((one) => seen(one) && one.ended === null);
}

/** There is nothing to conclude from: the objects are gone, and what ran of them may run on (a force deletion). */
function isBlank({ refusal, taskRuns, pipelineRun, events }: Facts): boolean {
  return refusal === null && taskRuns.length === 0 && pipelineRun === null && events.length === 0;
}

/** The kubelet restarts a started container unless the policy or the pod's end forbids it. */
function restartsItself(facts: Facts): boolean {
  const { pod } = facts;
  if (pod === null || !facts.mainStarted || pod.phase === 'Failed' || pod.phase === 'Succeeded') return false;
  if (pod.restartPolicy === 'Always') return true;
  return (
    pod.restartPolicy === 'OnFailure' && deciding(facts).some((one) => one.ended === null || one.ended.exitCode !== 0)
  );
}

/** A Job or a Tekton run that is not over, or a controller that replaces its pods and is not shown to have ended. */
function isReplaced(facts: Facts): boolean {
  const { job, pod, taskRuns, pipelineRun } = facts;
  if (job !== null && !job.over) return true;
  if (pipelineRun !== null ? !pipelineRun.over : taskRuns.some((one) => !one.over)) return true;
  const owner = pod?.owner;
  if (owner == null || !REPLACES.has(owner.kind)) return false;
  if (owner.kind === 'Job') return job === null;
  if (owner.kind === 'TaskRun') return taskRuns.length === 0 && pipelineRun === null;
  return true;
}

/** Nobody hears from the node, or its object was deleted: neither proves that a container on it stopped. */
function onSilentNode(facts: Facts, finding: Finding): boolean {
  if (finding.reason !== 'NodeLost') return false;
  if (finding.subreason === 'GracefulNodeShutdown')
    return facts.pod?.phase !== 'Failed' && facts.pod?.phase !== 'Succeeded';
  const main = deciding(facts);
  return main.length === 0 || !main.every((one) => one.ended !== null && one.ended.reason !== 'ContainerStatusUnknown')
    ? finding.subreason !== 'NodeRebooted'
    : false;
}
