import { formatSeconds } from '../../../api/instant.js';
import type { Instant } from '../../../api/instant.js';
import type { PodPhase } from './phase.js';
import type { ContainerStatus, PodCondition, PodSituation } from './situation.js';
import { initContainersOf, isSidecar } from './situation.js';

/** Types that the kubelet owns, in the order in which it writes them. */
const OWNED = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

type Verdict = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

interface Statuses {
  readonly phase: PodPhase;
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
}

/** A sidecar is past initialization once it has started, a regular init container once it has succeeded. */
function isInitialized(status: ContainerStatus, sidecar: boolean): boolean {
  if (!sidecar) return status.ready;
  return (
    status.started === true || status.state?.terminated !== undefined || status.lastState?.terminated !== undefined
  );
}

function sidecarNames(situation: PodSituation): ReadonlySet<string> {
  return new Set(
    initContainersOf(situation.pod)
      .filter(isSidecar)
      .map((one) => one.name),
  );
}

function initialized(situation: PodSituation, statuses: Statuses): Verdict {
  const sidecars = sidecarNames(situation);
  const incomplete = statuses.init.filter((one) => !isInitialized(one, sidecars.has(one.name))).map((one) => one.name);
  if (statuses.phase === 'Succeeded') return { type: 'Initialized', status: 'True', reason: 'PodCompleted' };
  if (incomplete.length === 0) return { type: 'Initialized', status: 'True' };
  return {
    type: 'Initialized',
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.join(' ')}]`,
  };
}

function containersReady(situation: PodSituation, statuses: Statuses): Omit<Verdict, 'type'> {
  if (statuses.phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (statuses.phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const sidecars = sidecarNames(situation);
  const unready = [...statuses.init.filter((one) => sidecars.has(one.name)), ...statuses.main]
    .filter((one) => !one.ready)
    .map((one) => one.name);
  if (unready.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}

/**
 * The pod's conditions: those of others as they are, then the kubelet's own. The transition time stays while the
 * status does.
 */
export function podConditions(situation: PodSituation, statuses: Statuses, now: Instant): readonly PodCondition[] {
  const old = situation.pod.status?.conditions ?? [];
  const ready = containersReady(situation, statuses);
  const verdicts: readonly Verdict[] = [
    { type: 'PodReadyToStartContainers', status: situation.sandbox ? 'True' : 'False' },
    initialized(situation, statuses),
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
    { type: 'PodScheduled', status: 'True' },
  ];
  const generation = situation.pod.metadata.generation;
  const own = verdicts.map((verdict): PodCondition => {
    const before = old.find((one) => one.type === verdict.type);
    const kept = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return {
      ...verdict,
      lastTransitionTime: kept ?? formatSeconds(now),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
  });
  return [...old.filter((one) => !OWNED.includes(one.type)), ...own];
}
