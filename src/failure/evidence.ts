import type { JsonObject } from '../api/json.js';
import type { Job, KubeEvent, Node, PersistentVolumeClaim, Pod, Status } from '../api/kube.js';

/**
 * What is known of one attempt, in the shape in which the API server gave it. The same shape is the `input` of the
 * corpus, and what `lockstep explain` reads from files. Parts that could not be read are named in `missing`.
 */
export interface Evidence {
  readonly pod?: Pod;
  readonly job?: Job;
  readonly node?: Node;
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly events?: readonly KubeEvent[];
  readonly taskRuns?: readonly JsonObject[];
  readonly pipelineRun?: JsonObject;
  /** Body of the API server's refusal to create the object. */
  readonly createError?: Status;
  /** e.g. `Events: 403 Forbidden`. */
  readonly missing?: readonly string[];
}
