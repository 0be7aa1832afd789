import type { FieldProblem } from '../api/field-problem.js';
import type { Instant } from '../api/instant.js';
import { isJsonObject } from '../api/json.js';
import type { Plan } from '../plan/plan.js';
import type { RunState } from '../plan/run-state.js';
import type { Translator } from '../plan/translator.js';
import { ApiError } from '../runtime/index.js';
import { type SeenResource, draftStalled, draftStatus, draftUnreadable } from '../status/draft.js';
import type { RunAccess, RunResource } from './ports.js';

interface Committing {
  readonly runs: RunAccess;
  readonly translator: Translator;
}

interface Change {
  readonly resource: RunResource;
  readonly plan: Plan | null;
  readonly before: RunState | null;
  readonly state: RunState;
  readonly backlog: string | null;
  readonly now: Instant;
}

/**
 * Writes what a pass decided: one status patch, or none where nothing changed. The resource as it is then, or null
 * where nothing was written.
 *
 * @throws ApiError 409 where somebody wrote since it was read: nothing of the decision may be acted on then
 */
export async function commit({ runs, translator }: Committing, change: Change): Promise<RunResource | null> {
  const { resource, plan, before, state, backlog, now } = change;
  if (state === before && backlog === null && !showsBacklog(resource)) return null;
  const own = translator.projectStatus(plan, state, now);
  const kindConditions = translator.conditions(plan, state);
  const patch = draftStatus(seenResource(resource), { state, own, kindConditions, backlog, now });
  if (patch === null) return null;
  try {
    return await runs.patchStatus(resource.ref, patch);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 422 && error.code !== 413)) throw error;
    throw await tellRejected(runs, { resource, error, now });
  }
}

/** The API server does not take what we would write of a run: nothing of it is done, and its conditions say why. */
export class StatusRejectedError extends Error {
  override readonly name = 'StatusRejectedError';
}

interface Rejection {
  readonly resource: RunResource;
  readonly error: ApiError;
  readonly now: Instant;
}

/** Our own status was refused (design review C9): a small patch that the schema surely takes says so. */
async function tellRejected(runs: RunAccess, { resource, error, now }: Rejection): Promise<StatusRejectedError> {
  const message = `the API server refuses the status of this run, so nothing more is started: ${error.message}; is the CustomResourceDefinition older than this Lockstep?`;
  const patch = draftStalled(seenResource(resource), { reason: 'StatusRejected', message }, now);
  if (patch !== null) await runs.patchStatus(resource.ref, patch);
  return new StatusRejectedError(message, { cause: error });
}

/** Says that the trail has a fork: history was rolled back or written anew, and a person must look. */
export async function commitForked(runs: RunAccess, resource: RunResource, now: Instant): Promise<void> {
  const message =
    'the audit store holds another history of this run than its status: the cluster was restored from a backup, or somebody wrote the status; nothing is started any more';
  const patch = draftStalled(seenResource(resource), { reason: 'HistoryFork', message }, now);
  if (patch !== null) await runs.patchStatus(resource.ref, patch);
}

/** Says in the conditions that this version cannot read the status, and changes nothing else. */
export async function commitUnreadable(
  runs: RunAccess,
  resource: RunResource,
  problems: readonly FieldProblem[],
  now: Instant,
): Promise<void> {
  const patch = draftUnreadable(seenResource(resource), problems, now);
  if (patch !== null) await runs.patchStatus(resource.ref, patch);
}

function seenResource(resource: RunResource): SeenResource {
  return {
    uid: resource.ref.uid,
    resourceVersion: resource.resourceVersion,
    generation: resource.generation,
    status: resource.status,
  };
}

/** The conditions say that the audit store takes nothing. */
export function showsBacklog(resource: RunResource): boolean {
  const conditions = resource.status['conditions'];
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (condition) =>
        isJsonObject(condition) && condition['type'] === 'AuditBacklogged' && condition['status'] === 'True',
    )
  );
}
