import { describe, expect, it } from 'vitest';
import type { Job, Pod } from '../../../../src/api/kube.js';
import { createControllers } from '../../../../src/cluster/controllers/index.js';
import { JOBS, PODS, type Stored } from '../../../../src/cluster/resource.js';
import { StatusError } from '../../../../src/cluster/status-error.js';
import { settle } from '../../../support/virtual-clock.js';
import { startCluster, type TestCluster } from '../cluster.js';
import { aJob } from '../objects.js';

const key = { namespace: 'ns', name: 'j' };

async function pods({ client }: TestCluster): Promise<readonly Stored<Pod>[]> {
  return (await client.list(PODS, { namespace: 'ns' })).items;
}

async function end({ client }: TestCluster, pod: Stored<Pod>, phase: 'Succeeded' | 'Failed'): Promise<void> {
  await client.patchStatus(PODS, { namespace: 'ns', name: pod.metadata.name }, { body: { status: { phase } } });
}

/** Ends every pod that runs, and lets the controller see it. */
async function endAll(cluster: TestCluster, phase: 'Succeeded' | 'Failed'): Promise<void> {
  for (const pod of await pods(cluster)) if (pod.status?.phase === 'Pending') await end(cluster, pod, phase);
  await cluster.clock.advance(1_000);
}

async function job({ client }: TestCluster): Promise<Stored<Job>> {
  return client.get(JOBS, key);
}

async function conditions(cluster: TestCluster): Promise<readonly string[]> {
  return ((await job(cluster)).status?.conditions ?? []).map(
    ({ type, status, reason }) => `${type}=${status} ${reason ?? ''}`,
  );
}

async function runJob(spec: Partial<NonNullable<Job['spec']>>): Promise<TestCluster> {
  const cluster = await startCluster();
  await cluster.client.create(JOBS, aJob('j', spec));
  await settle();
  return cluster;
}

describe('a Job', () => {
  it('passes its template, foreign finalizers included, on to pods that carry its mark', async () => {
    const template = {
      metadata: { labels: { app: 'x' }, finalizers: ['lockstep.dev/attempt-tracking'] },
      spec: { containers: [] },
    };
    const cluster = await runJob({ template });
    const [pod] = await pods(cluster);
    const { uid } = (await job(cluster)).metadata;
    expect(pod?.metadata.finalizers).toEqual(['lockstep.dev/attempt-tracking', 'batch.kubernetes.io/job-tracking']);
    expect(pod?.metadata.labels).toEqual({
      app: 'x',
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'j',
      'controller-uid': uid,
      'job-name': 'j',
    });
    expect(pod?.metadata.ownerReferences).toEqual([
      { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid, controller: true, blockOwnerDeletion: true },
    ]);
  });

  it('runs as many pods as parallelism allows until it has its completions', async () => {
    const cluster = await runJob({ parallelism: 2, completions: 5 });
    const created: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      created.push((await pods(cluster)).length);
      await endAll(cluster, 'Succeeded');
    }
    expect(created).toEqual([2, 4, 5]);
    expect((await job(cluster)).status).toMatchObject({ succeeded: 5, ready: 0 });
    expect(await conditions(cluster)).toEqual([
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ]);
  });

  it('waits 10 s, then 20 s, then 40 s before it replaces a pod that failed', async () => {
    const cluster = await runJob({ backoffLimit: 3 });
    const at: number[] = [];
    const start = cluster.clock.monotonic();
    for (let round = 1; round <= 3; round += 1) {
      await endAll(cluster, 'Failed');
      await cluster.clock.advanceUntil(() => cluster.client.seen.filter(isNewPod).length > round);
      at.push(Math.round((cluster.clock.monotonic() - start) / 1_000));
    }
    expect(at).toEqual([10, 30, 70]);
    await endAll(cluster, 'Failed');
    await cluster.clock.advance(2_000);
    expect(await conditions(cluster)).toEqual([
      'FailureTarget=True BackoffLimitExceeded',
      'Failed=True BackoffLimitExceeded',
    ]);
    expect((await job(cluster)).status?.failed).toBe(4);
  });

  it('with restartPolicy OnFailure fails when its pod has restarted too often, and stops the pod first', async () => {
    const template = { spec: { restartPolicy: 'OnFailure', containers: [] } };
    const cluster = await runJob({ backoffLimit: 2, template });
    const [pod] = await pods(cluster);
    const restarted = { name: 'main', image: '', imageID: '', ready: false, restartCount: 2 };
    const body = { status: { phase: 'Running', containerStatuses: [restarted] } };
    await cluster.client.patchStatus(PODS, { namespace: 'ns', name: pod?.metadata.name ?? '' }, { body });
    await cluster.clock.advance(1_000);
    expect(await conditions(cluster)).toEqual(['FailureTarget=True BackoffLimitExceeded']);
    await cluster.client.endGracefully({ namespace: 'ns', name: pod?.metadata.name ?? '' });
    await cluster.clock.advance(1_000);
    expect(await conditions(cluster)).toEqual([
      'FailureTarget=True BackoffLimitExceeded',
      'Failed=True BackoffLimitExceeded',
    ]);
  });

  it('does not count failures that its policy ignores, and replaces the pod at its real end only', async () => {
    const rule = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
    const cluster = await runJob({
      backoffLimit: 0,
      podFailurePolicy: { rules: [rule] },
      podReplacementPolicy: 'Failed',
    });
    const [pod] = await pods(cluster);
    const name = pod?.metadata.name ?? '';
    const disrupted = { type: 'DisruptionTarget', status: 'True' };
    await cluster.client.patchStatus(
      PODS,
      { namespace: 'ns', name },
      { body: { status: { conditions: [disrupted] } } },
    );
    await cluster.client.delete(PODS, { namespace: 'ns', name });
    await cluster.clock.advance(5_000);
    expect(cluster.client.seen.filter(isNewPod)).toHaveLength(1);
    await cluster.client.patchStatus(PODS, { namespace: 'ns', name }, { body: { status: { phase: 'Failed' } } });
    await cluster.clock.advance(20_000);
    expect(cluster.client.seen.filter(isNewPod)).toHaveLength(2);
    expect((await job(cluster)).status?.failed).toBeUndefined();
  });

  it('suspended from the start runs nothing; resumed it starts its clock', async () => {
    const cluster = await runJob({ suspend: true, activeDeadlineSeconds: 5 });
    expect(await pods(cluster)).toEqual([]);
    expect((await job(cluster)).status?.startTime).toBeUndefined();
    await cluster.clock.advance(60_000);
    expect(await conditions(cluster)).toEqual(['Suspended=True JobSuspended']);
    await cluster.client.patch(JOBS, key, { body: { spec: { suspend: false } } });
    await cluster.clock.advance(2_000);
    expect(await pods(cluster)).toHaveLength(1);
    expect(await conditions(cluster)).toEqual(['Suspended=False JobResumed']);
    expect((await job(cluster)).status?.startTime).toBe('2026-03-14T03:12:44Z');
  });

  it('suspended in its run gives its pods up uncounted, and runs anew when resumed', async () => {
    const cluster = await runJob({ backoffLimit: 0 });
    const [pod] = await pods(cluster);
    await cluster.client.patch(JOBS, key, { body: { spec: { suspend: true } } });
    await settle();
    await cluster.client.endGracefully({ namespace: 'ns', name: pod?.metadata.name ?? '' });
    await cluster.clock.advance(60_000);
    expect(await pods(cluster)).toEqual([]);
    await cluster.client.patch(JOBS, key, { body: { spec: { suspend: false } } });
    await cluster.clock.advance(2_000);
    expect(await pods(cluster)).toHaveLength(1);
    await endAll(cluster, 'Succeeded');
    expect(await conditions(cluster)).toContain('Complete=True CompletionsReached');
  });

  it('that is resumed after its deadline fails at once, as on a real cluster', async () => {
    const cluster = await runJob({ activeDeadlineSeconds: 30 });
    const [pod] = await pods(cluster);
    await cluster.client.patch(JOBS, key, { body: { spec: { suspend: true } } });
    await settle();
    await cluster.client.endGracefully({ namespace: 'ns', name: pod?.metadata.name ?? '' });
    await cluster.clock.advance(60_000);
    await cluster.client.patch(JOBS, key, { body: { spec: { suspend: false } } });
    await cluster.clock.advance(2_000);
    expect(await conditions(cluster)).toEqual([
      'Suspended=True JobSuspended',
      'FailureTarget=True DeadlineExceeded',
      'Failed=True DeadlineExceeded',
    ]);
  });

  it('says that none of its pods is active while a missing one waits for its backoff, as on a real cluster', async () => {
    const cluster = await runJob({ parallelism: 2, completions: 2 });
    const [first] = await pods(cluster);
    if (first !== undefined) await end(cluster, first, 'Failed');
    await cluster.clock.advance(2_000);
    const { active, failed } = (await job(cluster)).status ?? {};
    expect({ active, failed }).toEqual({ active: undefined, failed: 1 });
    await cluster.clock.advance(10_000);
    expect((await job(cluster)).status?.active).toBe(2);
  });

  it('is retried without a word of failure when the namespace is going away', async () => {
    const cluster = await startCluster();
    const causes = [{ reason: 'NamespaceTerminating', message: '' }];
    cluster.client.refuse = (plural) => {
      if (plural === 'pods')
        throw new StatusError({ code: 403, reason: 'Forbidden', message: 'no', details: { causes } });
    };
    await cluster.client.create(JOBS, aJob('j'));
    await cluster.clock.advance(10_000);
    expect(cluster.errors).toEqual([]);
  });

  it('that is managed by somebody else is left alone', async () => {
    const cluster = await runJob({ managedBy: 'x.dev/other' });
    await cluster.clock.advance(5_000);
    expect([await pods(cluster), (await job(cluster)).status]).toEqual([[], undefined]);
  });

  it('lets its pods go when it is deleted, though nobody counts them any more', async () => {
    const cluster = await runJob({});
    await cluster.client.delete(JOBS, key, { propagationPolicy: 'Background' });
    await cluster.clock.advance(2_000);
    const [pod] = await pods(cluster);
    expect(pod?.metadata.finalizers ?? []).toEqual([]);
    expect(pod?.metadata.deletionTimestamp).toBeDefined();
  });
});

function isNewPod({ type, plural }: { readonly type: string; readonly plural: string }): boolean {
  return type === 'ADDED' && plural === 'pods';
}

describe('when the controllers die before any of their writes, others bring the Job to the same end', () => {
  /** A Job of two completions, of which the first pod fails; the controllers die before their write number `fatal`. */
  async function crashAt(fatal: number): Promise<{ readonly died: boolean; readonly status: Job['status'] }> {
    const cluster = await startCluster();
    const { client, clock } = cluster;
    await client.create(JOBS, aJob('j', { completions: 2 }));
    let writes = 0;
    client.beforeWrite = () => {
      writes += 1;
      if (writes >= fatal) throw new Error('the process has died');
    };
    const guarded = client.beforeWrite;
    const asKubelet = async (act: () => Promise<void>): Promise<void> => {
      client.beforeWrite = () => undefined;
      await act();
      client.beforeWrite = guarded;
    };
    let failed = false;
    let died = false;
    let controllers = cluster.controllers;
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      if (writes >= fatal && !died) {
        died = true;
        await controllers.stop();
        client.beforeWrite = () => undefined;
        controllers = createControllers({ client, clock });
        await controllers.start();
      }
      await (died ? (act: () => Promise<void>) => act() : asKubelet)(async () => {
        for (const pod of await pods(cluster)) {
          if (pod.status?.phase !== 'Pending' || pod.spec?.nodeName === undefined) continue;
          await end(cluster, pod, failed ? 'Succeeded' : 'Failed');
          failed = true;
        }
      });
    }
    await controllers.stop();
    return { died, status: (await job(cluster)).status };
  }

  it('counting every pod once', async () => {
    for (let fatal = 1; ; fatal += 1) {
      const { died, status } = await crashAt(fatal);
      const types = (status?.conditions ?? []).map(({ type }) => type);
      expect({ fatal, failed: status?.failed, succeeded: status?.succeeded, types }).toEqual({
        fatal,
        failed: 1,
        succeeded: 2,
        types: ['SuccessCriteriaMet', 'Complete'],
      });
      expect(status?.uncountedTerminatedPods).toEqual({});
      if (!died) return;
    }
  });
});
