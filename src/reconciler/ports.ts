import type { JsonObject } from '../api/json.js';
import type { RunRef } from '../api/run-ref.js';
import type { AppliedAction, AuditEvent } from '../api/types.js';
import type { RequestedAction } from './decide/input.js';

/** A resource that can be run, whatever its kind, as it was last seen. */
export interface RunResource {
  readonly ref: RunRef;
  readonly generation: number;
  readonly resourceVersion: string;
  readonly finalizers: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly deleting: boolean;
  readonly spec: JsonObject;
  readonly status: JsonObject;
}

/** Reads and writes of runs. Every write is conditional; what it returns is laid over the cache until that caught up. */
export interface RunAccess {
  /** From the cache, never older than our own last write. */
  get(namespace: string, name: string): RunResource | undefined;
  /** Directly from the API server, and into the cache. */
  refresh(namespace: string, name: string): Promise<RunResource | null>;
  /** JSON merge patches; they carry a resourceVersion. @throws ApiError (409: somebody wrote in between) */
  patch(run: RunRef, patch: JsonObject): Promise<RunResource>;
  patchStatus(run: RunRef, patch: JsonObject): Promise<RunResource>;
  remove(run: RunRef): Promise<void>;
}

/** WorkflowActions of a run. */
export interface ActionAccess {
  /** Oldest first. `answered`: its own status says so already. */
  of(runUid: string): readonly { readonly action: RequestedAction; readonly answered: boolean }[];
  answer(namespace: string, action: AppliedAction, seq: number): Promise<void>;
}

/** The way of committed events to the audit store. */
export interface AuditRelay {
  /** Takes what was committed; idempotent. */
  submit(runUid: string, outbox: readonly AuditEvent[]): void;
  /** Last event of the run that is known to be stored; 0 where none is. */
  ackedOf(runUid: string): number;
  /** The store holds another event of this run under a number of ours: its history was rolled back. */
  forked(runUid: string): boolean;
  /** Why the store takes nothing, or null. */
  backlog(): string | null;
  forget(runUid: string): void;
}

/** What a pass tells the world: log lines, metrics, Kubernetes Events. Nothing depends on it. */
export interface PassObserver {
  committed(run: RunRef, events: readonly AuditEvent[], phase: string): void;
}
