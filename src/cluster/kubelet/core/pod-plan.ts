import type { RuntimeContainer } from '../runtime.js';
import type { Container, PodSituation } from './situation.js';
import { initContainersOf, isSidecar, latestOf, mainContainersOf, shouldBeStarted } from './situation.js';

/** What is to be done for a pod that goes on. */
export interface PodPlan {
  /** Containers to start now, in this order, each unless it is backing off. */
  readonly start: readonly Container[];
  /** Instances to end, because the main containers are done: running sidecars. */
  readonly end: readonly RuntimeContainer[];
}

interface InitPlan {
  readonly start: readonly Container[];
  readonly done: boolean;
}

/** Init containers one after the other; a sidecar is passed as soon as it has been started. */
function planInit(situation: PodSituation): InitPlan {
  const start: Container[] = [];
  for (const container of initContainersOf(situation.pod)) {
    const latest = latestOf(situation.instances, container.name);
    if (isSidecar(container)) {
      if (shouldBeStarted(situation.pod, container, latest)) start.push(container);
      if (latest === null) return { start, done: false };
      continue;
    }
    if (latest?.state.kind === 'Exited' && latest.state.exitCode === 0) continue;
    if (shouldBeStarted(situation.pod, container, latest)) start.push(container);
    return { start, done: false };
  }
  return { start, done: true };
}

/** Which containers to start and to end next. As computePodActions in kubernetes/pkg/kubelet/kuberuntime. */
export function planPod(situation: PodSituation): PodPlan {
  const mains = mainContainersOf(situation.pod);
  const latest = mains.map((one) => latestOf(situation.instances, one.name));
  const begun = latest.some((one) => one !== null);
  const toStart = mains.filter((one, index) => shouldBeStarted(situation.pod, one, latest[index] ?? null));
  const running = latest.some((one) => one?.state.kind === 'Running');
  if (begun && !running && toStart.length === 0) {
    const end = situation.instances.filter((one) => one.state.kind === 'Running').toReversed();
    return { start: [], end };
  }
  const init = planInit(situation);
  // Init containers do not run again once a main container has been started; only sidecars do.
  if (begun) return { start: [...init.start.filter(isSidecar), ...toStart], end: [] };
  return init.done ? { start: [...init.start, ...toStart], end: [] } : { start: init.start, end: [] };
}
