import { type ChildProcess, fork } from 'node:child_process';
import type { Result, Task } from './unit.js';
import type { Reply } from './worker.js';

/** A process of its own that does one task after another. */
export class WorkerProcess {
  readonly #child: ChildProcess;

  /** `program`: the bundle, with or without a defect in it. */
  constructor(program: string) {
    this.#child = fork(program, ['--worker'], {
      // Each play leaves much behind that is soon garbage: with more room for what is young it is looked at less often.
      execArgv: ['--max-old-space-size=1500', '--max-semi-space-size=64'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** Rejects where the process ends, or is longer about it than allowed. */
  perform(task: Task, limitMs: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const over = (): void => {
        clearTimeout(timer);
        this.#child.off('message', answered);
        this.#child.off('exit', ended);
      };
      const answered = (reply: Reply): void => {
        over();
        if (reply.ok) resolve(reply.result);
        else reject(new Error(reply.error));
      };
      const ended = (code: number | null): void => {
        over();
        reject(new Error(`the process ended with ${code ?? 'a signal'}`));
      };
      const timer = setTimeout(() => {
        over();
        this.stop();
        reject(new Error(`it was not done after ${limitMs / 1_000} s`));
      }, limitMs);
      this.#child.on('message', answered);
      this.#child.on('exit', ended);
      this.#child.send(task);
    });
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
