import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openAuditStore } from '../../src/audit/open-store.js';
import { type Trail, trailOf } from '../../src/audit/query.js';
import { JOBS, PODS, systemClock } from '../../src/runtime/index.js';
import { type ControllerProcess, buildProgram, logged, startProcess } from './controller-process.js';
import { type Cluster, openCluster } from './cluster.js';
import { type Place, placeIn } from './place.js';
import { type Run, finished, inState, reached, statesOf, submit } from './runs.js';
import { jobStep, podStep } from './steps.js';

const LIMIT_MS = 240_000;
const KILLS = 20;
/** What a controller logs once it has the lease. */
const LEADS = 'this process leads';

let cluster: Cluster;
let program: string;
let folder: string;
const started: ControllerProcess[] = [];

beforeAll(async () => {
  program = buildProgram();
  folder = mkdtempSync(join(tmpdir(), 'lockstep-e2e-audit-'));
  cluster = await openCluster();
}, LIMIT_MS);

afterAll(async () => {
  for (const controller of started) await controller.signal('SIGKILL');
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
}, LIMIT_MS);

function controllerIn(place: Place, audit: string, ...more: readonly string[]): ControllerProcess {
  const child = startProcess(place, { program, audit: join(folder, audit), more });
  started.push(child);
  return child;
}

/** What the controllers said at their ends, for whoever must find out why a test failed. */
function tellLogs(): void {
  for (const { pid, log } of started) process.stderr.write(`controller ${String(pid)}:\n${log().slice(-2_000)}\n`);
}

async function trailIn(audit: string, run: Run): Promise<Trail | null> {
  const store = await openAuditStore({ kind: 'sqlite', path: join(folder, audit) }, systemClock);
  try {
    return await trailOf(store, run.metadata.uid);
  } finally {
    await store.close();
  }
}

/** Each step has one attempt, one object, and the trail is whole. */
async function eachRanOnce(place: Place, run: Run, audit: string): Promise<void> {
  // Longer than elsewhere: one of the runs has twelve steps of 5 s, and pods that start slowly on a busy machine.
  const end = await finished(place, run, 120_000);
  expect(Object.values(statesOf(end)).every((state) => state === 'Succeeded')).toBe(true);
  expect(end.state?.tasks.every(({ ended, omitted }) => ended.length + omitted === 1)).toBe(true);
  const selection = { namespace: place.namespace, labelSelector: `lockstep.dev/execution-uid=${run.metadata.uid}` };
  const [pods, jobs] = [await place.client.list(PODS, selection), await place.client.list(JOBS, selection)];
  expect({ pods: pods.items.length, jobs: jobs.items.length }).toEqual({ pods: end.state?.tasks.length, jobs: 1 });
  // Not expect.poll: it knows its test only as long as no test beside it has ended.
  await vi.waitFor(
    async () => {
      expect((await trailIn(audit, run))?.events.at(-1)?.type).toBe('run.succeeded');
    },
    { timeout: 15_000, interval: 100 },
  );
  expect((await trailIn(audit, run))?.problems).toEqual([]);
}

async function isOver(place: Place, run: Run | undefined): Promise<boolean> {
  if (run === undefined) return false;
  const { state } = await reached(place, run, () => true);
  return state !== null && state.finishedAt !== null;
}

describe('lockstep controller', () => {
  it.concurrent(
    `killed ${String(KILLS)} times at random moments does each step once`,
    async ({ onTestFailed }) => {
      onTestFailed(tellLogs);
      const place = await placeIn(cluster, { controller: false });
      const steps = Array.from('abcdefghijkl').map((name) => podStep(name, 'sleep 5'));
      steps.push(jobStep('job', 'sleep 2'));
      const runs = [await submit(place, 'killed', { steps })];
      const moments: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const killed = controllerIn(place, 'killed.db');
        await logged(killed, 'starting');
        const ms = Math.floor(Math.random() * 2_500);
        moments.push(ms);
        await new Promise<void>((resolve) => systemClock.after(ms, resolve));
        await killed.signal('SIGKILL');
        // On a slow machine the kills outlast the run: the next ones hit another.
        if (await isOver(place, runs.at(-1))) runs.push(await submit(place, `killed-${String(kill + 1)}`, { steps }));
      }
      const last = controllerIn(place, 'killed.db');
      await logged(last, 'starting');
      for (const run of runs)
        await expect(
          eachRanOnce(place, run, 'killed.db'),
          `killed after ${moments.join(', ')} ms`,
        ).resolves.toBeUndefined();
      await last.signal('SIGTERM');
      expect(last.log()).toContain('stopped');
      // It was told to serve nothing.
      expect(last.log()).not.toContain('probes and metrics are served');
      await place.close();
    },
    LIMIT_MS,
  );

  it.concurrent(
    'that leads and is killed, and one that is frozen for longer than its lease, are followed by the other one',
    async ({ onTestFailed }) => {
      onTestFailed(tellLogs);
      const place = await placeIn(cluster, { controller: false });
      const lease = 'leader.db';
      const first = controllerIn(place, lease, '--leader-elect', '--identity', 'first');
      await logged(first, LEADS);
      const run = await submit(place, 'led', {
        steps: [podStep('a', 'sleep 3'), podStep('b', 'sleep 3'), podStep('c', 'sleep 60'), jobStep('d', 'true')],
      });
      await inState(place, run, 'a', 'Succeeded');
      const second = controllerIn(place, lease, '--leader-elect', '--identity', 'second');
      await logged(second, 'starting');
      await first.signal('SIGKILL');
      await inState(place, run, 'b', 'Succeeded');
      await inState(place, run, 'c', 'Running');
      second.pause('SIGSTOP');
      const third = controllerIn(place, lease, '--leader-elect', '--identity', 'third');
      // It waits for the lease of a leader that does not renew it: up to 40 s, in which the step must not end.
      await logged(third, LEADS);
      await inState(place, run, 'c', 'Running');
      second.pause('SIGCONT');
      // It finds out that it has led for too long, and does nothing any more.
      await second.exited;
      await eachRanOnce(place, run, lease);
      await third.signal('SIGTERM');
      await place.close();
    },
    LIMIT_MS,
  );
});
