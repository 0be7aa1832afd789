import type { Result, Task } from './unit.js';
import { performTask } from './unit.js';

/** What a worker process sends: an answer to its task, or why there is none. */
export type Reply = { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly error: string };

/** Does the tasks that its parent sends, one after the other, until it is ended. */
export function serveTasks(): void {
  process.on('message', (task: Task) => {
    void performTask(task).then(
      (result) => {
        reply({ ok: true, result });
      },
      (error: unknown) => {
        reply({ ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      },
    );
  });
}

function reply(message: Reply): void {
  process.send?.(message);
}
