import { parseQuantity } from '../quantity.js';
import { BackoffTable } from './core/backoff.js';
import { expandReferences } from './core/expand.js';
import { goDuration } from './core/go-duration.js';
import { imageFault } from './core/image-reference.js';
import type { ImageFault } from './core/image-reference.js';
import { nonRootFault, unsupported } from './core/refusals.js';
import { initContainersOf, latestOf } from './core/situation.js';
import type { Container, StoredPod, WaitingReason } from './core/situation.js';
import { containerEnvironment } from './environment.js';
import type { EventText } from './event-recorder.js';
import type { KubeletContext } from './kubelet-context.js';
import { CreateContainerFailure } from './runtime.js';
import type { ContainerLaunch, RuntimeContainer } from './runtime.js';

/** The kubelet looks again at a container that it could not start after this time (backOffPeriod). */
const RETRY_MS = 10_000;
/** A changed cause is written with the next look, about as long after as the kubelet's runtime poll takes. */
const LOOK_AGAIN_MS = 1_000;

const normal = (reason: string, message: string): EventText => ({ type: 'Normal', reason, message });
const warning = (reason: string, message: string): EventText => ({ type: 'Warning', reason, message });

/** Starts the containers of one pod, and knows why one that does not run waits. */
export class ContainerStarter {
  readonly #context: KubeletContext;
  readonly #restarts = new BackoffTable();
  readonly #pulls = new BackoffTable();
  readonly #waiting = new Map<string, WaitingReason>();

  constructor(context: KubeletContext) {
    this.#context = context;
  }

  /** Why containers wait, by name, as of their last try. */
  get waiting(): ReadonlyMap<string, WaitingReason> {
    return this.#waiting;
  }

  /** Tries to start the container; answers in how many milliseconds to look again, null when it is started. */
  async start(pod: StoredPod, container: Container): Promise<number | null> {
    const before = this.#waiting.get(container.name);
    const retry = await this.#try(pod, container);
    const after = this.#waiting.get(container.name);
    if (retry === null || before?.reason === after?.reason) return retry;
    return Math.min(retry, LOOK_AGAIN_MS);
  }

  /** An event about the container. */
  record(pod: StoredPod, name: string, text: EventText): void {
    const init = initContainersOf(pod).some((one) => one.name === name);
    const { namespace = '', uid } = pod.metadata;
    const fieldPath = `spec.${init ? 'initContainers' : 'containers'}{${name}}`;
    this.#context.recorder.record(
      { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, namespace, uid, fieldPath },
      text,
    );
  }

  async #try(pod: StoredPod, container: Container): Promise<number | null> {
    const latest = latestOf(this.#context.runtime.containers(pod.metadata.uid), container.name);
    const held = this.#restartHeld(pod, container, latest);
    if (held !== null) return held;
    const fault = imageFault(container.image ?? '', container.imagePullPolicy);
    if (fault !== null) return this.#imageFailed(pod, container, fault);
    const present = `Container image "${container.image ?? ''}" already present on machine and can be accessed by the pod`;
    this.record(pod, container.name, normal('Pulled', present));
    try {
      return await this.#launch(pod, container, latest);
    } catch (error) {
      if (!(error instanceof CreateContainerFailure)) throw error;
      this.#waiting.set(container.name, { reason: error.reason, message: error.message });
      this.record(pod, container.name, warning('Failed', `Error: ${error.message}`));
      return RETRY_MS;
    }
  }

  /** Milliseconds for which the container must still wait for its restart, else null. */
  #restartHeld(pod: StoredPod, container: Container, latest: RuntimeContainer | null): number | null {
    if (latest?.state.kind !== 'Exited') return null;
    const now = this.#context.clock.now();
    const key = container.name;
    const remaining = this.#restarts.remaining(key, now, latest.state.finishedAt ?? undefined);
    if (remaining === 0) {
      this.#restarts.raise(key, now);
      return null;
    }
    const who = `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})`;
    this.record(pod, key, warning('BackOff', `Back-off restarting failed container ${key} in pod ${who}`));
    const delay = goDuration(this.#restarts.current(key));
    const message = `back-off ${delay} restarting failed container=${key} pod=${who}`;
    this.#waiting.set(key, { reason: 'CrashLoopBackOff', message });
    return remaining;
  }

  #imageFailed(pod: StoredPod, container: Container, fault: ImageFault): number {
    const image = container.image ?? '';
    const { name } = container;
    const now = this.#context.clock.now();
    const tell = (reason: string, message: string): void => {
      this.record(pod, name, warning('Failed', `Error: ${reason}`));
      this.#waiting.set(name, { reason, message });
    };
    if (fault.reason !== 'ErrImagePull') {
      const event = fault.reason === 'InvalidImageName' ? 'InspectFailed' : 'ErrImageNeverPull';
      this.record(pod, name, warning(event, fault.message));
      tell(fault.reason, fault.message);
      return RETRY_MS;
    }
    if (this.#pulls.remaining(image, now) > 0) {
      this.record(pod, name, normal('BackOff', `Back-off pulling image "${image}"`));
      tell('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${fault.message}`);
    } else {
      this.record(pod, name, normal('Pulling', `Pulling image "${image}"`));
      this.record(pod, name, warning('Failed', `Failed to pull image "${image}": ${fault.message}`));
      tell('ErrImagePull', fault.message);
      this.#pulls.raise(image, now);
    }
    return Math.max(LOOK_AGAIN_MS, this.#pulls.remaining(image, now));
  }

  async #launch(pod: StoredPod, container: Container, latest: RuntimeContainer | null): Promise<null> {
    const nonRoot = nonRootFault(pod, container);
    if (nonRoot !== null) throw new CreateContainerFailure('CreateContainerConfigError', nonRoot);
    const refused = unsupported(container);
    if (refused !== null) throw new CreateContainerFailure('CreateContainerError', refused);
    const env = await containerEnvironment(pod, container, this.#context);
    const attempt = latest === null ? 0 : latest.attempt + 1;
    await this.#context.runtime.start(launchOf(pod, container, { env, attempt }));
    this.#waiting.delete(container.name);
    this.record(pod, container.name, normal('Created', 'Container created'));
    const made = latestOf(this.#context.runtime.containers(pod.metadata.uid), container.name);
    const failed = made?.state.kind === 'Exited' && made.state.reason === 'StartError';
    const outcome = failed
      ? warning('Failed', `Error: ${made.state.message ?? 'cannot start'}`)
      : normal('Started', 'Container started');
    this.record(pod, container.name, outcome);
    return null;
  }
}

interface LaunchParts {
  readonly env: Readonly<Record<string, string>>;
  readonly attempt: number;
}

function launchOf(pod: StoredPod, container: Container, parts: LaunchParts): ContainerLaunch {
  const { env, attempt } = parts;
  const lookup = (name: string): string | undefined => (Object.hasOwn(env, name) ? env[name] : undefined);
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const limit = container.resources?.limits?.['memory'];
  const policy = container.terminationMessagePolicy === 'FallbackToLogsOnError' ? 'FallbackToLogsOnError' : 'File';
  // Arguments without a command belong to the image's entrypoint, which nobody knows here.
  const known = (container.command ?? []).length > 0;
  return {
    podUid: pod.metadata.uid,
    namespace: pod.metadata.namespace ?? '',
    podName: pod.metadata.name,
    container: container.name,
    attempt,
    image: container.image ?? '',
    argv: known ? words.map((word) => expandReferences(word, lookup)) : [],
    env,
    workingDir: container.workingDir === undefined || container.workingDir === '' ? null : container.workingDir,
    memoryLimit: limit === undefined ? null : parseQuantity(limit),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: policy,
  };
}
