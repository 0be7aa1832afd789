import { initContainersOf, isSidecar } from './core/situation.js';
import type { StoredPod } from './core/situation.js';
import type { EventText } from './event-recorder.js';
import type { KubeletContext } from './kubelet-context.js';
import type { RuntimeContainer } from './runtime.js';

/** Every container gets at least this long (kuberuntime's minimumGracePeriodInSeconds). */
const MINIMUM_GRACE_MS = 2_000;
/** A killed process that does not go: look again. */
const AFTER_KILL_MS = 1_000;

/** Ends containers: SIGTERM, the grace period, SIGKILL. */
export class PodStopper {
  readonly #context: KubeletContext;
  readonly #record: (container: string, text: EventText) => void;
  /** When each instance was asked to end, on the monotonic clock. */
  readonly #since = new Map<string, number>();

  constructor(context: KubeletContext, record: (container: string, text: EventText) => void) {
    this.#context = context;
    this.#record = record;
  }

  /** Ends all of the pod, sidecars after the others; answers when to look again, null when nothing runs. */
  stopPod(pod: StoredPod, graceMs: number): number | null {
    const running = this.#context.runtime
      .containers(pod.metadata.uid)
      .filter((instance) => instance.state.kind === 'Running');
    const sidecars = new Set(
      initContainersOf(pod)
        .filter(isSidecar)
        .map((one) => one.name),
    );
    const first = running.filter((instance) => !sidecars.has(instance.container));
    return this.stop(first.length > 0 ? first : running, graceMs);
  }

  /** Ends these instances; a later call may shorten the grace. Answers when to look again, null when none is given. */
  stop(instances: readonly RuntimeContainer[], graceMs: number): number | null {
    let wait: number | null = null;
    for (const instance of instances) {
      const due = this.#stopOne(instance, Math.max(MINIMUM_GRACE_MS, graceMs));
      wait = wait === null ? due : Math.min(wait, due);
    }
    return wait;
  }

  #stopOne(instance: RuntimeContainer, graceMs: number): number {
    const { clock, runtime } = this.#context;
    let since = this.#since.get(instance.id);
    if (since === undefined) {
      since = clock.monotonic();
      this.#since.set(instance.id, since);
      const message = `Stopping container ${instance.container}`;
      this.#record(instance.container, { type: 'Normal', reason: 'Killing', message });
      runtime.signal(instance.id, 'SIGTERM');
    }
    const left = since + graceMs - clock.monotonic();
    if (left > 0) return left;
    runtime.signal(instance.id, 'SIGKILL');
    return AFTER_KILL_MS;
  }
}
