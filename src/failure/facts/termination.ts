import { parseInstant } from '../../api/instant.js';
import type { Pod } from '../../api/kube.js';
import type { Termination } from './facts.js';

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];
type ContainerState = NonNullable<ContainerStatus['state']>;
export type TerminatedState = Partial<NonNullable<ContainerState['terminated']>>;

/**
 * What the runtime, not the program, reports: containerd and CRI-O write StartError, Docker ContainerCannotRun, with a
 * `startedAt` of 1970 or of the failed try.
 */
const NEVER_RAN: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);
/** Reasons that Tekton writes into a step itself when it deletes the pod, with exit code 1. */
const WRITTEN_BY_TEKTON: ReadonlySet<string> = new Set(['TaskRunTimeout', 'TaskRunCancelled']);

/** Reads a terminated state. */
export function readTermination(state: TerminatedState): Termination {
  const reason = state.reason ?? '';
  const startedAt = parseInstant(state.startedAt) ?? 0;
  return {
    exitCode: state.exitCode ?? 0,
    signal: typeof state.signal === 'number' && state.signal > 0 ? state.signal : null,
    reason,
    message: state.message ?? '',
    finishedAt: positive(parseInstant(state.finishedAt)),
    ran: !NEVER_RAN.has(reason) && (startedAt > 0 || usedToRun(state.message)),
    synthetic: WRITTEN_BY_TEKTON.has(reason),
  };
}

/** The kubelet's own words when a container that it had seen running is gone. */
function usedToRun(message: string | undefined): boolean {
  return message?.includes('The container used to be Running') ?? false;
}

function positive(instant: number | null): number | null {
  return instant !== null && instant > 0 ? instant : null;
}
