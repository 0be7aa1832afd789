import type { Job, Pod } from '../../api/kube.js';
import type { Evidence } from '../../failure/evidence.js';
import { ApiError } from '../../runtime/index.js';
import type { AttemptIdentity } from '../attempt-identity.js';
import type { Attempt, ObjectExecutor } from '../executor.js';
import { absent, createOrAdopt, isUnavailable, trackedObject, untrack } from '../object-lifecycle.js';
import type { Observation } from '../observation.js';
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
  const podsOf = (attempt: Attempt, job: Job): readonly Pod[] =>
    pods
      .trackedOf(attempt.run.uid)
      .filter((pod) => (pod.metadata?.ownerReferences ?? []).some((owner) => owner.uid === job.metadata?.uid));

  const observe = async (attempt: Attempt, job: Job): Promise<Observation> => {
    const own = podsOf(attempt, job);
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
      return attempt.object?.uid === null ? { kind: 'Stranger', evidence: strangerEvidence(name) } : absent(attempt);
    },

    start: (attempt) =>
      createOrAdopt(attempt, {
        access: jobs,
        identity,
        manifest: renderJob(attempt, identity),
        observe: (job) => observe(attempt, job),
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
      const own = pods
        .trackedOf(run.uid)
        .filter((pod) => (pod.metadata?.ownerReferences ?? []).some((owner) => owner.uid === object.uid));
      for (const pod of own) await untrack(pods, run.namespace, pod);
      const job = jobs.cached(run.namespace, object.name);
      if (job !== undefined && job.metadata?.uid === object.uid) await untrack(jobs, run.namespace, job);
    },

    tracked: (runUid) => jobs.trackedOf(runUid).map((job) => trackedObject(job, identity)),
  };

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

function strangerEvidence(name: string) {
  const message = `jobs.batch "${name}" already exists and was not created by this run`;
  return {
    createError: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'AlreadyExists', code: 409, message },
  };
}
