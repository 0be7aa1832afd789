import type { InstanceDir } from './instance-dir.js';

/** Limits of kubernetes/pkg/kubelet/container: a message, and what stands for it from the log. */
const MESSAGE_BYTES = 4096;
const LOG_BYTES = 2048;
const LOG_LINES = 80;

/** What the container wrote to its termination log; else, where the pod asks for it, the end of a failed one's log. */
export function terminationMessage(
  dir: InstanceDir,
  end: { readonly failed: boolean; readonly fallbackToLogs: boolean },
): string {
  const own = dir.tail('termination-log', MESSAGE_BYTES);
  if (own !== '' || !end.failed || !end.fallbackToLogs) return own;
  const lines = dir.tail('log', LOG_BYTES).split(/(?<=\n)/);
  return lines.slice(-LOG_LINES).join('');
}
