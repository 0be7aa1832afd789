import { parseInstant } from '../../../api/instant.js';
import type { Instant } from '../../../api/instant.js';
import { containerStatuses, initContainerStatuses } from './container-status.js';
import { isTerminalPhase, phaseOf } from './phase.js';
import type { PodSituation, PodVerdict, StoredPod } from './situation.js';

export const DEADLINE_EXCEEDED: PodVerdict = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

/** A graceful stop of the node (kubelet/nodeshutdown), in its words. */
export const NODE_SHUTDOWN: PodVerdict = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
};

/** The instant at which activeDeadlineSeconds is over, or null where it never is. */
export function deadlineOf(pod: StoredPod): Instant | null {
  const seconds = pod.spec?.activeDeadlineSeconds;
  const start = parseInstant(pod.status?.startTime);
  return seconds === undefined || start === null ? null : start + seconds * 1000;
}

/** Whether the pod's own containers have brought it to its end: none will be started again. */
export function hasFinished(situation: PodSituation): boolean {
  const statuses = { init: initContainerStatuses(situation), main: containerStatuses(situation) };
  return isTerminalPhase(phaseOf(situation.pod, statuses, false));
}
