import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../../../api/instant.js';
import { isJsonObject } from '../../../api/json.js';
import { parseStat, readOrNull } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';
import { PLACEHOLDER } from './shim-script.js';

/** What is written down of an instance before it starts. */
export interface InstanceRecord {
  readonly id: string;
  readonly podUid: string;
  readonly container: string;
  readonly attempt: number;
  readonly memoryLimit: number | null;
  readonly cgroup: string | null;
  readonly fallbackToLogs: boolean;
  readonly bootId: string;
}

export interface Processes {
  readonly main: ProcessIdentity;
  readonly shim: ProcessIdentity;
  readonly since: Instant;
}

export interface Exit {
  readonly code: number;
  /** How often the kernel killed for memory in its group. */
  readonly oomKills: number;
  readonly at: Instant;
}

/** A start that was refused: it never ran. */
export interface Refusal {
  readonly message: string;
  readonly at: Instant;
}

function parseRecord(text: string): InstanceRecord | null {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) return null;
  const { id, podUid, container, attempt, memoryLimit, cgroup, fallbackToLogs, bootId } = value;
  if (typeof id !== 'string' || typeof podUid !== 'string' || typeof container !== 'string') return null;
  if (typeof attempt !== 'number' || typeof bootId !== 'string') return null;
  return {
    id,
    podUid,
    container,
    attempt,
    memoryLimit: typeof memoryLimit === 'number' ? memoryLimit : null,
    cgroup: typeof cgroup === 'string' ? cgroup : null,
    fallbackToLogs: fallbackToLogs === true,
    bootId,
  };
}

/** The files of one instance. They are small and on a local disk, so they are read and written in place, synchronously. */
export class InstanceDir {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Makes everything that the shim and the process need; throws the system's error (a full disk, say). */
  create(record: InstanceRecord): void {
    rmSync(this.path, { recursive: true, force: true });
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    writeFileSync(this.file('pid'), PLACEHOLDER);
    writeFileSync(this.file('exit'), PLACEHOLDER);
    writeFileSync(this.file('termination-log'), '');
    writeFileSync(this.file('log'), '');
    // Last, so that a half-made directory has no record and counts as never made.
    writeFileSync(this.file('record.json'), JSON.stringify(record));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Null where the directory is half made. */
  record(): InstanceRecord | null {
    const text = readOrNull(this.file('record.json'));
    try {
      return text === null ? null : parseRecord(text);
    } catch {
      // Cut off by a crash or a full disk while it was written: nothing was started before it was complete.
      return null;
    }
  }

  /** Takes the right to run away from a shim that has not begun; false where it has. */
  claim(): boolean {
    try {
      closeSync(openSync(this.file('claim'), 'wx'));
      return true;
    } catch {
      // It exists: the shim was faster.
      return false;
    }
  }

  /** When the shim began; null where it has not. */
  claimedAt(): Instant | null {
    return statSync(this.file('claim'), { throwIfNoEntry: false })?.mtimeMs ?? null;
  }

  processes(): Processes | null {
    const text = readOrNull(this.file('pid'));
    const match = text === null ? null : /^(\d+) (\d+)\n(.*)\n(.*)\n/.exec(text);
    if (match === null) return null;
    const [, pid, shim, stat = '', own = ''] = match;
    return {
      main: { pid: Number(pid), startTime: parseStat(stat)?.startTime ?? null },
      shim: { pid: Number(shim), startTime: parseStat(own)?.startTime ?? null },
      since: statSync(this.file('pid')).mtimeMs,
    };
  }

  exit(): Exit | null {
    const text = readOrNull(this.file('exit'));
    const match = text === null ? null : /^(\d+) (\d+)\n/.exec(text);
    if (match === null) return null;
    return { code: Number(match[1]), oomKills: Number(match[2]), at: statSync(this.file('exit')).mtimeMs };
  }

  /** Writes down that it was refused; the record must be there already. */
  refuse(message: string): void {
    writeFileSync(this.file('failed'), message);
  }

  refusal(): Refusal | null {
    const message = readOrNull(this.file('failed'));
    return message === null ? null : { message, at: statSync(this.file('failed')).mtimeMs };
  }

  /** Notes that we killed it for its memory, before we do. */
  noteMemoryKill(message: string): void {
    writeFileSync(this.file('memory-kill'), message);
  }

  memoryKill(): string | null {
    return readOrNull(this.file('memory-kill'));
  }

  /** The last `limit` bytes of a file, as text. */
  tail(name: string, limit: number): string {
    try {
      return readFileSync(this.file(name)).subarray(-limit).toString('utf8');
    } catch {
      // Removed by the command itself: then it left no message.
      return '';
    }
  }
}

/** All that is below `pods`: UID/containers/NAME/ATTEMPT, attempts in order. */
export function instanceDirs(pods: string): readonly InstanceDir[] {
  const names = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);
  return names(pods).flatMap((uid) => {
    const containers = join(pods, uid, 'containers');
    return names(containers).flatMap((container) =>
      names(join(containers, container))
        .sort((a, b) => Number(a) - Number(b))
        .map((attempt) => new InstanceDir(join(containers, container, attempt))),
    );
  });
}
