import { parseInstant } from '../../api/instant.js';
import type { Clock } from '../../api/clock.js';
import type { LogProvider, LogQuery } from '../log-provider.js';
import { StatusError } from '../status-error.js';
import { initContainersOf, mainContainersOf } from './core/situation.js';
import type { StoredPod } from './core/situation.js';
import type { ContainerRuntime, LogSlice, RuntimeContainer } from './runtime.js';

type PodName = Parameters<LogProvider['readLog']>[0];

function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message });
}

/** What the kubelet says of a container that waits for its image (kubelet_pods.go, validateContainerLogStatus). */
const PULL_FAILURES: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

interface PodLogsOptions {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  /** The pod with this UID as the kubelet knows it, or null. */
  readonly find: (uid: string) => StoredPod | null;
}

/** Reads the logs of this node's containers; refusals in the real kubelet's words. */
export class PodLogs implements LogProvider {
  readonly #options: PodLogsOptions;

  constructor(options: PodLogsOptions) {
    this.#options = options;
  }

  async readLog(pod: PodName, query: LogQuery, signal: AbortSignal): Promise<string | AsyncIterable<string>> {
    const instance = this.#instance(pod, query);
    const slice = this.#slice(query);
    const { runtime } = this.#options;
    return query.follow ? runtime.followLog(instance.id, slice, signal) : runtime.readLog(instance.id, slice);
  }

  #slice(query: LogQuery): LogSlice {
    const seconds = query.sinceSeconds;
    const since = seconds === undefined ? parseInstant(query.sinceTime) : this.#options.clock.now() - seconds * 1000;
    return {
      timestamps: query.timestamps,
      since,
      tailLines: query.tailLines ?? null,
      limitBytes: query.limitBytes ?? null,
    };
  }

  #instance(name: PodName, query: LogQuery): RuntimeContainer {
    const { container } = query;
    const pod = this.#options.find(name.uid);
    if (pod === null) throw new StatusError({ code: 404, reason: 'NotFound', message: `pod "${name.name}" not found` });
    const known = [...initContainersOf(pod), ...mainContainersOf(pod)].some((one) => one.name === container);
    if (!known) throw badRequest(`container ${container} is not valid for pod ${name.name}`);
    const instances = this.#options.runtime.containers(name.uid).filter((one) => one.container === container);
    const found = instances.at(query.previous ? -2 : -1);
    if (found !== undefined) return found;
    if (query.previous) {
      throw badRequest(`previous terminated container "${container}" in pod "${name.name}" not found`);
    }
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const waiting = statuses.find((one) => one.name === container)?.state?.waiting?.reason ?? 'ContainerCreating';
    const why = PULL_FAILURES[waiting] ?? waiting;
    throw badRequest(`container "${container}" in pod "${name.name}" is waiting to start: ${why}`);
  }
}
