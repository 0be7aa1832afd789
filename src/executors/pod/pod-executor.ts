import type { Pod } from '../../api/kube.js';
import type { AttemptIdentity } from '../attempt-identity.js';
import type { Attempt, ObjectExecutor } from '../executor.js';
import type { Observation } from '../observation.js';
import {
  absent,
  createOrAdopt,
  findTracked,
  isUnavailable,
  strangerEvidence,
  trackedObject,
  untrack,
} from '../object-lifecycle.js';
import { declaredContainers } from '../pod-template.js';
import type { EvidenceSource, ObjectAccess } from '../ports.js';
import { objectOr } from '../restricted.js';
import { ApiError } from '../../runtime/index.js';
import { isOver, observePod } from './observe-pod.js';
import { cachedEvidence, fullEvidence } from './pod-evidence.js';
import { gated, renderPod } from './render-pod.js';
import { validatePodInput, mainContainers } from './pod-input.js';

interface PodExecutorOptions {
  readonly pods: ObjectAccess<Pod>;
  readonly evidence: EvidenceSource;
  readonly identity: AttemptIdentity;
}

/** Runs a step as one pod that is never restarted. */
export function createPodExecutor({ pods, evidence, identity }: PodExecutorOptions): ObjectExecutor {
  const observe = async (attempt: Attempt, pod: Pod): Promise<Observation> => {
    const main = mainContainers(attempt.input);
    const seen = observePod(pod, main, cachedEvidence(pod, evidence));
    if (seen.kind !== 'Ended' || endedWell(pod, main)) return seen;
    return observePod(pod, main, await fullEvidence(pod, evidence));
  };

  return {
    kind: 'object',
    name: 'pod',
    apiVersion: 'v1',
    objectKind: 'Pod',
    validate: validatePodInput,
    containers: (input) => ({
      main: mainContainers(input),
      template: declaredContainers(objectOr(input['spec'])).template,
    }),

    async observe(attempt) {
      const { namespace } = attempt.run;
      const name = attempt.object?.name ?? '';
      const cached = pods.cached(namespace, name);
      // The cache may lack what is there (and what is not tracked any more): absence is read live.
      const pod = cached ?? (await pods.live(namespace, name));
      if (pod === null) return absent(attempt);
      if (identity.isOurs(attempt, pod)) return observe(attempt, pod);
      return attempt.object?.uid === null
        ? { kind: 'Stranger', evidence: strangerEvidence('pods', name) }
        : absent(attempt);
    },

    start: (attempt) =>
      createOrAdopt(attempt, {
        access: pods,
        identity,
        manifest: renderPod(attempt, identity),
        observe: (pod) => observe(attempt, pod),
        stranger: strangerEvidence('pods', attempt.object?.name ?? ''),
      }),

    async stop(attempt) {
      const { namespace } = attempt.run;
      const name = attempt.object?.name ?? '';
      const pod = pods.cached(namespace, name) ?? (await pods.live(namespace, name)) ?? (await occupy(attempt));
      if (pod === null || !identity.isOurs(attempt, pod)) return;
      await pods.remove(namespace, name, { uid: pod.metadata?.uid ?? '', propagation: 'Background' });
    },

    async release(run, object) {
      const cached = pods.cached(run.namespace, object.name);
      if (cached === undefined || cached.metadata?.uid !== object.uid) return;
      if (isReleasable(cached)) {
        await untrack(pods, run.namespace, cached);
        return;
      }
      // The cache may be behind, and a pod that has ended is not to be deleted.
      const pod = await pods.live(run.namespace, object.name);
      if (pod === null || pod.metadata?.uid !== object.uid) return;
      if (isReleasable(pod)) {
        await untrack(pods, run.namespace, pod);
        return;
      }
      // The main containers have ended, and a sidecar would go on for ever; or the pod was created after its attempt had
      // ended, by a controller that stood still between its decision and its request. The deletion is a change of the
      // pod, so that a pass follows, and takes the finalizer off: now the kubelet's answer to it would be met.
      await pods.remove(run.namespace, object.name, { uid: object.uid, propagation: 'Background' });
    },

    tracked: (runUid) =>
      pods
        .trackedOf(runUid)
        .filter(isOwnPod)
        .map((pod) => trackedObject(pod, identity)),

    find: (namespace, name) => findTracked(pods, identity, { namespace, name }),
  };

  /** Takes the name of an attempt that was never seen, with a pod that cannot start: a late create meets 409. */
  async function occupy(attempt: Attempt): Promise<Pod | null> {
    try {
      return await pods.create(attempt.run.namespace, gated(renderPod(attempt, identity)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'AlreadyExists') return pods.live(attempt.run.namespace, attempt.object?.name ?? '');
      // Refused for good: then a late create is refused too, and absence is believed after a while (C5).
      if (!isUnavailable(error)) return null;
      throw error;
    }
  }
}

function isReleasable(pod: Pod): boolean {
  return isOver(pod) || pod.metadata?.deletionTimestamp !== undefined;
}

/** Pods of Jobs carry our labels too; those are the Job executor's. */
function isOwnPod(pod: Pod): boolean {
  return !(pod.metadata?.ownerReferences ?? []).some((owner) => owner.kind === 'Job');
}

/** Ended, every main container with 0, and nobody asked for it: no further evidence is needed for a success. */
function endedWell(pod: Pod, main: readonly string[]): boolean {
  if (pod.metadata?.deletionTimestamp !== undefined || pod.status?.reason !== undefined) return false;
  const disrupted = (pod.status?.conditions ?? []).some((condition) => condition.type === 'DisruptionTarget');
  const statuses = pod.status?.containerStatuses ?? [];
  return (
    !disrupted &&
    main.every((name) => statuses.find((status) => status.name === name)?.state?.terminated?.exitCode === 0)
  );
}
