import type { Clock } from '../api/clock.js';
import { AbortedError, onAbort, startDeadline, type Deadline } from './abort.js';
import { TaskFailedError } from './task-group.js';

/** Something of a process that starts and ends with it. */
export interface Part {
  readonly name: string;
  /**
   * Works until the signal is aborted, then finishes what is under way and resolves. To end before, or to reject, is a
   * failure: the whole process stops.
   */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export interface ManagerOptions {
  readonly clock: Clock;
  /** For the whole stop, in ms: parts that have not ended by then are left alone. */
  readonly graceMs: number;
  readonly onStopping?: (part: string) => void;
}

interface Running {
  readonly name: string;
  readonly controller: AbortController;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
}

/**
 * Starts parts in the order in which they are given, and stops them in the reverse order, each when the one after it has
 * ended: who works ends before what it works with, and the lease is given back last (controller-runtime's
 * engageStopProcedure; rule N3).
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #parts: Part[] = [];
  readonly #failed = new AbortController();
  #failure: TaskFailedError | null = null;
  #stopping = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** True once it has begun to stop, for whatever reason. */
  get stopping(): boolean {
    return this.#stopping;
  }

  add(...parts: readonly Part[]): void {
    this.#parts.push(...parts);
  }

  /**
   * Runs all parts until the signal is aborted or one of them fails; resolves when all have ended.
   *
   * @throws TaskFailedError the first failure; also where a part did not end within the grace
   */
  async run(signal: AbortSignal): Promise<void> {
    const running = this.#parts.map((part) => this.#start(part));
    await stopped(AbortSignal.any([signal, this.#failed.signal]));
    this.#stopping = true;
    const grace = startDeadline(this.#options.clock, this.#options.graceMs);
    try {
      for (const part of running.reverse()) await this.#stop(part, grace);
    } finally {
      grace.close();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  #start({ name, run }: Part): Running {
    const controller = new AbortController();
    const fail = (cause: unknown): void => {
      this.#failure ??= new TaskFailedError(name, cause);
      this.#failed.abort();
    };
    const work = async (): Promise<void> => {
      try {
        await run(controller.signal);
        if (!controller.signal.aborted) fail(new Error('it ended by itself'));
      } catch (error) {
        if (!(controller.signal.aborted && error instanceof AbortedError)) fail(error);
      }
    };
    return { name, controller, ended: work() };
  }

  async #stop({ name, controller, ended }: Running, grace: Deadline): Promise<void> {
    this.#options.onStopping?.(name);
    controller.abort();
    const inTime = await Promise.race([ended.then(() => true), stopped(grace.signal).then(() => false)]);
    if (!inTime) {
      const fault = `it did not end within the ${this.#options.graceMs / 1_000} s of grace`;
      this.#failure ??= new TaskFailedError(name, new Error(fault));
    }
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    onAbort(signal, resolve);
  });
}
