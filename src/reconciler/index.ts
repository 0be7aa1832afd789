// The reconciler: runs of any kind, brought forward pass by pass.
export type { InformerOptions, Informers } from './informers.js';
export { createInformers } from './informers.js';
export type { AuditRelay, PassObserver } from './ports.js';
export type { RunController, RunControllerOptions } from './run-controller.js';
export { PassAgainError, createRunController } from './run-controller.js';
export { WORKFLOW_ACTIONS } from './access/action-access.js';
