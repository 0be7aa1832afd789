import type { Instant } from '../../api/instant.js';

/** How a container's end was told: the reasons that containerd gives, in the words of the container status. */
export type ExitReason = 'Completed' | 'Error' | 'OOMKilled' | 'StartError' | 'ContainerStatusUnknown';

/** An instance of a container that has ended (or that could not be started: StartError, exit code 128). */
export interface ExitedState {
  readonly kind: 'Exited';
  /** 0 (1970) where it never started, as containerd says; null where nobody knows. */
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** 128 + signal for a process that a signal ended, as containerd says. */
  readonly exitCode: number;
  readonly reason: ExitReason;
  /** The termination message, or why it could not be started. */
  readonly message: string | null;
}

export type RuntimeState = { readonly kind: 'Running'; readonly startedAt: Instant } | ExitedState;

/** One run of a container: a restart makes a new instance with the next attempt. */
export interface RuntimeContainer {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly podUid: string;
  readonly container: string;
  /** 0 for the first run: it is the restart count. */
  readonly attempt: number;
  readonly state: RuntimeState;
}

/** Everything that a runtime needs to start one container. */
export interface ContainerLaunch {
  readonly podUid: string;
  readonly namespace: string;
  readonly podName: string;
  readonly container: string;
  readonly attempt: number;
  /** Of the pod spec; what it stands for is the runtime's to know. */
  readonly image: string;
  /** Command and arguments, expanded. Empty: the image's entrypoint is meant. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Null: the runtime's default. */
  readonly workingDir: string | null;
  /** Bytes; null: no limit. */
  readonly memoryLimit: number | null;
  readonly terminationMessagePath: string;
  readonly terminationMessagePolicy: 'File' | 'FallbackToLogsOnError';
}

/** How far memory limits are enforced (issue: shown as a node condition). */
export interface MemoryLimits {
  readonly level: 'Cgroup' | 'Watched' | 'NotEnforced';
  /** For people: by what means, or why not. */
  readonly message: string;
}

/** Something that the runtime did or met on its own and that a person should read in an Event. */
export interface RuntimeNotice {
  readonly podUid: string;
  readonly container: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface RuntimeListener {
  /** Some container of the pod has changed its state. */
  changed(podUid: string): void;
  noticed(notice: RuntimeNotice): void;
}

/** What to read of an instance's log. */
export interface LogSlice {
  readonly timestamps: boolean;
  /** Only lines seen at or after it. */
  readonly since: Instant | null;
  readonly tailLines: number | null;
  readonly limitBytes: number | null;
}

/**
 * Where containers run. It outlives the kubelet: what runs goes on when the kubelet is killed, and the next kubelet
 * finds it again here. The kubelet decides when to start and to signal; the runtime only does it.
 */
export interface ContainerRuntime {
  readonly memoryLimits: MemoryLimits;
  /** Name in container ids: `<scheme>://<id>`. */
  readonly scheme: string;
  /** All known instances of the pod's containers, in the order of their starts. */
  containers(podUid: string): readonly RuntimeContainer[];
  /** Pods of which anything is known. */
  podUids(): readonly string[];
  /**
   * Starts an instance; resolves when it runs or has been refused (then it is Exited with StartError).
   * Throws a CreateContainerFailure where no instance came to be (a full disk, say): nothing ran.
   */
  start(launch: ContainerLaunch): Promise<void>;
  /** SIGTERM goes to the container's first process, SIGKILL to all of its processes. No effect once it has ended. */
  signal(id: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Forgets the pod: its instances, logs and files. Whatever still runs of it is killed. */
  removePod(podUid: string): Promise<void>;
  /** The log as it is now, with line ends. */
  readLog(id: string, slice: LogSlice): Promise<string>;
  /** The log from now on, in pieces, until the instance has ended or the signal is aborted. */
  followLog(id: string, slice: LogSlice, signal: AbortSignal): AsyncIterable<string>;
  /** One listener at a time. */
  listen(listener: RuntimeListener): void;
  /** Lets go of everything without stopping anything that runs. */
  close(): Promise<void>;
}

/** A container that could not be created: the reason and message of its waiting state. Nothing ran. */
export class CreateContainerFailure extends Error {
  readonly reason: 'CreateContainerError' | 'CreateContainerConfigError' | 'RunContainerError';

  constructor(reason: CreateContainerFailure['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CreateContainerFailure';
    this.reason = reason;
  }
}
