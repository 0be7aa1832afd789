import type { Job, Pod } from '../../../api/kube.js';
import { JOBS, PODS, type Stored } from '../../resource.js';
import { deleteLive, identityOf, removeFinalizer } from '../machinery/change-live.js';
import { newRecorder, type Controller, type ControllerContext } from '../machinery/context.js';
import type { EventRecorder, EventText } from '../machinery/event-recorder.js';
import { KeyQueue } from '../machinery/key-queue.js';
import { isReady } from '../machinery/pod-facts.js';
import { isNamespaceTerminating } from '../machinery/status-code.js';
import type { CacheChange } from '../machinery/watch-cache.js';
import { NO_FAILURES, type BackoffRecord } from './backoff-record.js';
import { finishJob } from './finish-job.js';
import { isFinished } from './job-condition.js';
import { isTracked, TRACKING_FINALIZER, uidOf, viewJob, type JobView } from './job-view.js';
import { planJob, type JobPlan } from './plan-job.js';
import { podForJob } from './pod-for-job.js';
import { settleJob, type JobSettlement, type PlanOutcome } from './settle-job.js';

/** Changes of pods are gathered for a second before the Job is looked at (syncJobBatchPeriod of the real one). */
export const JOB_BATCH_MS = 1_000;
/** After an API error a Job is tried again in 1 s, doubled each time, at most 60 s (DefaultJobApiBackOff). */
const RETRY = { retryBaseMs: 1_000, retryCapMs: 60_000 } as const;
const MANAGER = 'kubernetes.io/job-controller';

interface Outcome extends PlanOutcome {
  readonly errors: readonly Error[];
  /** UIDs of pods that lost their tracking before they were deleted. */
  readonly stripped: ReadonlySet<string>;
}

/** Runs batch/v1 Jobs as kube-controller-manager does. Not done: Indexed Jobs, success policies, adoption of pods. */
export class JobController implements Controller {
  readonly #context: ControllerContext;
  readonly #batchMs: number;
  readonly #queue: KeyQueue;
  readonly #recorder: EventRecorder;
  readonly #podsByJob = new Map<string, Set<string>>();
  readonly #backoff = new Map<string, BackoffRecord>();

  constructor(context: ControllerContext, options: { readonly batchMs?: number } = {}) {
    this.#context = context;
    this.#batchMs = options.batchMs ?? JOB_BATCH_MS;
    this.#recorder = newRecorder(context, { form: 'counted', component: 'job-controller' });
    this.#queue = new KeyQueue({
      clock: context.clock,
      work: (key) => this.#sync(key),
      onError: (error, key) => {
        context.onError(error, { controller: 'job', key });
      },
      ...RETRY,
    });
    context.caches.jobs.onChange((change) => {
      this.#jobChanged(change);
    });
    context.caches.pods.onChange((change) => {
      this.#podChanged(change);
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  #jobChanged({ key, old, object }: CacheChange<Job>): void {
    if (object === undefined && old !== undefined) this.#backoff.delete(old.metadata.uid);
    const unasked = object !== undefined && object.metadata.generation === old?.metadata.generation;
    if (unasked) this.#queue.addAfter(key, this.#batchMs);
    else this.#queue.add(key);
  }

  #podChanged({ key, old, object }: CacheChange<Pod>): void {
    const before = old === undefined ? null : jobKeyOf(old);
    const after = object === undefined ? null : jobKeyOf(object);
    if (before !== null && before !== after) this.#podsByJob.get(before)?.delete(key);
    if (after !== null) {
      const pods = this.#podsByJob.get(after) ?? new Set();
      this.#podsByJob.set(after, pods.add(key));
    }
    for (const job of new Set([before, after])) if (job !== null) this.#queue.addAfter(job, this.#batchMs);
  }

  async #sync(key: string): Promise<void> {
    const job = this.#context.caches.jobs.get(key);
    const pods = this.#podsOf(key);
    const finished = job === undefined || isFinished(job);
    const own = pods.filter((pod) => ownerUid(pod) === job?.metadata.uid);
    // Nobody will count these any more: they must not be kept from being deleted.
    await this.#releaseAll(finished ? pods : pods.filter((pod) => !own.includes(pod)));
    if (pods.length === 0) this.#podsByJob.delete(key);
    if (job === undefined || finished || (job.spec?.managedBy ?? MANAGER) !== MANAGER) return;
    if (job.spec?.completionMode === 'Indexed') await this.#refuse(job);
    else await this.#run(key, job, own);
  }

  /** Better nothing, said aloud, than half of it (docs: known differences of the embedded cluster). */
  async #refuse(job: Stored<Job>): Promise<void> {
    const message =
      'The embedded cluster does not run Jobs with completionMode Indexed; use NonIndexed or a real cluster';
    await this.#recorder.record(job, { type: 'Warning', reason: 'NotSupported', message });
  }

  async #run(key: string, job: Stored<Job>, pods: readonly Stored<Pod>[]): Promise<void> {
    const { clock } = this.#context;
    const backoff = this.#backoff.get(job.metadata.uid) ?? NO_FAILURES;
    const view = viewJob({ job, pods, now: clock.now(), backoff });
    const plan = planJob(view);
    const outcome = await this.#carryOut(job, plan, pods);
    const settlement = settleJob(view, plan, outcome);
    await this.#settle(job, { view, pods, settlement, stripped: outcome.stripped });
    if (plan.wakeAt !== null) this.#queue.addAfter(key, plan.wakeAt - clock.now());
    const [first] = outcome.errors;
    if (first !== undefined) throw first;
  }

  async #carryOut(job: Stored<Job>, plan: JobPlan, pods: readonly Stored<Pod>[]): Promise<Outcome> {
    const errors: Error[] = [];
    const stripped = new Set<string>();
    let created = 0;
    let stopped = 0;
    let stoppedReady = 0;
    for (const pod of pods.filter((one) => plan.stop.includes(one))) {
      try {
        if (plan.uncounted && (await this.#release(pod))) stripped.add(uidOf(pod));
        await this.#stopPod(job, pod);
        stopped += 1;
        if (isReady(pod)) stoppedReady += 1;
      } catch (error) {
        errors.push(toError(error));
      }
    }
    while (created < plan.create) {
      const error = await this.#createPod(job);
      if (error !== null) {
        if (!isNamespaceTerminating(error)) errors.push(error);
        break;
      }
      created += 1;
    }
    return { created, stopped, stoppedReady, stripped, errors };
  }

  /** What was thrown, or null. */
  async #createPod(job: Stored<Job>): Promise<Error | null> {
    try {
      const pod = await this.#context.client.create(PODS, podForJob(job));
      this.#context.caches.pods.absorb(pod);
      const message = `Created pod: ${pod.metadata.name}`;
      await this.#recorder.record(job, { type: 'Normal', reason: 'SuccessfulCreate', message });
      return null;
    } catch (error) {
      await this.#tellFailure(job, 'FailedCreate', `Error creating: ${toError(error).message}`);
      return toError(error);
    }
  }

  async #stopPod(job: Stored<Job>, pod: Stored<Pod>): Promise<void> {
    try {
      const there = await deleteLive(this.#context.client, PODS, {
        identity: identityOf(pod),
        propagationPolicy: 'Background',
      });
      if (!there) return;
    } catch (error) {
      await this.#tellFailure(job, 'FailedDelete', `Error deleting: ${toError(error).message}`);
      throw error;
    }
    const message = `Deleted pod: ${pod.metadata.name}`;
    await this.#recorder.record(job, { type: 'Normal', reason: 'SuccessfulDelete', message });
  }

  async #tellFailure(job: Stored<Job>, reason: string, message: string): Promise<void> {
    await this.#recorder.record(job, { type: 'Warning', reason, message });
  }

  async #settle(
    job: Stored<Job>,
    done: {
      readonly view: JobView;
      readonly pods: readonly Stored<Pod>[];
      readonly settlement: JobSettlement;
      readonly stripped: ReadonlySet<string>;
    },
  ): Promise<void> {
    const { view, pods, settlement, stripped } = done;
    await this.#recordAll(job, settlement.events);
    const written = settlement.write ? await this.#writeStatus(job, settlement.status) : job;
    this.#backoff.set(job.metadata.uid, view.backoff);
    const tracked = new Set(view.pods.filter(isTracked).map(uidOf));
    for (const uid of stripped) tracked.delete(uid);
    for (const pod of await this.#releaseAll(pods.filter((pod) => settlement.release.includes(pod))))
      tracked.delete(pod);
    const { ending, terminating } = settlement;
    const finish = finishJob({ job: written, tracked, ending, terminating, now: this.#context.clock.now() });
    if (!finish.write) return;
    const finished = await this.#writeStatus(written, finish.status);
    await this.#recordAll(finished, finish.events);
  }

  async #writeStatus(job: Stored<Job>, status: NonNullable<Job['status']>): Promise<Stored<Job>> {
    const written = await this.#context.client.updateStatus(JOBS, { ...job, status });
    this.#context.caches.jobs.absorb(written);
    return written;
  }

  async #recordAll(job: Stored<Job>, events: readonly EventText[]): Promise<void> {
    for (const event of events) await this.#recorder.record(job, event);
  }

  /** UIDs of the pods that no longer have the tracking finalizer. */
  async #releaseAll(pods: readonly Stored<Pod>[]): Promise<readonly string[]> {
    const released: string[] = [];
    for (const pod of pods) if (isTracked(pod) && (await this.#release(pod))) released.push(pod.metadata.uid);
    return released;
  }

  async #release(pod: Stored<Pod>): Promise<boolean> {
    const identity = identityOf(pod);
    const released = await removeFinalizer(this.#context.client, PODS, { identity, finalizer: TRACKING_FINALIZER });
    if (released !== undefined) this.#context.caches.pods.absorb(released);
    return true;
  }

  #podsOf(jobKey: string): readonly Stored<Pod>[] {
    const pods: Stored<Pod>[] = [];
    for (const key of this.#podsByJob.get(jobKey) ?? []) {
      const pod = this.#context.caches.pods.get(key);
      if (pod !== undefined) pods.push(pod);
    }
    return pods;
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function ownerUid(pod: Pod): string | undefined {
  return pod.metadata?.ownerReferences?.find((owner) => owner.controller === true && owner.kind === 'Job')?.uid;
}

/** The key of the Job that controls the pod; whether it is the same Job only the UID tells. */
function jobKeyOf(pod: Stored<Pod>): string | null {
  const owner = pod.metadata.ownerReferences?.find((one) => one.controller === true && one.kind === 'Job');
  if (owner?.apiVersion !== 'batch/v1') return null;
  return `${pod.metadata.namespace ?? ''}/${owner.name}`;
}
