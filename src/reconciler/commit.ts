import type { FieldProblem } from '../api/field-problem.js';
import type { Instant } from '../api/instant.js';
import { isJsonObject } from '../api/json.js';
import type { Plan } from '../plan/plan.js';
import type { RunState } from '../plan/run-state.js';
import type { Translator } from '../plan/translator.js';
import { type SeenResource, draftStatus, draftUnreadable } from '../status/draft.js';
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
  const patch = draftStatus(seenResource(resource), { state, own, backlog, now });
  return patch === null ? null : runs.patchStatus(resource.ref, patch);
}

/** Says in the conditions that this version cannot read the status, and changes nothing else. */
export async function commitUnreadable(runs: RunAccess, resource: RunResource, problems: readonly FieldProblem[], now: Instant): Promise<void> {
  const patch = draftUnreadable(seenResource(resource), problems, now);
  if (patch !== null) await runs.patchStatus(resource.ref, patch);
}

function seenResource(resource: RunResource): SeenResource {
  return { uid: resource.ref.uid, resourceVersion: resource.resourceVersion, generation: resource.generation, status: resource.status };
}

function showsBacklog(resource: RunResource): boolean {
  const conditions = resource.status['conditions'];
  return Array.isArray(conditions) && conditions.some((condition) => isJsonObject(condition) && condition['type'] === 'AuditBacklogged' && condition['status'] === 'True');
}
