import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import { kubeObject } from '../../src/cli/manifests/apply.js';
import { RUN_KINDS } from '../../src/cli/run-kinds.js';
import type { ExecutionObject } from '../../src/cli/resources.js';
import { PODS, type Stored } from '../../src/runtime/index.js';
import { LIMIT_MS, WAIT_MS } from './cluster.js';
import { type Place, openPlace } from './place.js';

let place: Place;

beforeAll(async () => {
  place = await openPlace();
}, LIMIT_MS);

afterAll(async () => {
  await place.close();
}, LIMIT_MS);

const JOBS = RUN_KINDS.filter(({ translator }) => translator.kind === 'SequentialJob').map(({ resource }) => resource);

async function submitJob(name: string, containers: readonly JsonObject[]): Promise<void> {
  for (const resource of JOBS) {
    const { namespace } = place;
    const job = {
      apiVersion: resource.apiVersion,
      kind: resource.kind,
      metadata: { name, namespace },
      spec: { containers: [...containers] },
    };
    await place.client.create(resource, kubeObject(job), { fieldValidation: 'Strict' });
  }
}

function reachedJob(name: string, condition: (status: JsonObject) => boolean): Promise<Stored<ExecutionObject>> {
  return vi.waitFor(
    async () => {
      for (const resource of JOBS) {
        const job = await place.client.get(resource, { namespace: place.namespace, name });
        if (condition(job.status ?? {})) return job;
        throw new Error(`${name} is: ${JSON.stringify(job.status)}`);
      }
      throw new Error('there is no kind SequentialJob');
    },
    { timeout: WAIT_MS, interval: 100 },
  );
}

function container(name: string, script: string): JsonObject {
  return { name, image: 'busybox:1.36', command: ['sh', '-c', script] };
}

/** The conditions that are True, with their reasons. */
function trueOf({ status }: Stored<ExecutionObject>): Readonly<Record<string, string>> {
  const conditions = (status?.['conditions'] ?? []) as readonly Readonly<
    Record<'type' | 'status' | 'reason', string>
  >[];
  return Object.fromEntries(
    conditions.filter(({ status: is }) => is === 'True').map(({ type, reason }) => [type, reason]),
  );
}

describe('a SequentialJob', () => {
  it.concurrent(
    'runs its containers one after the other, each in a pod with its index',
    async () => {
      await submitJob(
        'good',
        ['a', 'b', 'c'].map((name) => container(name, 'true')),
      );
      const job = await reachedJob('good', (status) => status['completionTime'] !== undefined);
      expect(job.status).toMatchObject({
        phase: 'Succeeded',
        state: { active: 0, succeeded: 3, failed: 0 },
        progress: { currentIndex: 3, completedIndices: [0, 1, 2] },
      });
      expect(trueOf(job)).toMatchObject({ JobsCompleted: expect.any(String) as string });
      const labelSelector = `lockstep.dev/execution-uid=${job.metadata.uid}`;
      const pods = await place.client.list(PODS, { namespace: place.namespace, labelSelector });
      const indices = pods.items.map(({ metadata }) => metadata.labels?.['sequentialjob.batch.lockstep.dev/index']);
      expect(indices.toSorted()).toEqual(['0', '1', '2']);
    },
    LIMIT_MS,
  );

  it.concurrent(
    'ends at the first container that fails, and says why',
    async () => {
      await submitJob('bad', [container('a', 'true'), container('b', 'exit 7'), container('c', 'true')]);
      const job = await reachedJob('bad', (status) => status['completionTime'] !== undefined);
      expect(job.status).toMatchObject({
        phase: 'Failed',
        state: { active: 0, succeeded: 1, failed: 1 },
        progress: { currentIndex: 1, completedIndices: [0], failedIndex: 1 },
      });
      expect(trueOf(job)).toMatchObject({ JobsFailed: expect.any(String) as string });
      expect(job.status?.['summary']).toMatch(/exit 7/);
    },
    LIMIT_MS,
  );
});
