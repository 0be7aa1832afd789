import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../src/api/kube.js';
import type { Client } from '../../src/runtime/index.js';
import type { AuditedCall } from './audit-log.js';
import { isControllers } from './calls.js';
import { startController } from './controller.js';
import { type Lab, finishedRun } from './phases.js';
import { RUNS, type RunObject, createAll } from './workload.js';

/** What a controller costs that has nothing to do, in a cluster with many runs that are over. */
export interface Idleness {
  /** From its start to its readiness, in ms. */
  readonly readyMs: number;
  /** Greatest resident size, after it has been idle for a while. */
  readonly peakMiB: number;
  readonly cpuMsPerSecond: number;
  /** While nothing changed, without the renewals of watches and of the lease. */
  readonly requests: readonly AuditedCall[];
}

/** What a start leaves behind is over after this time: V8 looks for garbage several times once a process is idle. */
const SETTLING_MS = 90_000;
const IDLE_MS = 30_000;

/** A controller is started among so many copies of a run that is over. */
export async function amongFinished(lab: Lab, count: number): Promise<Idleness> {
  const namespace = await lab.namespaces.make();
  const names = Array.from({ length: count }, (_, index) => `over-${index}`);
  const { spec, status } = await finishedRun(lab);
  await createAll(names, (name) => createFinished(lab.client, { namespace, name, spec, status }));
  const begin = performance.now();
  const controller = await startController({ ...lab, namespace });
  try {
    const readyMs = performance.now() - begin;
    await sleep(SETTLING_MS);
    const mark = await lab.audit.mark();
    const cpu = controller.cpuMs();
    await sleep(IDLE_MS);
    const cpuMsPerSecond = (controller.cpuMs() - cpu) / (IDLE_MS / 1_000);
    const requests = (await lab.audit.since(mark)).filter(isControllers).filter(({ verb }) => verb !== 'watch');
    return { readyMs, peakMiB: controller.peakMiB(), cpuMsPerSecond, requests };
  } finally {
    await controller.stop();
  }
}

interface Copy extends Required<Pick<RunObject, 'spec' | 'status'>> {
  readonly namespace: string;
  readonly name: string;
}

/** Two writes: a status is not taken with the object. It owes nothing, as it has no finalizer. */
async function createFinished(client: Client, { namespace, name, spec, status }: Copy): Promise<void> {
  const { apiVersion, kind } = RUNS;
  const object: KubeObject & RunObject = { apiVersion, kind, metadata: { namespace, name }, spec };
  await client.create(RUNS, object);
  await client.patch(RUNS, { namespace, name }, { patch: { type: 'merge', body: { status } }, subresource: 'status' });
}
