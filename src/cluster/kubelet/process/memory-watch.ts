import type { ProcessInstance } from './process-instance.js';
import { memoryBySession } from './resident-memory.js';

/** An instance that has more memory than it may. */
export interface Excess {
  readonly instance: ProcessInstance;
  /** Its processes, without its shim. */
  readonly pids: readonly number[];
  /** For people. */
  readonly message: string;
}

function mebibytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(0)} MiB`;
}

function excessOf(instance: ProcessInstance, bytes: number, pids: readonly number[]): Excess | null {
  const { container, memoryLimit } = instance.record;
  if (memoryLimit === null || bytes <= memoryLimit) return null;
  const message =
    `Container ${container} had ${mebibytes(bytes)} of resident memory, its limit is ${mebibytes(memoryLimit)}: ` +
    `killed by the embedded kubelet, which watches it (no cgroup may be made here)`;
  return { instance, pids, message };
}

/** Which of the running instances have more resident memory than their limits. */
export function overLimit(instances: readonly ProcessInstance[]): readonly Excess[] {
  const found = instances.flatMap((instance) =>
    instance.processes === null ? [] : [{ instance, ...instance.processes }],
  );
  if (found.length === 0) return [];
  const shims = new Set(found.map((one) => one.shim.pid));
  // A command is in the session of its shim, or in its own where setsid started it.
  const used = memoryBySession(new Set(found.flatMap((one) => [one.main.pid, one.shim.pid])), shims);
  return found.flatMap(({ instance, main, shim }) => {
    const sessions = [used.get(main.pid), used.get(shim.pid)];
    const bytes = sessions.reduce((sum, one) => sum + (one?.bytes ?? 0), 0);
    const excess = excessOf(
      instance,
      bytes,
      sessions.flatMap((one) => one?.pids ?? []),
    );
    return excess === null ? [] : [excess];
  });
}
