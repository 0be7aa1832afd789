import type { JsonObject } from '../api/json.js';
import type { KubeEvent, KubeObject, Node, PersistentVolumeClaim } from '../api/kube.js';

/** How deep a deletion goes. */
export type Propagation = 'Background' | 'Foreground';

/** Objects of one kind as executors need them; the composition root gives one made of an informer and a client. */
export interface ObjectAccess<T extends KubeObject> {
  /** From the cache, with our own last write laid over it. */
  cached(namespace: string, name: string): T | undefined;
  /** From the cache: what carries the label `execution-uid` of a run and is still tracked. */
  trackedOf(runUid: string): readonly T[];
  /** Directly from the API server; null where there is none. */
  live(namespace: string, name: string): Promise<T | null>;
  /** The same as `trackedOf`, directly from the API server. */
  liveTrackedOf(namespace: string, runUid: string): Promise<readonly T[]>;
  /** @throws ApiError | NoAnswerError */
  create(namespace: string, object: JsonObject): Promise<T>;
  /** Deletes it if it has this UID; that it is gone already, or has another UID, is no error. */
  remove(
    namespace: string,
    name: string,
    options: { readonly uid: string; readonly propagation: Propagation },
  ): Promise<void>;
  /** JSON merge patch; null where it is gone already. */
  patch(namespace: string, name: string, patch: JsonObject): Promise<T | null>;
}

/** What else can be known about an attempt's objects. Every read that fails is told, never thrown. */
export interface EvidenceSource {
  /** Warning events of an object, from the cache. */
  warningsOf(uid: string): readonly KubeEvent[];
  /** All events of an object, directly. */
  eventsOf(namespace: string, uid: string): Promise<Read<readonly KubeEvent[]>>;
  node(name: string): Promise<Read<Node | null>>;
  claim(namespace: string, name: string): Promise<Read<PersistentVolumeClaim | null>>;
}

/** A read that may have been refused: then the verdict says what evidence was missing. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly missing: string };
