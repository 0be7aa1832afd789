import type { Result, Task } from './unit.js';
import { WorkerProcess } from './worker-process.js';

/** Longer than any piece takes on a machine that is busy with other things. */
const LIMIT_MS = 1_800_000;

interface Job {
  readonly program: string;
  readonly task: Task;
}

/**
 * Does all jobs in so many processes. Neighbours of the same program share a process, and what it knows.
 * A job that cannot be done gives an Error in its place.
 */
export async function performAll(jobs: readonly Job[], workers: number): Promise<readonly (Result | Error)[]> {
  const results: (Result | Error)[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    let own = new Map<string, WorkerProcess>();
    const stop = (): void => {
      for (const worker of own.values()) worker.stop();
      own = new Map();
    };
    for (let index = next++; index < jobs.length; index = next++) {
      const job = jobs[index];
      if (job === undefined) break;
      if (!own.has(job.program)) stop();
      const worker = own.get(job.program) ?? new WorkerProcess(job.program);
      own.set(job.program, worker);
      try {
        results[index] = await worker.perform(job.task, LIMIT_MS);
      } catch (error) {
        results[index] = error instanceof Error ? error : new Error(String(error));
        stop();
      }
    }
    stop();
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}
