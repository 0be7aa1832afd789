/** Names that others see: groups, labels, annotations, finalizers. Changing one breaks running clusters. */

export const GROUP = 'lockstep.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
/** The group of kinds that say less than a workflow. */
export const BATCH_GROUP = 'batch.lockstep.dev';
export const BATCH_API_VERSION = `${BATCH_GROUP}/${VERSION}`;

/** Build metadata at the end of the embedded API server's gitVersion: by it a client knows where it is. */
export const EMBEDDED_BUILD = '+lockstep-embedded';

/** On an execution: it still owes something (an object to release, an audit event to store). */
export const OWES_FINALIZER = 'lockstep.dev/owes';
/** On what an attempt created: keeps its final status until the outcome is committed (design review C2). */
export const TRACKING_FINALIZER = 'lockstep.dev/attempt-tracking';

export const LABEL = {
  executionUid: 'lockstep.dev/execution-uid',
  task: 'lockstep.dev/task',
  attempt: 'lockstep.dev/attempt',
  /** 'true' until the outcome is committed; informers select on it. */
  tracked: 'lockstep.dev/tracked',
  /** On the pods of a SequentialJob: the place of the entry in its list, from 0. */
  entryIndex: 'sequentialjob.batch.lockstep.dev/index',
} as const;

export const ANNOTATION = {
  /** HMAC that proves that we created the object (design review C6). */
  attemptProof: 'lockstep.dev/attempt-proof',
  /** SHA-256 of what was rendered, part of the proof. */
  specHash: 'lockstep.dev/spec-hash',
  /** UID of the execution that ran; another UID means a restored copy (design review C11). */
  ranAs: 'lockstep.dev/ran-as',
  completedAs: 'lockstep.dev/completed-as',
} as const;
