import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CancelTimer, Clock } from '../../../api/clock.js';
import { CreateContainerFailure } from '../runtime.js';
import type {
  ContainerLaunch,
  ContainerRuntime,
  LogSlice,
  MemoryLimits,
  RuntimeContainer,
  RuntimeListener,
} from '../runtime.js';
import { baseEnvironment } from './base-environment.js';
import { startFault } from './executable.js';
import { findHostTools } from './host-tools.js';
import type { HostTools } from './host-tools.js';
import { InstanceDir, instanceDirs } from './instance-dir.js';
import type { InstanceRecord } from './instance-dir.js';
import { findMemoryEnforcement } from './memory-enforcer.js';
import type { MemoryEnforcement, MemoryLevel } from './memory-enforcer.js';
import { bootId, sendSignal } from './process-identity.js';
import { ProcessInstance } from './process-instance.js';
import { overLimit } from './memory-watch.js';
import type { Excess } from './memory-watch.js';
import { SHIM_SCRIPT } from './shim-script.js';
import { startShim } from './start-shim.js';
import type { Command } from './start-shim.js';

export interface ProcessRuntimeOptions {
  readonly clock: Clock;
  /** A directory of this kubelet's own; what runs is found again in it. */
  readonly dataDir: string;
  /** The highest level of memory enforcement to try. Default Cgroup. */
  readonly memory?: MemoryLevel;
}

/** How often running containers are looked at: memory, logs, and the ends of those that an earlier kubelet started. */
const LOOK_MS = 100;
/** After a SIGKILL a process is given this long to be gone; one that the kernel holds is left to itself. */
const KILL_PATIENCE_MS = 5_000;
const SILENT: RuntimeListener = { changed: () => undefined, noticed: () => undefined };

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Containers as process groups of this machine (each with a shim that outlives the kubelet). */
class ProcessRuntime implements ContainerRuntime {
  readonly scheme = 'process';
  readonly #clock: Clock;
  readonly #dataDir: string;
  readonly #tools: HostTools;
  readonly #memory: MemoryEnforcement;
  readonly #instances = new Map<string, ProcessInstance>();
  readonly #groupsToRemove = new Set<string>();
  #listener: RuntimeListener = SILENT;
  #look: CancelTimer | null = null;
  #closed = false;

  constructor(options: ProcessRuntimeOptions) {
    this.#clock = options.clock;
    this.#dataDir = resolve(options.dataDir);
    mkdirSync(join(this.#dataDir, 'pods'), { recursive: true, mode: 0o700 });
    writeFileSync(this.#shim, SHIM_SCRIPT);
    this.#tools = findHostTools(this.#dataDir);
    this.#memory = findMemoryEnforcement(this.#dataDir, options.memory ?? 'Cgroup');
    this.#load();
    this.#keepLooking();
  }

  get memoryLimits(): MemoryLimits {
    return this.#memory.limits;
  }

  get #shim(): string {
    return join(this.#dataDir, 'shim.sh');
  }

  containers(podUid: string): readonly RuntimeContainer[] {
    return this.#ofPod(podUid).map((one) => one.container);
  }

  podUids(): readonly string[] {
    return [...new Set([...this.#instances.values()].map((one) => one.record.podUid))];
  }

  async start(launch: ContainerLaunch): Promise<void> {
    const instance = this.#create(launch);
    const env = { ...baseEnvironment(launch.podName, instance.dir.file('termination-log')), ...launch.env };
    const cwd = launch.workingDir ?? this.#workDir(launch.podUid);
    const fault =
      launch.argv[0] === undefined
        ? `the embedded kubelet pulls no images, so it does not know what "${launch.image}" would run: give container "${launch.container}" a command`
        : startFault(launch.argv[0], { path: env['PATH'] ?? '', cwd });
    if (fault === null) await this.#spawn(instance, { argv: launch.argv, env, cwd });
    else this.#refuse(instance, fault);
    this.#instances.set(instance.record.id, instance);
    this.#lookAt(instance);
    this.#listener.changed(launch.podUid);
    this.#keepLooking();
  }

  signal(id: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const instance = this.#instances.get(id);
    const main = instance?.processes?.main;
    if (instance === undefined || main === undefined || !instance.running) return;
    // As in a container: the first process is asked to end, and when it has ended, so have all the others.
    if (signal === 'SIGTERM') sendSignal(main.pid, 'SIGTERM');
    else this.#kill(instance);
  }

  async removePod(podUid: string): Promise<void> {
    for (const instance of this.#ofPod(podUid)) {
      if (instance.running) this.#kill(instance);
      await this.#gone(instance);
      this.#instances.delete(instance.record.id);
    }
    rmSync(this.#podDir(podUid), { recursive: true, force: true });
  }

  readLog(id: string, slice: LogSlice): Promise<string> {
    return Promise.resolve(this.#instances.get(id)?.log.read(slice, this.#clock.now()) ?? '');
  }

  async *followLog(id: string, slice: LogSlice, signal: AbortSignal): AsyncIterable<string> {
    const instance = this.#instances.get(id);
    if (instance === undefined) return;
    let left = slice.limitBytes ?? Number.POSITIVE_INFINITY;
    let { text, end: offset } = instance.log.begin(slice, this.#clock.now());
    while (!signal.aborted) {
      if (text !== '') yield text;
      left -= Buffer.byteLength(text);
      if (left <= 0) return;
      const ended = !instance.running;
      const next = instance.log.readFrom(offset);
      offset = next.end;
      text = next.text;
      if (text === '' && ended) return;
      if (text === '') await this.#wait(LOOK_MS);
    }
  }

  listen(listener: RuntimeListener): void {
    this.#listener = listener;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#listener = SILENT;
    this.#look?.();
    this.#look = null;
    this.#removeGroups();
    this.#memory.groups?.close();
    return Promise.resolve();
  }

  #ofPod(podUid: string): readonly ProcessInstance[] {
    return [...this.#instances.values()].filter((one) => one.record.podUid === podUid);
  }

  #podDir(podUid: string): string {
    return join(this.#dataDir, 'pods', podUid);
  }

  #workDir(podUid: string): string {
    return join(this.#podDir(podUid), 'work');
  }

  /** Writes down what is about to start; nothing has run when it throws. */
  #create(launch: ContainerLaunch): ProcessInstance {
    const { podUid, container, attempt, memoryLimit } = launch;
    const id = createHash('sha256').update(`${podUid}/${container}/${attempt}`).digest('hex');
    const dir = new InstanceDir(join(this.#podDir(podUid), 'containers', container, String(attempt)));
    try {
      mkdirSync(this.#workDir(podUid), { recursive: true, mode: 0o700 });
      const groups = memoryLimit === null ? null : this.#memory.groups;
      const record: InstanceRecord = {
        id,
        podUid,
        container,
        attempt,
        memoryLimit,
        cgroup: groups === null || memoryLimit === null ? null : groups.make(id, memoryLimit),
        fallbackToLogs: launch.terminationMessagePolicy === 'FallbackToLogsOnError',
        bootId: bootId(),
      };
      dir.create(record);
      if (memoryLimit !== null) this.#tellUnenforced(launch);
      return new ProcessInstance(dir, record, this.#clock.now());
    } catch (error) {
      throw new CreateContainerFailure('CreateContainerError', `cannot write below ${dir.path}: ${textOf(error)}`, {
        cause: error,
      });
    }
  }

  #tellUnenforced(launch: ContainerLaunch): void {
    if (this.#memory.limits.level !== 'NotEnforced') return;
    const { podUid, container } = launch;
    const message = `The limit of container ${container} has no effect: ${this.#memory.limits.message}`;
    this.#listener.noticed({ podUid, container, type: 'Warning', reason: 'MemoryLimitNotEnforced', message });
  }

  #refuse(instance: ProcessInstance, message: string): void {
    try {
      instance.dir.refuse(message);
    } catch (error) {
      throw new CreateContainerFailure('CreateContainerError', textOf(error), { cause: error });
    }
  }

  async #spawn(instance: ProcessInstance, command: Command): Promise<void> {
    const { cgroup } = instance.record;
    const counter = cgroup === null ? null : (this.#memory.groups?.counterFile(cgroup) ?? null);
    const group = cgroup === null || counter === null ? null : { path: cgroup, counter };
    await startShim(this.#tools, { script: this.#shim, dir: instance.dir.path, group, command }, () => {
      this.#lookAt(instance);
    });
    // The shim could not even begin (no room for one more file, say); now it never will.
    if (instance.dir.claim())
      throw new CreateContainerFailure('RunContainerError', 'the shim did not start the command');
  }

  #lookAt(instance: ProcessInstance): void {
    if (this.#closed || this.#instances.get(instance.record.id) !== instance) return;
    if (!instance.look(this.#clock.now())) return;
    this.#listener.changed(instance.record.podUid);
    const { cgroup } = instance.record;
    if (cgroup !== null) this.#groupsToRemove.add(cgroup);
    this.#keepLooking();
  }

  #kill(instance: ProcessInstance): void {
    const { cgroup } = instance.record;
    const found = instance.processes;
    if (found !== null && instance.running) sendSignal(-found.main.pid, 'SIGKILL');
    if (cgroup === null) return;
    for (const pid of this.#memory.groups?.processes(cgroup) ?? []) sendSignal(pid, 'SIGKILL');
  }

  /** Resolves when the instance has ended (after a SIGKILL that is soon, or the system itself is stuck). */
  async #gone(instance: ProcessInstance): Promise<void> {
    const patience = this.#clock.monotonic() + KILL_PATIENCE_MS;
    instance.look(this.#clock.now());
    while (instance.running && this.#clock.monotonic() < patience) {
      await this.#wait(LOOK_MS / 10);
      instance.look(this.#clock.now());
    }
    const { cgroup } = instance.record;
    if (cgroup === null) return;
    this.#groupsToRemove.add(cgroup);
    // The kernel takes a moment to let go of a group whose last process has ended.
    for (let tries = 0; tries < 20; tries += 1) {
      this.#removeGroups();
      if (!this.#groupsToRemove.has(cgroup)) return;
      await this.#wait(LOOK_MS / 10);
    }
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }

  /** Finds what earlier kubelets on this directory have started. */
  #load(): void {
    const pods = join(this.#dataDir, 'pods');
    for (const dir of instanceDirs(pods)) {
      const record = dir.record();
      // Half made, or claimed by nobody until now: it never ran, and it never will.
      if (record === null || (dir.refusal() === null && dir.claim())) {
        dir.remove();
        continue;
      }
      const instance = new ProcessInstance(dir, record, this.#clock.now());
      instance.look(this.#clock.now());
      this.#instances.set(record.id, instance);
    }
    const used = new Set([...this.#instances.values()].filter((one) => one.running).map((one) => one.record.cgroup));
    for (const group of this.#memory.groups?.list() ?? []) if (!used.has(group)) this.#groupsToRemove.add(group);
  }

  /** Looks again while anything runs or is left to tidy up. */
  #keepLooking(): void {
    const busy = this.#groupsToRemove.size > 0 || [...this.#instances.values()].some((one) => one.running);
    if (!busy || this.#closed || this.#look !== null) return;
    this.#look = this.#clock.after(LOOK_MS, () => {
      this.#look = null;
      this.#lookAround();
      this.#keepLooking();
    });
  }

  #lookAround(): void {
    for (const instance of this.#instances.values()) if (instance.running) this.#lookAt(instance);
    if (this.#memory.limits.level === 'Watched') this.#watchMemory();
    this.#removeGroups();
  }

  #removeGroups(): void {
    for (const group of this.#groupsToRemove) {
      if (this.#memory.groups?.remove(group) !== false) this.#groupsToRemove.delete(group);
    }
  }

  #watchMemory(): void {
    const limited = [...this.#instances.values()].filter((one) => one.running && one.record.memoryLimit !== null);
    for (const excess of overLimit(limited)) this.#killForMemory(excess);
  }

  #killForMemory({ instance, pids, message }: Excess): void {
    const { podUid, container } = instance.record;
    try {
      instance.dir.noteMemoryKill(message);
    } catch {
      // A full disk: the end will be told as Error 137, the event still says why.
    }
    this.#kill(instance);
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    this.#listener.noticed({ podUid, container, type: 'Warning', reason: 'MemoryLimitExceeded', message });
  }
}

/**
 * A runtime that runs each container as a process group of this machine, as the user that this program runs as.
 * Throws where the data directory cannot be written or there is no shell.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): ContainerRuntime {
  return new ProcessRuntime(options);
}
