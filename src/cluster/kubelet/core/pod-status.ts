import { formatSeconds } from '../../../api/instant.js';
import type { Instant } from '../../../api/instant.js';
import { containerStatuses, initContainerStatuses, LOST } from './container-status.js';
import { podConditions } from './conditions.js';
import { isTerminalPhase, phaseOf } from './phase.js';
import type { PodPhase } from './phase.js';
import type { ContainerStatus, PodSituation, PodStatus } from './situation.js';

/** Everything here runs on this machine and shares its network. */
const LOCAL_ADDRESS = '127.0.0.1';

function oldPhase(situation: PodSituation): PodPhase {
  const phase = situation.pod.status?.phase;
  return phase === 'Running' || phase === 'Succeeded' || phase === 'Failed' ? phase : 'Pending';
}

/** Reason and message of the pod: those of the verdict, else (a phase never loses them) the old ones. */
function outcome(situation: PodSituation, phase: PodPhase): Pick<PodStatus, 'phase' | 'reason' | 'message'> {
  const old = situation.pod.status;
  // The phase may become terminal only when nothing runs any more; until then it and its reason stay as they were.
  const held = isTerminalPhase(phase) && !isTerminalPhase(old?.phase) && !situation.ended;
  if (!held && situation.verdict !== null && !isTerminalPhase(old?.phase)) return { phase, ...situation.verdict };
  return {
    phase: held ? oldPhase(situation) : phase,
    ...(old?.reason === undefined ? {} : { reason: old.reason }),
    ...(old?.message === undefined ? {} : { message: old.message }),
  };
}

function addresses(situation: PodSituation): Partial<PodStatus> {
  const known = situation.sandbox || situation.pod.status?.podIP !== undefined;
  return {
    hostIP: LOCAL_ADDRESS,
    hostIPs: [{ ip: LOCAL_ADDRESS }],
    ...(known ? { podIP: LOCAL_ADDRESS, podIPs: [{ ip: LOCAL_ADDRESS }] } : {}),
  };
}

/**
 * The status of a pod as the kubelet would write it now, from what its runtime knows and what it wrote before.
 * As generateAPIPodStatus and mergePodStatus in kubernetes/pkg/kubelet, and as recorded (test/fixtures/recordings).
 */
export function podStatus(situation: PodSituation, now: Instant): PodStatus {
  const { pod } = situation;
  const init = initContainerStatuses(situation);
  const main = containerStatuses(situation);
  const computed = situation.verdict === null ? phaseOf(pod, { init, main }, situation.ended) : 'Failed';
  const phase = isTerminalPhase(pod.status?.phase) ? pod.status.phase : computed;
  const generation = pod.metadata.generation;
  return {
    ...outcome(situation, phase),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: podConditions(situation, { phase, init, main }, now),
    startTime: pod.status?.startTime ?? formatSeconds(now),
    ...addresses(situation),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
    ...(pod.status?.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
  };
}

function lost(status: ContainerStatus): ContainerStatus {
  return status.state?.terminated === undefined ? { ...status, state: { terminated: LOST } } : status;
}

function hasEvidenceOfAStart(status: ContainerStatus): boolean {
  const { state, lastState } = status;
  return state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined;
}

/**
 * What the kubelet makes of a status when the pod is over: each container that has not ended is told as lost
 * (ContainerStatusUnknown, 137), main containers only once the pod was initialized, init containers up to the last
 * one that ever started; and a phase that is not terminal becomes Failed.
 * As TerminatePod in kubernetes/pkg/kubelet/status/status_manager.go.
 */
export function terminatedStatus(status: PodStatus): PodStatus {
  const initialized = status.conditions?.some((one) => one.type === 'Initialized' && one.status === 'True') === true;
  const init = status.initContainerStatuses ?? [];
  const lastStarted = init.findLastIndex(hasEvidenceOfAStart);
  return {
    ...status,
    phase: isTerminalPhase(status.phase) ? status.phase : 'Failed',
    ...(init.length === 0
      ? {}
      : { initContainerStatuses: init.map((one, index) => (index <= lastStarted ? lost(one) : one)) }),
    containerStatuses: initialized ? (status.containerStatuses ?? []).map(lost) : (status.containerStatuses ?? []),
  };
}

/** The status of a pod that the kubelet does not admit: no containers, no conditions of its own. */
export function refusedStatus(situation: PodSituation, now: Instant): PodStatus {
  const { pod, verdict } = situation;
  const generation = pod.metadata.generation;
  return {
    phase: 'Failed',
    ...(verdict === null ? {} : { reason: verdict.reason, message: verdict.message }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(pod.status?.conditions === undefined ? {} : { conditions: pod.status.conditions }),
    startTime: formatSeconds(now),
    ...(pod.status?.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
  };
}
