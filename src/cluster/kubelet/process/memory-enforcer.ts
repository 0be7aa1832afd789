import { createHash } from 'node:crypto';
import type { MemoryLimits } from '../runtime.js';
import { findMemoryGroups } from './cgroup.js';
import type { MemoryGroups } from './cgroup.js';
import { canReadMemory } from './resident-memory.js';

export type MemoryLevel = MemoryLimits['level'];

/** How limits are enforced here, and the groups to do it with on the level Cgroup. */
export interface MemoryEnforcement {
  readonly limits: MemoryLimits;
  readonly groups: MemoryGroups | null;
}

function watched(): MemoryEnforcement | null {
  if (!canReadMemory()) return null;
  const message =
    'no cgroup may be made here: the embedded kubelet adds up the resident memory of each limited container every 100 ms and kills it itself';
  return { limits: { level: 'Watched', message }, groups: null };
}

/** The best level that works here, at most `highest` (a test or a person may ask for less). */
export function findMemoryEnforcement(dataDir: string, highest: MemoryLevel): MemoryEnforcement {
  if (highest === 'Cgroup') {
    const name = `lockstep-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
    const groups = findMemoryGroups(name);
    if (groups !== null) {
      const message = `the kernel enforces memory limits (cgroup v${groups.version}, ${groups.path})`;
      return { limits: { level: 'Cgroup', message }, groups };
    }
  }
  const second = highest === 'NotEnforced' ? null : watched();
  if (second !== null) return second;
  const why = highest === 'NotEnforced' ? 'asked to be off' : 'no cgroup may be made here and the system has no /proc';
  return { limits: { level: 'NotEnforced', message: `memory limits are not enforced: ${why}` }, groups: null };
}
