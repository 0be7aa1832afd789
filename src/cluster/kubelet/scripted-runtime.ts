import { createHash } from 'node:crypto';
import type { Clock, CancelTimer } from '../../api/clock.js';
import { formatInstant } from '../../api/instant.js';
import type { Instant } from '../../api/instant.js';
import { CreateContainerFailure } from './runtime.js';
import type {
  ContainerLaunch,
  ContainerRuntime,
  ExitReason,
  LogSlice,
  MemoryLimits,
  RuntimeContainer,
  RuntimeListener,
  RuntimeState,
} from './runtime.js';

/** How a scripted container ends. */
export interface ScriptedEnd {
  readonly exitCode: number;
  /** Milliseconds after the start (or after the signal). Default 0. */
  readonly afterMs?: number;
  /** Default: Completed for 0, else Error. */
  readonly reason?: ExitReason;
  /** The termination message. */
  readonly message?: string;
}

/** What a scripted container does. */
export interface ContainerScript {
  /** It ends by itself. Absent: it runs until it is stopped. */
  readonly end?: ScriptedEnd;
  /** What it does on SIGTERM. Default: it ends at once with 143 (no handler). `ignore`: only SIGKILL ends it. */
  readonly onTerm?: ScriptedEnd | 'ignore';
  /** It cannot be started: StartError 128 with this message. */
  readonly startError?: string;
  /** It cannot even be created (CreateContainerError with this message); asked again at each try. */
  readonly createError?: string;
  /** What it logs at its start. */
  readonly log?: string;
}

interface Instance {
  readonly container: RuntimeContainer;
  readonly script: ContainerScript;
  readonly timer: { cancel: CancelTimer | null };
}

interface ScriptedRuntimeOptions {
  readonly clock: Clock;
  /** Asked at each start of a container. */
  readonly script: (launch: ContainerLaunch) => ContainerScript;
  /** Told of each start, before anything happens. */
  readonly onStart?: (launch: ContainerLaunch) => void;
  readonly memoryLimits?: MemoryLimits;
}

const IGNORED: MemoryLimits = { level: 'NotEnforced', message: 'containers are scripted: nothing runs' };
const SILENT: RuntimeListener = { changed: () => undefined, noticed: () => undefined };

/** Containers that only act as they are told, on a given clock: a kubelet without processes. */
export class ScriptedRuntime implements ContainerRuntime {
  readonly scheme = 'scripted';
  readonly memoryLimits: MemoryLimits;
  readonly #options: ScriptedRuntimeOptions;
  readonly #instances = new Map<string, Instance>();
  #listener: RuntimeListener = SILENT;
  /** Every launch that led to a running container, in order: what ran, and how often. */
  readonly started: ContainerLaunch[] = [];

  constructor(options: ScriptedRuntimeOptions) {
    this.#options = options;
    this.memoryLimits = options.memoryLimits ?? IGNORED;
  }

  containers(podUid: string): readonly RuntimeContainer[] {
    return [...this.#instances.values()].map((one) => one.container).filter((one) => one.podUid === podUid);
  }

  podUids(): readonly string[] {
    return [...new Set([...this.#instances.values()].map((one) => one.container.podUid))];
  }

  start(launch: ContainerLaunch): Promise<void> {
    this.#options.onStart?.(launch);
    const script = this.#options.script(launch);
    if (script.createError !== undefined) {
      return Promise.reject(new CreateContainerFailure('CreateContainerError', script.createError));
    }
    const now = this.#options.clock.now();
    const { podUid, container, attempt } = launch;
    const id = createHash('sha256').update(`${podUid}/${container}/${attempt}`).digest('hex');
    const state: RuntimeState =
      script.startError === undefined
        ? { kind: 'Running', startedAt: now }
        : {
            kind: 'Exited',
            startedAt: 0,
            finishedAt: now,
            exitCode: 128,
            reason: 'StartError',
            message: script.startError,
          };
    this.#set(id, { container: { id, podUid, container, attempt, state }, script, timer: { cancel: null } });
    if (script.startError === undefined) {
      this.started.push(launch);
      if (script.end !== undefined) this.#endLater(id, script.end);
    }
    return Promise.resolve();
  }

  signal(id: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const instance = this.#instances.get(id);
    if (instance?.container.state.kind !== 'Running') return;
    if (signal === 'SIGKILL') this.#endLater(id, { exitCode: 137 });
    else if (instance.script.onTerm !== 'ignore') this.#endLater(id, instance.script.onTerm ?? { exitCode: 143 });
  }

  removePod(podUid: string): Promise<void> {
    for (const { container, timer } of this.#instances.values()) {
      if (container.podUid !== podUid) continue;
      timer.cancel?.();
      this.#instances.delete(container.id);
    }
    return Promise.resolve();
  }

  readLog(id: string, slice: LogSlice): Promise<string> {
    const instance = this.#instances.get(id);
    const lines = (instance?.script.log ?? '').split(/(?<=\n)/).filter((line) => line !== '');
    const started = instance?.container.state.startedAt ?? 0;
    if (slice.since !== null && started < slice.since) return Promise.resolve('');
    const tail = slice.tailLines === null ? lines : lines.slice(Math.max(0, lines.length - slice.tailLines));
    const stamped = slice.timestamps ? tail.map((line) => `${formatInstant(started)} ${line}`) : tail;
    return Promise.resolve(stamped.join('').slice(0, slice.limitBytes ?? undefined));
  }

  async *followLog(id: string, slice: LogSlice, signal: AbortSignal): AsyncIterable<string> {
    yield await this.readLog(id, slice);
    while (!signal.aborted && this.#instances.get(id)?.container.state.kind === 'Running') {
      await new Promise<void>((resolve) => this.#options.clock.after(100, resolve));
    }
  }

  listen(listener: RuntimeListener): void {
    this.#listener = listener;
  }

  /** Nothing to let go of: the next kubelet gets the same runtime. */
  close(): Promise<void> {
    this.#listener = SILENT;
    return Promise.resolve();
  }

  /** Ends a running container from outside, as a kernel or a person would. */
  end(id: string, end: ScriptedEnd): void {
    this.#endLater(id, end);
  }

  #set(id: string, instance: Instance): void {
    this.#instances.set(id, instance);
    this.#listener.changed(instance.container.podUid);
  }

  #endLater(id: string, end: ScriptedEnd): void {
    const instance = this.#instances.get(id);
    if (instance === undefined) return;
    instance.timer.cancel?.();
    instance.timer.cancel = this.#options.clock.after(end.afterMs ?? 0, () => {
      this.#ended(id, end);
    });
  }

  #ended(id: string, end: ScriptedEnd): void {
    const instance = this.#instances.get(id);
    const state = instance?.container.state;
    if (instance === undefined || state?.kind !== 'Running') return;
    const finishedAt: Instant = this.#options.clock.now();
    const { exitCode, message = null, reason = exitCode === 0 ? 'Completed' : 'Error' } = end;
    const ended: RuntimeState = { kind: 'Exited', startedAt: state.startedAt, finishedAt, exitCode, reason, message };
    this.#set(id, { ...instance, container: { ...instance.container, state: ended } });
  }
}
