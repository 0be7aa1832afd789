import type { Actor } from '../../api/types.js';

/** A person, by the name that was claimed: only a policy in the cluster could vouch for it (design review P1). */
export function claimedUser(name: string): Actor {
  return { kind: 'User', name, verified: false };
}

/** A deletion carries no name: the API does not tell who sent it. */
export const UNKNOWN_DELETER: Actor = { kind: 'User', name: 'unknown (delete)', verified: false };
