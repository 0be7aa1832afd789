import { setMaxListeners } from 'node:events';
import { availableParallelism, totalmem } from 'node:os';
import type { Clock } from '../../api/clock.js';
import type { LocalClient, LocalWatchEvent } from '../local-client.js';
import type { LogProvider } from '../log-provider.js';
import { PODS } from '../resource.js';
import type { Pod } from '../../api/kube.js';
import type { Allocatable } from './core/admission.js';
import type { StoredPod } from './core/situation.js';
import { EventRecorder } from './event-recorder.js';
import type { KubeletContext } from './kubelet-context.js';
import { NodeAgent } from './node-agent.js';
import { PodLogs } from './pod-logs.js';
import { PodWorker } from './pod-worker.js';
import type { ContainerRuntime, RuntimeNotice } from './runtime.js';
import { Wakeup } from './wakeup.js';

export interface KubeletOptions {
  readonly client: LocalClient;
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  /** Default `lockstep-local`. */
  readonly nodeName?: string;
  /** Default: this machine's cores and memory, 110 pods. */
  readonly allocatable?: Allocatable;
  /** Failures that no object of the cluster tells of; the kubelet goes on. Default: they are dropped. */
  readonly report?: (error: unknown, doing: string) => void;
}

export interface Kubelet {
  readonly nodeName: string;
  /** To be registered with the API server (`setLogProvider`). */
  readonly logs: LogProvider;
  /** Registers the node and starts working; throws a StatusError where the API server refuses the node. */
  start(): Promise<void>;
  /** Lets go: writes no more, stops nothing that runs. The next kubelet on the same runtime goes on. */
  stop(): Promise<void>;
  /** Ends all pods (SIGTERM, the grace in milliseconds, SIGKILL), writes their status, then stops. */
  shutdown(graceMs: number): Promise<void>;
}

const PODS_PER_NODE = 110;
/** How often a shutdown looks whether all pods have ended. */
const SHUTDOWN_LOOK_MS = 50;

class LocalKubelet implements Kubelet {
  readonly nodeName: string;
  readonly logs: LogProvider;
  readonly #context: KubeletContext;
  readonly #agent: NodeAgent;
  readonly #workers = new Map<string, PodWorker>();
  readonly #running = new Set<Promise<void>>();
  readonly #abort = new AbortController();

  constructor(options: KubeletOptions) {
    this.nodeName = options.nodeName ?? 'lockstep-local';
    const { client, clock, runtime, report = () => undefined } = options;
    const allocatable = options.allocatable ?? { cpu: availableParallelism(), memory: totalmem(), pods: PODS_PER_NODE };
    this.#context = {
      client,
      clock,
      runtime,
      recorder: new EventRecorder({ client, clock, nodeName: this.nodeName, report }),
      node: { nodeName: this.nodeName, ip: '127.0.0.1', cpu: allocatable.cpu, memory: allocatable.memory },
      allocatable,
      admitted: () => [...this.#workers.values()].map((one) => one.pod).filter((pod) => isAdmitted(pod)),
      report,
    };
    this.#agent = new NodeAgent(this.#context);
    this.logs = new PodLogs({ runtime, clock, find: (uid) => this.#workers.get(uid)?.pod ?? null });
  }

  async start(): Promise<void> {
    const { client, runtime } = this.#context;
    const { signal } = this.#abort;
    // Each pod's worker listens to it, as long as the pod is there: Node's warning of a leak (above 10) would be wrong.
    setMaxListeners(0, signal);
    await this.#agent.register();
    const listed = await client.list(PODS, { fieldSelector: `spec.nodeName=${this.nodeName}` });
    await this.#removeOrphans(new Set(listed.items.map((pod) => pod.metadata.uid)));
    if (signal.aborted) return;
    runtime.listen({
      changed: (podUid) => this.#workers.get(podUid)?.poke(),
      noticed: (notice) => {
        this.#noticed(notice);
      },
    });
    client.watch(PODS, { fieldSelector: `spec.nodeName=${this.nodeName}`, signal }, (event) => {
      this.#onPod(event);
    });
    this.#track(this.#agent.run(signal));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#running);
    await this.#context.recorder.flush();
    await this.#context.runtime.close();
  }

  async shutdown(graceMs: number): Promise<void> {
    const wakeup = new Wakeup(this.#context.clock);
    await this.#agent.cordonForShutdown().catch((error: unknown) => {
      this.#context.report(error, 'marking the node as not ready');
    });
    while (!this.#abort.signal.aborted) {
      const left = [...this.#workers.values()].filter((one) => !one.settled);
      if (left.length === 0) break;
      for (const worker of left) worker.shutDown(graceMs);
      await wakeup.sleep(SHUTDOWN_LOOK_MS, this.#abort.signal);
    }
    await this.stop();
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** What runs of pods that were deleted while no kubelet was there. */
  async #removeOrphans(live: ReadonlySet<string>): Promise<void> {
    for (const uid of this.#context.runtime.podUids()) {
      if (live.has(uid)) continue;
      await this.#context.runtime.removePod(uid).catch((error: unknown) => {
        this.#context.report(error, `removing what is left of pod ${uid}`);
      });
    }
  }

  #onPod(event: LocalWatchEvent<Pod>): void {
    const pod = event.object;
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (event.type === 'DELETED') {
      worker?.remove(pod);
      return;
    }
    if (worker !== undefined) {
      worker.update(pod);
      return;
    }
    const made = new PodWorker(this.#context, pod);
    this.#workers.set(uid, made);
    this.#track(this.#work(uid, made));
  }

  async #work(uid: string, worker: PodWorker): Promise<void> {
    await worker.run(this.#abort.signal);
    if (!this.#abort.signal.aborted) this.#workers.delete(uid);
  }

  #noticed(notice: RuntimeNotice): void {
    const { podUid, container, type, reason, message } = notice;
    this.#workers.get(podUid)?.record(container, { type, reason, message });
  }
}

/** Pods count against the node from their admission on. */
function isAdmitted(pod: StoredPod): boolean {
  return pod.status?.startTime !== undefined;
}

/**
 * The kubelet of the embedded cluster: one node, whose containers run in the given runtime. It knows nothing of
 * workflows and speaks to the API server as any kubelet does.
 */
export function createKubelet(options: KubeletOptions): Kubelet {
  return new LocalKubelet(options);
}
