import type { JsonObject } from '../api/json.js';
import type { RunRef } from '../api/run-ref.js';
import type { KubeObject } from '../api/kube.js';
import { LABEL, TRACKING_FINALIZER } from '../api/names.js';
import type { Evidence } from '../failure/evidence.js';
import { ApiError } from '../runtime/index.js';
import type { AttemptIdentity } from './attempt-identity.js';
import type { Attempt, FoundObject, StartResult, TrackedObject } from './executor.js';
import type { Observation } from './observation.js';
import type { ObjectAccess } from './ports.js';

/** Answers of the API server that mean "not now": the create is repeated (design, "Failures"). */
export function isUnavailable(error: ApiError): boolean {
  return error.code === 429 || error.code >= 500;
}

interface Creation<T extends KubeObject> {
  readonly access: ObjectAccess<T>;
  readonly identity: AttemptIdentity;
  readonly manifest: JsonObject;
  /** What the object shows once it is there. */
  readonly observe: (object: T) => Promise<Observation>;
  /** What is told of an object of this name that is not ours: the same, however it was met. */
  readonly stranger: Evidence;
}

/** `resource`: as the API server names it, `pods` or `jobs.batch`. */
export function strangerEvidence(resource: string, name: string): Evidence {
  const message = `${resource} "${name}" already exists and was not created by this run`;
  return {
    createError: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'AlreadyExists', code: 409, message },
  };
}

/**
 * Creates the object of an attempt. A create whose answer was lost is simply repeated: 409 leads to the object that is
 * there, and to the proof that it is ours (design review C5, C6).
 *
 * @throws NoAnswerError where no answer came; the attempt stays Starting and the pass comes again.
 */
export async function createOrAdopt<T extends KubeObject>(
  attempt: Attempt,
  creation: Creation<T>,
): Promise<StartResult> {
  const { access, manifest, observe } = creation;
  try {
    return { kind: 'Created', observation: await observe(await access.create(attempt.run.namespace, manifest)) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 409 && error.reason === 'AlreadyExists') return adopt(attempt, creation, error);
    if (isUnavailable(error)) return unavailable(error);
    return (await adoptEarlier(attempt, creation)) ?? refused(error);
  }
}

function unavailable(error: ApiError): StartResult {
  const refusal = { createError: error.status };
  return { kind: 'Unavailable', observation: { kind: 'NotThere', checked: false, refusal } };
}

function refused(error: ApiError): StartResult {
  const evidence = { createError: error.status };
  return { kind: 'Refused', observation: { kind: 'Ended', object: null, started: [], evidence } };
}

/**
 * Admission comes before the check of the name: what an earlier create has made, ours whose answer was lost or another
 * controller's, is what the quota is now used up by. So a refusal is believed once the object is not there.
 */
async function adoptEarlier<T extends KubeObject>(
  attempt: Attempt,
  { access, identity, observe }: Creation<T>,
): Promise<StartResult | null> {
  const there = await access.live(attempt.run.namespace, attempt.object?.name ?? '');
  if (there === null || !identity.isOurs(attempt, there)) return null;
  return { kind: 'Created', observation: await observe(there) };
}

async function adopt<T extends KubeObject>(
  attempt: Attempt,
  { access, identity, observe, stranger }: Creation<T>,
  error: ApiError,
): Promise<StartResult> {
  const there = await access.live(attempt.run.namespace, attempt.object?.name ?? '');
  // It was there a moment ago: look again in the next pass.
  if (there === null) return unavailable(error);
  if (identity.isOurs(attempt, there)) return { kind: 'Created', observation: await observe(there) };
  return { kind: 'Refused', observation: { kind: 'Stranger', evidence: stranger } };
}

/** Takes off the finalizer and the label `tracked` in one patch, so that the object leaves the informer. */
export async function untrack<T extends KubeObject>(
  access: ObjectAccess<T>,
  namespace: string,
  object: T,
): Promise<void> {
  const finalizers = object.metadata?.finalizers ?? [];
  if (!finalizers.includes(TRACKING_FINALIZER)) return;
  await access.patch(namespace, object.metadata?.name ?? '', {
    metadata: {
      // The version makes sure that no finalizer that somebody added meanwhile is lost.
      resourceVersion: object.metadata?.resourceVersion,
      finalizers: finalizers.filter((name) => name !== TRACKING_FINALIZER),
      labels: { [LABEL.tracked]: 'false' },
    },
  });
}

/** What a tracked object says of itself. */
export function trackedObject(object: KubeObject, identity: AttemptIdentity): TrackedObject {
  const labels = object.metadata?.labels ?? {};
  return {
    task: labels[LABEL.task] ?? '',
    number: Number(labels[LABEL.attempt]),
    name: object.metadata?.name ?? '',
    uid: object.metadata?.uid ?? '',
    proven: identity.carriesProof(object),
  };
}

/** A tracked object of this name, read directly, and the run that it belongs to. */
export async function findTracked<T extends KubeObject>(
  access: ObjectAccess<T>,
  identity: AttemptIdentity,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<FoundObject | null> {
  const object = await access.live(namespace, name);
  if (object === null || !(object.metadata?.finalizers ?? []).includes(TRACKING_FINALIZER)) return null;
  return { ...trackedObject(object, identity), run: runOf(object) };
}

/** By the owner reference, where it speaks of the run whose UID our proof covers. */
function runOf({ metadata }: KubeObject): RunRef | null {
  const uid = metadata?.labels?.[LABEL.executionUid];
  const owner = (metadata?.ownerReferences ?? []).find((each) => each.controller === true && each.uid === uid);
  if (owner === undefined) return null;
  const { apiVersion, kind, name } = owner;
  return { apiVersion, kind, namespace: metadata?.namespace ?? '', name, uid: owner.uid };
}

/** Absence, as far as the status allows it to be believed: with a committed UID it is Gone, without it NotThere. */
export function absent(attempt: Attempt): Observation {
  const uid = attempt.object?.uid ?? null;
  return uid === null ? { kind: 'NotThere', checked: true, refusal: null } : { kind: 'Gone', evidence: {} };
}
