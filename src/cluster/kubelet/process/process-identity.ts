import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot at which it started (field 22 of /proc/PID/stat); null where there is no /proc. */
  readonly startTime: string | null;
}

interface ProcessStat {
  readonly state: string;
  readonly session: number;
  readonly startTime: string;
}

/** Reads a line of /proc/PID/stat; the command in parentheses may hold anything. */
export function parseStat(line: string): ProcessStat | null {
  const fields = line
    .slice(line.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const [state, , , session] = fields;
  const startTime = fields[19];
  if (state === undefined || session === undefined || startTime === undefined) return null;
  return { state, session: Number(session), startTime };
}

/** The text of a file, or null where it cannot be read (gone, never there, no permission). */
export function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Its absence is the answer.
    return null;
  }
}

/** The process with this number now, or null. */
export function statOf(pid: number): ProcessStat | null {
  const line = readOrNull(`/proc/${pid}/stat`);
  return line === null ? null : parseStat(line);
}

/** Whether the process is there and not a zombie. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.startTime !== null) {
    const stat = statOf(identity.pid);
    return stat !== null && stat.startTime === identity.startTime && stat.state !== 'Z' && stat.state !== 'X';
  }
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and someone else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Changes with each start of the machine; empty where the system does not tell. */
export function bootId(): string {
  return readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

/** Sends a signal; false where there is nobody to get it. */
export function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    // ESRCH: it has ended meanwhile, which is what the signal was for. EPERM: it is not ours.
    return false;
  }
}
