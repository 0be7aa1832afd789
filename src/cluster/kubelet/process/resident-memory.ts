import { readdirSync } from 'node:fs';
import { readOrNull, statOf } from './process-identity.js';

/** Processes of one session with the bytes that are resident. */
export interface SessionMemory {
  readonly bytes: number;
  readonly pids: readonly number[];
}

function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readOrNull(`/proc/${pid}/status`) ?? '');
  return match === null ? 0 : Number(match[1]) * 1024;
}

/**
 * Resident memory by session, of the sessions named, without the processes in `except`; pages that processes share count for each of them. Sessions tell
 * a container's processes better than groups, which any shell with job control makes anew.
 */
export function memoryBySession(
  sessions: ReadonlySet<number>,
  except: ReadonlySet<number>,
): ReadonlyMap<number, SessionMemory> {
  const found = new Map<number, { bytes: number; pids: number[] }>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || except.has(pid)) continue;
    const session = statOf(pid)?.session;
    if (session === undefined || !sessions.has(session)) continue;
    const sum = found.get(session) ?? { bytes: 0, pids: [] };
    sum.bytes += residentBytes(pid);
    sum.pids.push(pid);
    found.set(session, sum);
  }
  return found;
}

/** Whether the system tells the memory of processes. */
export function canReadMemory(): boolean {
  return residentBytes(process.pid) > 0;
}
