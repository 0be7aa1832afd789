import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOrNull } from './process-identity.js';

/** Names of the files of a memory group in one version of cgroups. */
interface Files {
  readonly limit: string;
  /** Limit of memory and swap together (v1) or of swap alone (v2): it keeps swap from softening the limit. */
  readonly swap: string;
  readonly counter: string;
}

const V1: Files = {
  limit: 'memory.limit_in_bytes',
  swap: 'memory.memsw.limit_in_bytes',
  counter: 'memory.oom_control',
};
const V2: Files = { limit: 'memory.max', swap: 'memory.swap.max', counter: 'memory.events' };

/** Memory groups of this kubelet, one for each container that has a limit. */
export interface MemoryGroups {
  readonly version: 1 | 2;
  readonly path: string;
  /** Makes the group with its limit in bytes; throws the system's error. Answers its directory. */
  make(id: string, limit: number): string;
  /** The file with the line `oom_kill N`. */
  counterFile(group: string): string;
  /** Processes of the group. */
  processes(group: string): readonly number[];
  /** Removes an empty group; false where it is not empty yet. */
  remove(group: string): boolean;
  /** Groups that exist. */
  list(): readonly string[];
  /** Removes the folder of the groups, unless there is still one in it; the next `make` makes it anew. */
  close(): void;
}

class GroupDirectory implements MemoryGroups {
  readonly version: 1 | 2;
  readonly path: string;
  readonly #files: Files;

  constructor(version: 1 | 2, path: string) {
    this.version = version;
    this.path = path;
    this.#files = version === 1 ? V1 : V2;
  }

  make(id: string, limit: number): string {
    const group = join(this.path, id);
    mkdirSync(this.path, { recursive: true });
    // In v2 a group has the controllers that its parent hands down.
    if (this.version === 2) writeFileSync(join(this.path, 'cgroup.subtree_control'), '+memory');
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, this.#files.limit), String(limit));
    const swap = join(group, this.#files.swap);
    // Kernels without swap accounting have no such file.
    if (existsSync(swap)) writeFileSync(swap, this.version === 1 ? String(limit) : '0');
    return group;
  }

  counterFile(group: string): string {
    return join(group, this.#files.counter);
  }

  processes(group: string): readonly number[] {
    return (readOrNull(join(group, 'cgroup.procs')) ?? '').split('\n').filter(Boolean).map(Number);
  }

  remove(group: string): boolean {
    try {
      rmdirSync(group);
    } catch {
      // Busy while a process is still on its way out; the caller tries again.
      return !existsSync(group);
    }
    return true;
  }

  close(): void {
    this.remove(this.path);
  }

  list(): readonly string[] {
    if (!existsSync(this.path)) return [];
    const entries = readdirSync(this.path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(this.path, entry.name));
  }
}

/** Lines of /proc/self/cgroup: `ID:CONTROLLERS:PATH`. */
function ownPath(hierarchy: (controllers: string) => boolean): string | null {
  for (const line of (readOrNull('/proc/self/cgroup') ?? '').split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    if (match?.[1] !== undefined && hierarchy(match[1])) return match[2] ?? null;
  }
  return null;
}

/** Where the file system of a kind of cgroups is mounted, from /proc/self/mounts. */
function mountPoint(type: string, option: string | null): string | null {
  for (const line of (readOrNull('/proc/self/mounts') ?? '').split('\n')) {
    const [, target, kind, options = ''] = line.split(' ');
    if (kind === type && (option === null || options.split(',').includes(option))) return target ?? null;
  }
  return null;
}

/** Folders in which groups may be made, the most fitting first: the own group, then its parents. */
function candidates(mount: string, own: string | null): readonly string[] {
  const found: string[] = [];
  for (let path = join(mount, own ?? '/'); path.startsWith(mount); path = dirname(path)) {
    if (existsSync(path)) found.push(path);
    if (path === mount) break;
  }
  return found;
}

/** Starts a process that moves itself into a new group: the only proof that the real ones will be able to. */
function works(groups: MemoryGroups): boolean {
  const probe = `probe-${process.pid}`;
  try {
    const group = groups.make(probe, 64 * 1024 * 1024);
    const script = 'echo 0 > "$1/cgroup.procs" && while read -r key value; do echo "$key"; done < "$2"';
    const args = ['-c', script, 'sh', group, groups.counterFile(group)];
    const keys = execFileSync('/bin/sh', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return keys.split('\n').includes('oom_kill');
  } catch {
    // Any refusal (read-only mount, no permission, no controller) means that this place will not do.
    return false;
  } finally {
    if (!groups.remove(join(groups.path, probe))) groups.remove(join(groups.path, probe));
  }
}

function prepare(version: 1 | 2, parent: string, name: string): MemoryGroups | null {
  const path = join(parent, name);
  try {
    if (version === 2 && !readFileSync(join(parent, 'cgroup.subtree_control'), 'utf8').includes('memory')) return null;
  } catch {
    // Not ours to use; the next candidate may be.
    return null;
  }
  const groups = new GroupDirectory(version, path);
  if (works(groups)) return groups;
  groups.remove(path);
  return null;
}

/**
 * Finds where this process may make memory groups, by making one and moving a process into it; null where it may not.
 * `name` must be the same for each kubelet on one data directory.
 */
export function findMemoryGroups(name: string): MemoryGroups | null {
  const v1 = mountPoint('cgroup', 'memory');
  const v2 = mountPoint('cgroup2', null);
  const places = [
    ...(v1 === null
      ? []
      : candidates(
          v1,
          ownPath((one) => one.split(',').includes('memory')),
        ).map((path) => [1, path] as const)),
    ...(v2 === null
      ? []
      : candidates(
          v2,
          ownPath((one) => one === ''),
        ).map((path) => [2, path] as const)),
  ];
  for (const [version, parent] of places) {
    const groups = prepare(version, parent, name);
    if (groups !== null) return groups;
  }
  return null;
}
