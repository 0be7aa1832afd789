import type { Job, Pod } from '../../api/kube.js';
import type { RunRef } from '../../api/run-ref.js';
import type { Evidence } from '../../failure/evidence.js';
import { ApiError } from '../../runtime/index.js';
import type { AttemptIdentity } from '../attempt-identity.js';
import type { Attempt, ObjectExecutor, TrackedObject } from '../executor.js';
import {
  absent,
  createOrAdopt,
  findTracked,
  isUnavailable,
  strangerEvidence,
  trackedObject,
  untrack,
} from '../object-lifecycle.js';
import type { Observation } from '../observation.js';
import { isOver } from '../pod/observe-pod.js';
import { fullEvidence } from '../pod/pod-evidence.js';
import type { EvidenceSource, ObjectAccess } from '../ports.js';
import { jobContainers, validateJobInput } from './job-input.js';
import { isFinished, observeJob, tellingPod } from './observe-job.js';
import { renderJob, suspended } from './render-job.js';

interface JobExecutorOptions {
  readonly jobs: ObjectAccess<Job>;
  readonly pods: ObjectAccess<Pod>;
  readonly evidence: EvidenceSource;
  readonly identity: AttemptIdentity;
}

/** Runs a step as one Job. */
export function createJobExecutor({ jobs, pods, evidence, identity }: JobExecutorOptions): ObjectExecutor {
  const ofJob = (all: readonly Pod[], uid: string | undefined): readonly Pod[] =>
    all.filter((pod) => (pod.metadata?.ownerReferences ?? []).some((owner) => owner.uid === uid));

  /** The pods of a Job that is over, or is to be: the cache of pods may be behind that of Jobs, and then they are read. */
  const allPodsOf = async (runUid: string, job: Job): Promise<readonly Pod[]> => {
    const cached = ofJob(pods.trackedOf(runUid), job.metadata?.uid);
    if (accountsForAll(cached, job)) return cached;
    return ofJob(await pods.liveTrackedOf(job.metadata?.namespace ?? '', runUid), job.metadata?.uid);
  };

  const observe = async (attempt: Attempt, job: Job): Promise<Observation> => {
    const cached = ofJob(pods.trackedOf(attempt.run.uid), job.metadata?.uid);
    const first = observeJob(job, cached, cachedJobEvidence(job, cached, evidence));
    if (first.kind !== 'Ended') return first;
    const own = await allPodsOf(attempt.run.uid, job);
    const seen = observeJob(job, own, cachedJobEvidence(job, own, evidence));
    if (seen.kind !== 'Ended' || isComplete(job)) return seen;
    return observeJob(job, own, await fullJobEvidence(job, own, evidence));
  };

  return {
    kind: 'object',
    name: 'job',
    apiVersion: 'batch/v1',
    objectKind: 'Job',
    validate: validateJobInput,
    containers: jobContainers,

    async observe(attempt) {
      const { namespace } = attempt.run;
      const name = attempt.object?.name ?? '';
      const job = jobs.cached(namespace, name) ?? (await jobs.live(namespace, name));
      if (job === null) return absent(attempt);
      if (identity.isOurs(attempt, job)) return observe(attempt, job);
      return attempt.object?.uid === null
        ? { kind: 'Stranger', evidence: strangerEvidence('jobs.batch', name) }
        : absent(attempt);
    },

    start: (attempt) =>
      createOrAdopt(attempt, {
        access: jobs,
        identity,
        manifest: renderJob(attempt, identity),
        observe: (job) => observe(attempt, job),
        stranger: strangerEvidence('jobs.batch', attempt.object?.name ?? ''),
      }),

    async stop(attempt) {
      const { namespace } = attempt.run;
      const name = attempt.object?.name ?? '';
      const job = jobs.cached(namespace, name) ?? (await jobs.live(namespace, name)) ?? (await occupy(attempt));
      if (job === null || !identity.isOurs(attempt, job)) return;
      // Foreground: our finalizer keeps the Job, and only then does the garbage collector delete its pods meanwhile.
      await jobs.remove(namespace, name, { uid: job.metadata?.uid ?? '', propagation: 'Foreground' });
    },

    async release(run, object) {
      const cached = jobs.cached(run.namespace, object.name);
      const job = cached?.metadata?.uid === object.uid ? cached : null;
      if (job !== null && !isReleasable(job) && (await stopLate(run, object))) return;
      // Without the Job nothing says how many pods it had: somebody took its finalizer off, theirs are still there.
      const own =
        job === null
          ? ofJob(await pods.liveTrackedOf(run.namespace, run.uid), object.uid)
          : await allPodsOf(run.uid, job);
      for (const pod of own) await untrack(pods, run.namespace, pod);
      if (job !== null) await untrack(jobs, run.namespace, job);
    },

    tracked: (runUid) => jobs.trackedOf(runUid).map((job) => trackedObject(job, identity)),

    find: (namespace, name) => findTracked(jobs, identity, { namespace, name }),
  };

  /** Stops a Job that was created after its attempt had ended. False: it is over, the cache was only behind. */
  async function stopLate(run: RunRef, { name, uid }: TrackedObject): Promise<boolean> {
    const job = await jobs.live(run.namespace, name);
    if (job === null || job.metadata?.uid !== uid || isReleasable(job)) return false;
    await jobs.remove(run.namespace, name, { uid, propagation: 'Foreground' });
    return true;
  }

  /** Takes the name of an attempt that was never seen, with a Job that makes no pod: a late create meets 409. */
  async function occupy(attempt: Attempt): Promise<Job | null> {
    try {
      return await jobs.create(attempt.run.namespace, suspended(renderJob(attempt, identity)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'AlreadyExists') return jobs.live(attempt.run.namespace, attempt.object?.name ?? '');
      if (!isUnavailable(error)) return null;
      throw error;
    }
  }
}

/** Every pod that the Job counts is there, and has ended. A Job that is being deleted may have more than it counts. */
function accountsForAll(pods: readonly Pod[], job: Job): boolean {
  const { succeeded = 0, failed = 0 } = job.status ?? {};
  return job.metadata?.deletionTimestamp === undefined && pods.length >= succeeded + failed && pods.every(isOver);
}

function isReleasable(job: Job): boolean {
  return isFinished(job) || job.metadata?.deletionTimestamp !== undefined;
}

function isComplete(job: Job): boolean {
  return (
    isFinished(job) &&
    (job.status?.conditions ?? []).some((condition) => condition.type === 'Complete' && condition.status === 'True')
  );
}

function cachedJobEvidence(job: Job, pods: readonly Pod[], source: EvidenceSource): Evidence {
  const pod = tellingPod(pods);
  const uids = [job.metadata?.uid ?? '', ...pods.map((each) => each.metadata?.uid ?? '')];
  const events = uids.flatMap((uid) => source.warningsOf(uid));
  return { job, ...(pod === undefined ? {} : { pod }), ...(events.length === 0 ? {} : { events }) };
}

async function fullJobEvidence(job: Job, pods: readonly Pod[], source: EvidenceSource): Promise<Evidence> {
  const pod = tellingPod(pods);
  const ofPod: Evidence = pod === undefined ? {} : await fullEvidence(pod, source);
  const ofJob = await source.eventsOf(job.metadata?.namespace ?? '', job.metadata?.uid ?? '');
  const events = [...(ofPod.events ?? []), ...(ofJob.ok ? ofJob.value : [])];
  const missing = [...(ofPod.missing ?? []), ...(ofJob.ok ? [] : [ofJob.missing])];
  return { ...ofPod, job, ...(events.length === 0 ? {} : { events }), ...(missing.length === 0 ? {} : { missing }) };
}
