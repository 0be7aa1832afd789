import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../src/runtime/index.js';
import type { AuditLog, AuditedCall } from './audit-log.js';
import { type Namespaces, until } from './connection.js';
import { startController } from './controller.js';
import { type BenchNode, startNode } from './node.js';
import { RUNS, type RunObject, type WatchedRuns, createPods, createRuns, watchRuns } from './workload.js';

export interface Lab {
  readonly client: Client;
  readonly namespaces: Namespaces;
  readonly audit: AuditLog;
  readonly program: string;
  readonly kubeconfig: string;
}

/** Events, and what is written after a run has settled, come within this time, in ms. */
const TRAILING_MS = 1_500;
const BURST_PATIENCE_MS = 900_000;

/** Runs, one at a time, by a controller that has worked already: what it asked the API server for. */
export function oneByOne(lab: Lab, count: number): Promise<readonly AuditedCall[]> {
  return withController(lab, async ({ namespace, runs }) => {
    for (let index = 0; index < WARM_UP; index += 1) await oneRun(lab, { namespace, runs, name: `warm-${index}` });
    await sleep(TRAILING_MS);
    const mark = await lab.audit.mark();
    for (let index = 0; index < count; index += 1) await oneRun(lab, { namespace, runs, name: `one-${index}` });
    await sleep(TRAILING_MS);
    return lab.audit.since(mark);
  });
}

const WARM_UP = 3;

export interface Burst {
  readonly calls: readonly AuditedCall[];
  readonly perMinute: number;
  readonly cpuMsPerRun: number;
  readonly peakMiB: number;
}

/** Many runs, created at once. */
export function burst(lab: Lab, count: number): Promise<Burst> {
  return withController(lab, async ({ namespace, runs, controller }) => {
    await oneRun(lab, { namespace, runs, name: 'warm' });
    await sleep(TRAILING_MS);
    const mark = await lab.audit.mark();
    const cpu = controller.cpuMs();
    const begin = performance.now();
    await createRuns(
      lab.client,
      namespace,
      Array.from({ length: count }, (_, index) => `run-${index}`),
    );
    await until('all runs to succeed', () => runs.succeeded() > count, { patienceMs: BURST_PATIENCE_MS });
    const minutes = (performance.now() - begin) / 60_000;
    await until('all runs to settle', () => runs.settled() > count, { patienceMs: BURST_PATIENCE_MS });
    await sleep(TRAILING_MS);
    return {
      calls: await lab.audit.since(mark),
      perMinute: count / minutes,
      cpuMsPerRun: (controller.cpuMs() - cpu) / count,
      peakMiB: controller.peakMiB(),
    };
  });
}

/** Pods that nobody controls, created at once: how many a minute the same node brings to their end. */
export async function floor(lab: Lab, count: number): Promise<number> {
  const namespace = await lab.namespaces.make();
  return withNode(lab, namespace, async (node) => {
    const begin = performance.now();
    await createPods(
      lab.client,
      namespace,
      Array.from({ length: count }, (_, index) => `pod-${index}`),
    );
    await until('all pods to end', () => node.ended === count, { patienceMs: BURST_PATIENCE_MS });
    return count / ((performance.now() - begin) / 60_000);
  });
}

/** What a run of three pods leaves behind once it owes nothing any more. */
export function finishedRun(lab: Lab): Promise<Required<Pick<RunObject, 'spec' | 'status'>>> {
  return withController(lab, async ({ namespace, runs }) => {
    await oneRun(lab, { namespace, runs, name: 'over' });
    const { spec, status } = (await lab.client.find(RUNS, { namespace, name: 'over' })) ?? {};
    if (spec === undefined || status === undefined) throw new Error('the run that is to be copied is gone');
    return { spec, status };
  });
}

interface Work {
  readonly namespace: string;
  readonly runs: WatchedRuns;
  readonly controller: Awaited<ReturnType<typeof startController>>;
}

async function oneRun(
  { client }: Lab,
  { namespace, runs, name }: { readonly namespace: string; readonly runs: WatchedRuns; readonly name: string },
): Promise<void> {
  const before = runs.settled();
  await createRuns(client, namespace, [name]);
  await until(`the run ${name} to settle`, () => runs.settled() > before);
}

async function withController<T>(lab: Lab, work: (place: Work) => Promise<T>): Promise<T> {
  const namespace = await lab.namespaces.make();
  return withNode(lab, namespace, async () => {
    const runs = await watchRuns(lab.client, namespace);
    const controller = await startController({ ...lab, namespace });
    try {
      return await work({ namespace, runs, controller });
    } finally {
      await controller.stop();
      await runs.stop();
    }
  });
}

async function withNode<T>({ client }: Lab, namespace: string, work: (node: BenchNode) => Promise<T>): Promise<T> {
  const node = await startNode(client, namespace);
  try {
    return await work(node);
  } finally {
    await node.stop();
  }
}
