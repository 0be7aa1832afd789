import type { AuditEvent } from '../api/types.js';
import { type ChainProblem, verifyChain } from './chain.js';
import type { AuditStore } from './store.js';

/** All that is stored of one run. */
export interface Trail {
  readonly uid: string;
  readonly events: readonly AuditEvent[];
  /** What is wrong with it; empty: it is whole. */
  readonly problems: readonly ChainProblem[];
}

/** The trail of a run by its UID; null where nothing is stored of it. */
export async function trailOf(store: AuditStore, uid: string): Promise<Trail | null> {
  const events = await store.eventsOf(uid);
  return events.length === 0 ? null : { uid, events, problems: verifyChain(events) };
}

/** The trails of all runs that had a name, the latest first. */
export async function trailsNamed(store: AuditStore, namespace: string, name: string): Promise<readonly Trail[]> {
  const trails: Trail[] = [];
  for (const uid of await store.runsNamed(namespace, name)) {
    const trail = await trailOf(store, uid);
    if (trail !== null) trails.push(trail);
  }
  return trails;
}
