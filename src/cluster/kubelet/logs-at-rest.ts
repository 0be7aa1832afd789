import type { Clock } from '../../api/clock.js';
import type { LocalClient } from '../local-client.js';
import type { LogProvider } from '../log-provider.js';
import { StatusError } from '../status-error.js';
import type { StoredPod } from './core/situation.js';
import { PodLogs } from './pod-logs.js';
import { createProcessRuntime } from './process/process-runtime.js';
import { PODS } from '../resource.js';

interface LogsAtRestOptions {
  readonly client: LocalClient;
  readonly clock: Clock;
  /** The directory of the kubelet that ran the containers. */
  readonly dataDir: string;
}

/** Logs of a node whose kubelet does not run: read from what it left, and nothing is started or stopped. */
export interface LogsAtRest extends LogProvider {
  close(): Promise<void>;
}

export function createLogsAtRest({ client, clock, dataDir }: LogsAtRestOptions): LogsAtRest {
  const runtime = createProcessRuntime({ clock, dataDir, memory: 'NotEnforced' });
  return {
    async readLog(pod, query, signal) {
      const stored = await find(client, pod);
      const logs = new PodLogs({ runtime, clock, find: () => stored });
      return logs.readLog(pod, query, signal);
    },
    close: () => runtime.close(),
  };
}

async function find(
  client: LocalClient,
  pod: { readonly namespace: string; readonly name: string },
): Promise<StoredPod | null> {
  try {
    return await client.get(PODS, { namespace: pod.namespace, name: pod.name });
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return null;
    throw error;
  }
}
