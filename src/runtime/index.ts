export { AbortedError, delay } from './abort.js';
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
export type { CacheEvent, CacheHandler, Informer, Subscription } from './informer.js';
export { MalformedObjectError, defineResource, keyOf, pathOf, refOf, refOfKey } from './resource.js';
export type { ObjectRef, Resource, Stored, StoredMeta } from './resource.js';
export { EVENTS, JOBS, NAMESPACES, NODES, PERSISTENT_VOLUME_CLAIMS, PODS } from './resources.js';
export type { AddOptions, Priority, WorkQueue } from './work-queue.js';
export { systemClock } from './system-clock.js';
export { createClient } from './create-client.js';
export type { ClientOptions } from './create-client.js';
export { CredentialsError, fixedCredentials, loadCredentials } from './credentials.js';
export type { Access, Credentials, CredentialsSource, LoadedCredentials } from './credentials.js';
export type { CallReport } from './measured-transport.js';
export { createHttpTransport } from './transport.js';
export type { HttpTransport, HttpTransportOptions } from './transport.js';
