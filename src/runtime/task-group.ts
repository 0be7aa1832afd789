import { setMaxListeners } from 'node:events';
import { AbortedError } from './abort.js';

/** A background loop has failed; the rest is being stopped. */
export class TaskFailedError extends Error {
  override readonly name = 'TaskFailedError';
  readonly task: string;

  constructor(task: string, cause: unknown) {
    super(`${task} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.task = task;
  }
}

/** Background loops that live and die together: when one fails, all are stopped, and the failure is not lost. */
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #onFailure: (error: TaskFailedError) => void;
  #failure: TaskFailedError | null = null;

  /** `onFailure` is called once, with the first failure, when the others have been asked to stop. */
  constructor({ onFailure = () => undefined }: { readonly onFailure?: (error: TaskFailedError) => void } = {}) {
    this.#onFailure = onFailure;
    // Every loop and every worker listens to it: Node's warning about eleven listeners would be about nothing.
    setMaxListeners(0, this.#controller.signal);
  }

  /** Aborted when the group stops. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Names of nothing are kept: only how many loops run. */
  get running(): number {
    return this.#running.size;
  }

  /** Starts a loop. It should end soon after its signal is aborted; rejecting with an AbortedError is then no failure. */
  start(task: string, run: (signal: AbortSignal) => Promise<void>): void {
    if (this.signal.aborted) return;
    const running = this.#follow(task, run).finally(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Asks all loops to end. */
  stop(): void {
    this.#controller.abort();
  }

  /** Resolves when all loops have ended; rejects with the first failure, also one that came before. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#failure !== null) throw this.#failure;
  }

  async #follow(task: string, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await run(this.signal);
    } catch (error) {
      if (this.signal.aborted && error instanceof AbortedError) return;
      const failure = new TaskFailedError(task, error);
      const isFirst = this.#failure === null;
      this.#failure ??= failure;
      this.stop();
      if (isFirst) this.#onFailure(failure);
    }
  }
}
