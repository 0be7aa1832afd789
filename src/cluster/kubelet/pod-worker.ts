import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../../api/instant.js';
import { PODS } from '../resource.js';
import { StatusError } from '../status-error.js';
import { ContainerStarter } from './container-starter.js';
import { admissionFault } from './core/admission.js';
import { DEADLINE_EXCEEDED, NODE_SHUTDOWN, deadlineOf, hasFinished } from './core/ending.js';
import { isTerminalPhase } from './core/phase.js';
import { planPod } from './core/pod-plan.js';
import { podStatus, refusedStatus, terminatedStatus } from './core/pod-status.js';
import type { PodSituation, PodStatus, PodVerdict, StoredPod } from './core/situation.js';
import type { EventText } from './event-recorder.js';
import type { KubeletContext } from './kubelet-context.js';
import { PodStopper } from './pod-stopper.js';
import { soonest, Wakeup } from './wakeup.js';

/** After a failure of the API or of the runtime, the next try. */
const ERROR_RETRY_MS = 1_000;
const WRITE_TRIES = 5;

/** Whether the change asks something of the kubelet: a deletion, a new spec, an end that someone else wrote. */
function concerns(old: StoredPod, pod: StoredPod): boolean {
  return (
    old.metadata.generation !== pod.metadata.generation ||
    old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    old.metadata.deletionGracePeriodSeconds !== pod.metadata.deletionGracePeriodSeconds ||
    old.status?.phase !== pod.status?.phase
  );
}

/**
 * Brings one pod from its assignment to its end. Each pass observes the runtime, writes the status that follows, and
 * then acts, as the kubelet's pod workers do: so a status tells what the pass before it brought about.
 */
export class PodWorker {
  readonly #context: KubeletContext;
  readonly #starter: ContainerStarter;
  readonly #stopper: PodStopper;
  readonly #wakeup: Wakeup;
  #pod: StoredPod;
  #sandbox: boolean;
  #verdict: PodVerdict | null = null;
  /** Milliseconds that containers get on a shutdown of the node; null: none is wanted. */
  #shutdownGraceMs: number | null = null;
  /** The held status of a pod that is to end has been written. */
  #ending = false;
  #gone = false;
  /** It is gone, and so is all that the runtime had of it. */
  #removed = false;
  #settled = false;

  constructor(context: KubeletContext, pod: StoredPod) {
    this.#context = context;
    this.#pod = pod;
    this.#starter = new ContainerStarter(context);
    this.#stopper = new PodStopper(context, (name, text) => {
      this.#starter.record(this.#pod, name, text);
    });
    this.#wakeup = new Wakeup(context.clock);
    const ready = pod.status?.conditions?.find((one) => one.type === 'PodReadyToStartContainers');
    this.#sandbox = ready?.status === 'True';
  }

  get pod(): StoredPod {
    return this.#pod;
  }

  /** Nothing of the pod runs or will run here any more; its final status is written. */
  get settled(): boolean {
    return this.#settled;
  }

  /** A newer state of the pod. */
  update(pod: StoredPod): void {
    // Own writes come back late; versions of this server are numbers from one counter.
    const old = this.#pod;
    if (BigInt(pod.metadata.resourceVersion) <= BigInt(old.metadata.resourceVersion)) return;
    this.#pod = pod;
    // A pass for each own write would try again too early what has just failed.
    if (concerns(old, pod)) this.#wakeup.poke();
  }

  /** The pod is not there any more: whatever runs of it is to end. */
  remove(pod: StoredPod): void {
    this.#pod = pod;
    this.#gone = true;
    this.#wakeup.poke();
  }

  /** Something has changed in the runtime. */
  poke(): void {
    this.#wakeup.poke();
  }

  /** The node goes down: end the pod. */
  shutDown(graceMs: number): void {
    this.#shutdownGraceMs = graceMs;
    this.#wakeup.poke();
  }

  /** An event about one of the pod's containers. */
  record(container: string, text: EventText): void {
    this.#starter.record(this.#pod, container, text);
  }

  /** Works until the pod is gone or the signal is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const wait = await this.#pass().catch((error: unknown) => {
        this.#context.report(error, `working on pod ${this.#pod.metadata.namespace ?? ''}/${this.#pod.metadata.name}`);
        return ERROR_RETRY_MS;
      });
      if (this.#removed) return;
      await this.#wakeup.sleep(wait, signal);
      if (signal.aborted) return;
    }
  }

  /** One pass; answers after how many milliseconds the next is due, null: on news only. */
  async #pass(): Promise<number | null> {
    if (this.#gone) return this.#endGone();
    if (isTerminalPhase(this.#pod.status?.phase)) return this.#endTerminal();
    if (!(await this.#admit())) return null;
    this.#judge();
    const situation = this.#situation(false);
    const deleting = this.#pod.metadata.deletionTimestamp !== undefined;
    const ending = this.#ending || deleting || this.#verdict !== null || hasFinished(situation);
    if (!this.#ending) await this.#write((pod) => podStatus({ ...situation, pod }, this.#now()));
    if (ending) {
      this.#ending = true;
      return this.#end();
    }
    return this.#goOn();
  }

  #now(): Instant {
    return this.#context.clock.now();
  }

  #situation(ended: boolean): PodSituation {
    const { runtime } = this.#context;
    return {
      pod: this.#pod,
      instances: runtime.containers(this.#pod.metadata.uid),
      waiting: this.#starter.waiting,
      sandbox: this.#sandbox,
      verdict: this.#verdict,
      ended,
      scheme: runtime.scheme,
    };
  }

  #recordPod(text: EventText): void {
    const { name, namespace = '', uid } = this.#pod.metadata;
    this.#context.recorder.record({ apiVersion: 'v1', kind: 'Pod', name, namespace, uid }, text);
  }

  /** Admits a pod that no kubelet has taken up yet, or fails it. */
  async #admit(): Promise<boolean> {
    if (this.#pod.status?.startTime !== undefined) return true;
    if (this.#pod.metadata.deletionTimestamp !== undefined) return true;
    const fault = admissionFault(this.#pod, this.#context.admitted(), this.#context.allocatable);
    if (fault === null) return true;
    const message = fault.message.replace('Pod was rejected: ', '');
    this.#recordPod({ type: 'Warning', reason: fault.reason, message });
    await this.#write((pod) => refusedStatus({ ...this.#situation(true), pod, verdict: fault }, this.#now()));
    this.#settled = true;
    return false;
  }

  /** Decides whether the pod is to end, whatever its containers do. */
  #judge(): void {
    if (this.#verdict !== null) return;
    const deadline = deadlineOf(this.#pod);
    if (deadline !== null && deadline <= this.#now()) {
      this.#verdict = DEADLINE_EXCEEDED;
      this.#recordPod({ type: 'Normal', ...DEADLINE_EXCEEDED });
    } else if (this.#shutdownGraceMs !== null) this.#verdict = NODE_SHUTDOWN;
  }

  async #goOn(): Promise<number | null> {
    this.#sandbox = true;
    const situation = this.#situation(false);
    const plan = planPod(situation);
    const deadline = deadlineOf(this.#pod);
    let wait = deadline === null ? null : Math.max(0, deadline - this.#now());
    if (plan.end.length > 0) wait = soonest(wait, this.#stopper.stop(plan.end, this.#graceMs()));
    for (const container of plan.start) {
      wait = soonest(wait, await this.#starter.start(this.#pod, container));
    }
    return wait;
  }

  #graceMs(): number {
    const own = (this.#pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
    const deletion = this.#pod.metadata.deletionGracePeriodSeconds;
    const wanted = deletion === undefined ? own : deletion * 1000;
    return this.#shutdownGraceMs === null ? wanted : Math.min(wanted, this.#shutdownGraceMs);
  }

  /** Ends what runs; null when nothing does any more. */
  #stopAll(): number | null {
    return this.#stopper.stopPod(this.#pod, this.#graceMs());
  }

  async #end(): Promise<number | null> {
    const wait = this.#stopAll();
    if (wait !== null) return wait;
    this.#sandbox = false;
    await this.#write((pod) => podStatus({ ...this.#situation(true), pod }, this.#now()));
    await this.#write((pod) => terminatedStatus(pod.status ?? {}));
    this.#settled = true;
    await this.#release();
    return null;
  }

  /** Its end is written; only what someone may have left running, and the deletion, are still to do. */
  async #endTerminal(): Promise<number | null> {
    const wait = this.#stopAll();
    if (wait !== null) return wait;
    this.#settled = true;
    await this.#release();
    return null;
  }

  async #endGone(): Promise<number | null> {
    const wait = this.#stopAll();
    if (wait !== null) return wait;
    await this.#context.runtime.removePod(this.#pod.metadata.uid);
    this.#context.recorder.forget(this.#pod.metadata.uid);
    this.#settled = true;
    this.#removed = true;
    return null;
  }

  /** Tells the API server that a pod that is being deleted has ended here. */
  async #release(): Promise<void> {
    const { namespace = '', name, uid, deletionTimestamp, deletionGracePeriodSeconds } = this.#pod.metadata;
    if (this.#gone || deletionTimestamp === undefined || deletionGracePeriodSeconds === 0) return;
    const key = { namespace, name };
    try {
      await this.#context.client.delete(PODS, key, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      // Gone, or another pod has its name: the watch tells.
      if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 409)) throw error;
    }
  }

  /** Writes the status that `make` makes of the pod as it is; nothing where it is the same, or the pod is gone. */
  async #write(make: (pod: StoredPod) => PodStatus): Promise<void> {
    for (let tries = 1; !this.#gone; tries += 1) {
      const status = make(this.#pod);
      if (isDeepStrictEqual(status, this.#pod.status)) return;
      try {
        this.#pod = await this.#context.client.updateStatus(PODS, { ...this.#pod, status });
        return;
      } catch (error) {
        if (!(error instanceof StatusError) || tries === WRITE_TRIES) throw error;
        if (error.code === 404) return;
        if (error.code !== 409 || !(await this.#refresh())) throw error;
      }
    }
  }

  /** Reads the pod anew; false where another pod, or none, has its name. */
  async #refresh(): Promise<boolean> {
    const { namespace = '', name, uid } = this.#pod.metadata;
    const live = await this.#context.client.get(PODS, { namespace, name });
    if (live.metadata.uid !== uid) return false;
    this.#pod = live;
    return true;
  }
}
