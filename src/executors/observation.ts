import type { Evidence } from '../failure/evidence.js';

/** The object as it was seen. */
export interface SeenObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** A deletion was asked for, by us or by somebody else. */
  readonly terminating: boolean;
}

/**
 * What the cluster shows of an attempt.
 *
 * - NotThere: nothing has this attempt's name. `checked`: by a direct read, not only in the cache. `refusal`: the API
 *   server cannot take the create now (5xx, 429); the create is repeated.
 * - Pending: it exists, and not all main containers run yet. `evidence` is there when it seems not to get on.
 * - Running: all main containers run or have run.
 * - Ended: it is confirmed stopped (or was refused for good: then `object` is null and evidence has the createError).
 * - Gone: its committed UID is not there any more, by a direct read: somebody took its finalizer off.
 * - Stranger: the name is taken by an object that is not ours.
 */
export type Observation =
  | { readonly kind: 'NotThere'; readonly checked: boolean; readonly refusal: Evidence | null }
  | {
      readonly kind: 'Pending';
      readonly object: SeenObject;
      readonly started: readonly string[];
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'Running';
      readonly object: SeenObject;
      readonly started: readonly string[];
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'Ended';
      readonly object: SeenObject | null;
      readonly started: readonly string[];
      readonly evidence: Evidence;
    }
  | { readonly kind: 'Gone'; readonly evidence: Evidence }
  | { readonly kind: 'Stranger'; readonly evidence: Evidence };
