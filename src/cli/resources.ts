import type { JsonObject } from '../api/json.js';
import type { KubeObject } from '../api/kube.js';
import { API_VERSION } from '../api/names.js';
import { defineResource } from '../runtime/index.js';

/** A run as the command line reads it: its status is decoded by the status room. */
export interface ExecutionObject extends KubeObject {
  readonly spec: JsonObject;
  readonly status?: JsonObject;
}

export const EXECUTIONS = defineResource<ExecutionObject>({
  apiVersion: API_VERSION,
  kind: 'WorkflowExecution',
  plural: 'workflowexecutions',
  namespaced: true,
});
