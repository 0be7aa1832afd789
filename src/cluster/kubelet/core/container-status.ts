import { formatSeconds } from '../../../api/instant.js';
import type { ExitedState, RuntimeContainer } from '../runtime.js';
import type { Container, ContainerStatus, PodSituation } from './situation.js';
import { initContainersOf, latestOf, mainContainersOf, shouldBeStarted } from './situation.js';

type State = NonNullable<ContainerStatus['state']>;
type Terminated = NonNullable<State['terminated']>;

/** What the status says of a container that is gone although it should have ended (the kubelet's own words). */
export const LOST: Terminated = {
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
  exitCode: 137,
};

function terminated(state: ExitedState, containerID: string): Terminated {
  return {
    exitCode: state.exitCode,
    reason: state.reason,
    ...(state.message === null || state.message === '' ? {} : { message: state.message }),
    ...(state.startedAt === null ? {} : { startedAt: formatSeconds(state.startedAt) }),
    ...(state.finishedAt === null ? {} : { finishedAt: formatSeconds(state.finishedAt) }),
    containerID,
  };
}

function stateOf(instance: RuntimeContainer, containerID: string): State {
  return instance.state.kind === 'Running'
    ? { running: { startedAt: formatSeconds(instance.state.startedAt) } }
    : { terminated: terminated(instance.state, containerID) };
}

function idOf(situation: PodSituation, instance: RuntimeContainer): string {
  return `${situation.scheme}://${instance.id}`;
}

/** The state that lies before the latest instance: the previous one's end. */
function lastStateOf(situation: PodSituation, latest: RuntimeContainer): State {
  const previous = situation.instances.find(
    (one) => one.container === latest.container && one.attempt === latest.attempt - 1,
  );
  return previous?.state.kind === 'Exited' ? { terminated: terminated(previous.state, idOf(situation, previous)) } : {};
}

function neverStarted(situation: PodSituation, container: Container): ContainerStatus {
  const initializing = initContainersOf(situation.pod).length > 0;
  const cause = shouldBeStarted(situation.pod, container, null) ? situation.waiting.get(container.name) : undefined;
  return {
    name: container.name,
    state: { waiting: cause ?? { reason: initializing ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: {},
    ready: false,
    started: false,
    restartCount: 0,
    image: container.image ?? '',
    imageID: '',
  };
}

/** A regular init container is ready when it has succeeded, any other while it runs. */
function isReady(latest: RuntimeContainer, regularInit: boolean): boolean {
  if (latest.state.kind === 'Running') return !regularInit;
  return regularInit && latest.state.exitCode === 0;
}

function statusOf(situation: PodSituation, container: Container, regularInit: boolean): ContainerStatus {
  const latest = latestOf(situation.instances, container.name);
  if (latest === null) return neverStarted(situation, container);
  const containerID = idOf(situation, latest);
  const state = stateOf(latest, containerID);
  const status: ContainerStatus = {
    name: container.name,
    state,
    lastState: lastStateOf(situation, latest),
    ready: isReady(latest, regularInit),
    started: latest.state.kind === 'Running' && !regularInit,
    restartCount: latest.attempt,
    image: container.image ?? '',
    imageID: '',
    containerID,
  };
  // A container that waits for its restart says why, and its end moves to lastState.
  const cause = situation.waiting.get(container.name);
  const waits = latest.state.kind === 'Exited' && shouldBeStarted(situation.pod, container, latest);
  return waits && cause !== undefined ? { ...status, state: { waiting: cause }, lastState: state } : status;
}

/** Statuses of the init containers, in the order of the spec. */
export function initContainerStatuses(situation: PodSituation): readonly ContainerStatus[] {
  return initContainersOf(situation.pod).map((one) => statusOf(situation, one, one.restartPolicy !== 'Always'));
}

/** Statuses of the main containers, in the order of the spec. */
export function containerStatuses(situation: PodSituation): readonly ContainerStatus[] {
  return mainContainersOf(situation.pod).map((one) => statusOf(situation, one, false));
}
