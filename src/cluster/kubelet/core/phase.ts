import type { ContainerStatus, StoredPod } from './situation.js';
import { initContainersOf, isSidecar, mainContainersOf } from './situation.js';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** True for the phases that a pod never leaves. */
export function isTerminalPhase(phase: string | undefined): phase is 'Succeeded' | 'Failed' {
  return phase === 'Succeeded' || phase === 'Failed';
}

interface Statuses {
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
}

interface Tally {
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
}

type InitOutcome = 'done' | 'pending' | 'failed';

function initOutcome(status: ContainerStatus | undefined): InitOutcome {
  const end = status?.state?.terminated ?? (status?.state?.waiting && status.lastState?.terminated);
  if (end === undefined) return 'pending';
  return end.exitCode === 0 ? 'done' : 'failed';
}

function add(tally: Tally, status: ContainerStatus | undefined): void {
  const end = status?.state?.terminated;
  if (status?.state?.running !== undefined) tally.running += 1;
  else if (end !== undefined) {
    tally.stopped += 1;
    if (end.exitCode === 0) tally.succeeded += 1;
  } else if (status?.lastState?.terminated !== undefined) tally.stopped += 1;
  else tally.waiting += 1;
}

function phaseOfStopped(pod: StoredPod, tally: Tally, ended: boolean): PodPhase {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const succeeded = tally.stopped === tally.succeeded;
  if (ended) return succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  if (succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

/**
 * The phase that the containers' states amount to; `ended` when none will be started again.
 * As getPhase in kubernetes/pkg/kubelet/kubelet_pods.go (1.35).
 */
export function phaseOf(pod: StoredPod, statuses: Statuses, ended: boolean): PodPhase {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const byName = new Map([...statuses.init, ...statuses.main].map((status) => [status.name, status]));
  const outcomes = initContainersOf(pod)
    .filter((one) => !isSidecar(one))
    .map((one) => initOutcome(byName.get(one.name)));
  if (policy === 'Never' && outcomes.includes('failed')) return 'Failed';
  // A main container that was started proves that the init containers were done and the sidecars had been started,
  // even if their own traces are lost; else the pod would wait for ever for what is never started again.
  const begun = statuses.main.some(
    (one) => one.state?.waiting === undefined || one.lastState?.terminated !== undefined,
  );
  const tally: Tally = { running: 0, waiting: 0, stopped: 0, succeeded: 0 };
  for (const one of initContainersOf(pod).filter(isSidecar)) {
    const status = byName.get(one.name);
    const traces = status?.state?.terminated ?? status?.lastState?.terminated;
    // An ended or restarting sidecar says nothing of the phase.
    if (status?.state?.running !== undefined) tally.running += 1;
    else if (traces === undefined && !begun) tally.waiting += 1;
  }
  for (const one of mainContainersOf(pod)) add(tally, byName.get(one.name));
  if ((outcomes.includes('pending') && !begun) || tally.waiting > 0) return 'Pending';
  if (tally.running > 0) return 'Running';
  return tally.stopped > 0 ? phaseOfStopped(pod, tally, ended) : 'Pending';
}
