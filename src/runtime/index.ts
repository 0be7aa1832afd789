export { AbortedError, delay, onAbort } from './abort.js';
export type { Access, Credentials } from './access.js';
export { ApiError, NoAnswerError, mayHaveBeenDone } from './api-error.js';
export type { StatusCause } from './api-error.js';
export type {
  CallOptions,
  Client,
  JsonPatchOperation,
  ListOptions,
  Page,
  Patch,
  PatchOptions,
  RemoveOptions,
  Selection,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.js';
export { ConnectionError } from './connection-error.js';
export { TerminalError, runController } from './controller.js';
export type { ControllerOptions, PassContext, PassReport, PassResult, Reconcile } from './controller.js';
export type { SkewBounds } from './clock-skew.js';
export { createClient } from './create-client.js';
export type { ClientOptions } from './create-client.js';
export type { EventSubject, RecordedEvent } from './recorded-event.js';
export { createWorkQueue } from './create-work-queue.js';
export { fixedCredentials, loadCredentials } from './credentials.js';
export type { LoadedCredentials } from './credentials.js';
export { CredentialsError } from './credentials-error.js';
export type { CredentialsSource } from './credentials-source.js';
export { createEventRecorder } from './event-recorder.js';
export type { EventRecorder, EventRecorderOptions } from './event-recorder.js';
export { FencedTransport } from './fenced-transport.js';
export type { CacheEvent, CacheHandler, Informer, Subscription } from './informer.js';
export { LEASE_TIMINGS, LeaderElector, LeadershipLostError } from './leader-elector.js';
export type { LeaderElectorOptions, LeaseTimings } from './leader-elector.js';
export { recordOf } from './lease-lock.js';
export type { LeaseName, LeaseRecord } from './lease-lock.js';
export { Manager } from './manager.js';
export type { ManagerOptions, Part } from './manager.js';
export type { CallReport } from './measured-transport.js';
export { MalformedObjectError, defineResource, keyOf, pathOf, refOf, refOfKey } from './resource.js';
export type { ObjectRef, Resource, Stored, StoredMeta } from './resource.js';
export { EVENTS, JOBS, LEASES, NAMESPACES, NODES, PERSISTENT_VOLUME_CLAIMS, PODS } from './resources.js';
export { SharedInformer } from './shared-informer.js';
export type { InformerProblem, SharedInformerOptions } from './shared-informer.js';
export type { IndexFunction, IndexFunctions } from './store.js';
export { systemClock } from './system-clock.js';
export { TaskFailedError, TaskGroup } from './task-group.js';
export { createHttpTransport } from './transport.js';
export type { HttpTransport, HttpTransportOptions } from './transport.js';
export { withoutBookkeeping } from './without-bookkeeping.js';
export type { AddOptions, Priority, Unfinished, WorkQueue, WorkQueueListener } from './work-queue.js';
