import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { CliError } from '../errors.js';

/** Who holds a data directory. */
export interface LockHolder {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: tells a process from a later one with the same number. Empty where there is no /proc. */
  readonly startTime: string;
}

/** A held lock file; release it when done. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock of a data directory: a file that names the process. It is made whole under another name and linked into
 * place, so that nobody ever reads a half-written one; the lock of a process that is gone is taken over.
 *
 * @throws CliError where a living process holds it
 */
export function takeLock(path: string): Lock {
  for (let tries = 0; tries < 3; tries += 1) {
    const draft = `${path}.${process.pid}`;
    writeHolder(draft, { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' });
    try {
      linkSync(draft, path);
      return {
        release: () => {
          releaseOwn(path);
        },
      };
    } catch (error) {
      if (!isCode(error, 'EEXIST'))
        throw new CliError(`the lock file ${path} cannot be made: ${String(error)}`, { cause: error });
    } finally {
      unlinkSync(draft);
    }
    const holder = readHolder(path);
    if (holder !== null && isAlive(holder)) throw new LockHeldError(path, holder);
    removeStale(path);
  }
  throw new CliError(`the lock file ${path} changes hands too fast; try again`);
}

/** A living process holds the lock. */
class LockHeldError extends CliError {
  constructor(path: string, holder: LockHolder) {
    super(
      `process ${holder.pid} is using this data directory (lock file ${path}); wait for it, or choose another with --data-dir`,
    );
  }
}

/** True: the lock was not to be had because a living process holds it. */
export function isHeld(error: unknown): boolean {
  return error instanceof LockHeldError;
}

/**
 * Takes the lock of a dead process away. Two may find it at the same time, and the slower one must not take away what
 * the faster one has made since: so it is moved aside first, and put back where it is not the dead one's.
 */
function removeStale(path: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw new CliError(`the lock file ${path} of a process that is gone cannot be removed: ${String(error)}`, {
      cause: error,
    });
  }
  const moved = readHolder(aside);
  if (moved !== null && isAlive(moved)) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
  rmSync(aside, { force: true });
}

/** The living process that holds the lock, or null. */
export function lockHolder(path: string): LockHolder | null {
  const holder = readHolder(path);
  return holder !== null && isAlive(holder) ? holder : null;
}

function releaseOwn(path: string): void {
  const holder = readHolder(path);
  if (holder?.pid === process.pid) rmSync(path, { force: true });
}

function writeHolder(path: string, holder: LockHolder): void {
  try {
    const file = openSync(path, 'w', 0o600);
    writeSync(file, JSON.stringify(holder));
    closeSync(file);
  } catch (error) {
    throw new CliError(
      `${path} cannot be written: ${String(error)}; make room, or choose another directory with --data-dir`,
      {
        cause: error,
      },
    );
  }
}

function readHolder(path: string): LockHolder | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw new CliError(`the lock file ${path} cannot be read: ${String(error)}`, { cause: error });
  }
  const [, pid = '', startTime = ''] = /"pid":(\d+),"startTime":"(\d*)"/.exec(text) ?? [];
  return pid === '' ? null : { pid: Number(pid), startTime };
}

function isAlive(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if (!isCode(error, 'EPERM')) return false;
  }
  const now = startTimeOf(holder.pid);
  return now === null || holder.startTime === '' || now === holder.startTime;
}

function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name (field 2) may hold spaces and parentheses; the rest follows the last one.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    // No /proc here (macOS), or the process went meanwhile: nothing to compare with.
    return null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
