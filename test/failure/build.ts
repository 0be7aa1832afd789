import type { JsonObject } from '../../src/api/json.js';
import type { Evidence } from '../../src/failure/index.js';
import { judge, NO_CONTEXT, type AttemptContext } from '../../src/failure/index.js';
import type { Verdict } from '../../src/api/types.js';

export const T0 = '2026-03-14T03:00:00Z';

/** RFC 3339, so many seconds after T0. */
export function at(seconds: number): string {
  return new Date(Date.parse(T0) + seconds * 1_000).toISOString().replace('.000Z', 'Z');
}

interface PodParts {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly JsonObject[];
  readonly spec?: JsonObject;
  readonly metadata?: JsonObject;
  readonly main?: JsonObject;
  readonly last?: JsonObject;
  readonly init?: readonly JsonObject[];
  readonly statuses?: readonly JsonObject[];
}

/** A pod `step-a1` with one container `main` on node `node-1`. */
export function pod({
  phase = 'Failed',
  reason,
  message,
  conditions = [],
  spec = {},
  metadata = {},
  main,
  last,
  init,
  statuses,
}: PodParts): JsonObject {
  const own =
    main === undefined
      ? []
      : [
          {
            name: 'main',
            state: main,
            lastState: last ?? {},
            restartCount: last === undefined ? 0 : 1,
            ready: false,
            image: 'registry.example.com/team/app:1.2',
          },
        ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'step-a1', namespace: 'default', uid: 'uid-pod', ...metadata },
    spec: {
      nodeName: 'node-1',
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'registry.example.com/team/app:1.2' }],
      ...spec,
    },
    status: {
      phase,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
      conditions,
      startTime: at(0),
      ...(init === undefined ? {} : { initContainerStatuses: init }),
      ...(statuses === undefined && own.length === 0 ? {} : { containerStatuses: statuses ?? own }),
    },
  };
}

export function waiting(reason: string, message = ''): JsonObject {
  return { waiting: { reason, ...(message === '' ? {} : { message }) } };
}

export function running(seconds = 5): JsonObject {
  return { running: { startedAt: at(seconds) } };
}

export function ended(
  exitCode: number,
  {
    reason = exitCode === 0 ? 'Completed' : 'Error',
    message,
    finished = 60,
  }: { reason?: string; message?: string; finished?: number } = {},
): JsonObject {
  return {
    terminated: {
      exitCode,
      reason,
      startedAt: at(5),
      finishedAt: at(finished),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** The runtime could not start it: startedAt is 1970, as containerd writes it. */
export function startError(message: string, exitCode = 128): JsonObject {
  return {
    terminated: { exitCode, reason: 'StartError', message, startedAt: '1970-01-01T00:00:00Z', finishedAt: at(6) },
  };
}

export function event(
  reason: string,
  message: string,
  {
    on = 'Pod',
    container,
    seconds = 30,
    type = 'Warning',
    name,
  }: { on?: string; container?: string; seconds?: number; type?: string; name?: string } = {},
): JsonObject {
  const names: Record<string, string> = { Pod: 'step-a1', Job: 'step', Node: 'node-1', PersistentVolumeClaim: 'data' };
  const uids: Record<string, string> = { Pod: 'uid-pod', Job: 'uid-job' };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${reason}.${String(seconds)}.${message.length}`, namespace: 'default' },
    involvedObject: {
      kind: on,
      name: name ?? names[on] ?? on,
      ...(uids[on] === undefined ? {} : { uid: uids[on] }),
      ...(container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }),
    },
    reason,
    message,
    type,
    count: 3,
    lastTimestamp: at(seconds),
  };
}

export function condition(type: string, status: string, reason: string, message = '', seconds = 50): JsonObject {
  return { type, status, reason, message, lastTransitionTime: at(seconds) };
}

export function job({
  conditions = [],
  spec = {},
  status = {},
}: {
  conditions?: readonly JsonObject[];
  spec?: JsonObject;
  status?: JsonObject;
}): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'step', namespace: 'default', uid: 'uid-job' },
    spec,
    status: { conditions, ...status },
  };
}

/** Evidence from parts that are shaped as the API shapes them. */
export function evidence(parts: JsonObject): Evidence {
  return parts;
}

/** The verdict on evidence that must not be a success. */
export function verdictOf(parts: JsonObject | Evidence, context: Partial<AttemptContext> = {}): Verdict {
  const judged = judge(parts, { ...NO_CONTEXT, ...context });
  if (judged.outcome === 'Succeeded') throw new Error('judged as a success');
  return judged.verdict;
}
