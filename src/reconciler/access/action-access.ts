import type { WorkflowAction } from '../../api/types.js';
import { API_VERSION } from '../../api/names.js';
import type { Client, Informer } from '../../runtime/index.js';
import { ApiError, defineResource } from '../../runtime/index.js';
import type { RequestedAction } from '../decide/input.js';
import type { ActionAccess } from '../ports.js';

export const WORKFLOW_ACTIONS = defineResource<WorkflowAction>({
  apiVersion: API_VERSION,
  kind: 'WorkflowAction',
  plural: 'workflowactions',
  namespaced: true,
});

/** Name of the index by the UID of the run that an action is about. */
export const BY_EXECUTION = 'execution';

export function indexByExecution(action: WorkflowAction): readonly string[] {
  return [action.spec.executionRef.uid];
}

/** WorkflowActions, from their informer and a client. */
export function createActionAccess(client: Client, informer: Informer<WorkflowAction>): ActionAccess {
  return {
    of(runUid) {
      return [...informer.byIndex(BY_EXECUTION, runUid)]
        .sort((a, b) => ageKey(a).localeCompare(ageKey(b)))
        .map((object) => ({ action: readAction(object), answered: object.status?.state !== undefined }));
    },
    async answer(namespace, action, seq) {
      const status = {
        state: action.result,
        seq,
        ...(action.message === undefined ? {} : { message: action.message }),
      };
      try {
        const patch = { type: 'merge', body: { status } } as const;
        informer.observe(
          await client.patch(
            WORKFLOW_ACTIONS,
            { namespace, name: action.name },
            { patch, subresource: 'status', repeatable: true },
          ),
        );
      } catch (error) {
        // Somebody deleted the action: its answer stands in the run and in the trail.
        if (!(error instanceof ApiError) || error.code !== 404) throw error;
      }
    },
  };
}

/** Instants of the API server have seconds only; names break the tie, always in the same way. */
function ageKey(action: WorkflowAction): string {
  return `${action.metadata.creationTimestamp ?? ''}/${action.metadata.name ?? ''}`;
}

function readAction(object: WorkflowAction): RequestedAction {
  const { spec, metadata } = object;
  return {
    uid: metadata.uid ?? '',
    name: metadata.name ?? '',
    verb: spec.verb,
    by: spec.requestedBy,
    reason: spec.reason ?? '',
    step: spec.step ?? null,
  };
}
