import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LABEL, TRACKING_FINALIZER } from '../../../src/api/names.js';
import { JOBS } from '../../../src/cluster/resource.js';
import type { Attempt, StartResult } from '../../../src/executors/executor.js';
import { kindOf } from '../../support/embedded/api-call.js';
import { NAMESPACE } from '../../support/embedded/embedded-cluster.js';
import { ExecutorFixture, withUid } from '../executor-fixture.js';

let fixture: ExecutorFixture;
beforeEach(async () => {
  fixture = await ExecutorFixture.start((_step, attempt) => ({
    onTerm: { exitCode: 143, afterMs: 5_000 },
    ...(attempt === 1 ? {} : { end: { exitCode: 3, afterMs: 1_000 } }),
  }));
});
afterEach(() => fixture.stop());

const uidOf = (result: StartResult): string =>
  'object' in result.observation && result.observation.object !== null ? result.observation.object.uid : '';
const live = (attempt: Attempt) =>
  fixture.world.cluster.client.get(JOBS, { namespace: NAMESPACE, name: attempt.object?.name ?? '' });

describe('a step as a Job', () => {
  it('makes one pod, which is tracked too and never run again', async () => {
    const attempt = fixture.jobAttempt();
    expect(await fixture.job.start(attempt)).toMatchObject({ kind: 'Created', observation: { kind: 'Pending' } });
    await fixture.pass(1_000);
    expect((await live(attempt)).spec).toMatchObject({
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never' } },
    });
    const [pod, ...others] = await fixture.world.pods();
    expect(others).toEqual([]);
    expect(pod?.metadata.finalizers).toContain(TRACKING_FINALIZER);
    expect(pod?.metadata.labels).toMatchObject({ [LABEL.task]: 'a', [LABEL.attempt]: '1', [LABEL.tracked]: 'true' });
    expect(await fixture.job.observe(attempt)).toMatchObject({ kind: 'Running', started: ['main'] });
    expect(fixture.pod.tracked(fixture.run.uid)).toEqual([]);
  });

  it('adopts what it created before, and nothing that merely has the name', async () => {
    const attempt = fixture.jobAttempt();
    const first = await fixture.job.start(attempt);
    expect(uidOf(await fixture.job.start(attempt))).toBe(uidOf(first));
    const other = fixture.jobAttempt(2);
    const spec = {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.example.com/tool:1' }] },
      },
    };
    await fixture.world.cluster.client.create(JOBS, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: other.object?.name ?? '', namespace: NAMESPACE },
      spec,
    });
    expect(await fixture.job.start(other)).toMatchObject({ kind: 'Refused', observation: { kind: 'Stranger' } });
  });

  it('has failed when the Job says so, with the exit code of its pod as evidence', async () => {
    const attempt = fixture.jobAttempt(2);
    await fixture.job.start(attempt);
    await fixture.pass(10_000);
    const observation = await fixture.job.observe(attempt);
    expect(observation).toMatchObject({ kind: 'Ended', started: ['main'] });
    const pod = observation.kind === 'Ended' ? observation.evidence.pod : undefined;
    expect(pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(3);
  });

  it('that is stopped waits for its pods: Ended only once all of them are', async () => {
    const attempt = fixture.jobAttempt();
    const known = withUid(attempt, uidOf(await fixture.job.start(attempt)));
    await fixture.pass(1_000);
    await fixture.job.stop(known);
    await fixture.pass(3_000);
    expect(await fixture.job.observe(known)).toMatchObject({ kind: 'Running', object: { terminating: true } });
    await fixture.pass(60_000);
    const ended = await fixture.job.observe(known);
    expect(ended).toMatchObject({ kind: 'Ended', started: ['main'] });
    const [pod] = await fixture.world.pods();
    expect(pod?.status?.phase).toBe('Failed');
  });

  it('that is stopped before it was seen takes its name with a suspended Job, which makes no pod', async () => {
    const attempt = fixture.jobAttempt(1, { stopAt: 1 });
    await fixture.job.stop(attempt);
    const { spec, metadata } = await live(attempt);
    expect(spec?.suspend).toBe(true);
    expect(metadata.deletionTimestamp).toBeDefined();
    await fixture.pass(60_000);
    expect(await fixture.job.observe(attempt)).toMatchObject({ kind: 'Ended', started: [] });
    expect(await fixture.world.pods()).toEqual([]);
  });

  it('that is created after the end of its attempt is stopped before it is released', async () => {
    await fixture.job.start(fixture.jobAttempt());
    await fixture.pass(1_000);
    const [late] = fixture.job.tracked(fixture.run.uid);
    if (late === undefined) throw new Error('nothing is tracked');
    await fixture.job.release(fixture.run, late);
    expect(fixture.world.writes().slice(-1).map(kindOf)).toEqual(['delete jobs']);
    await fixture.pass(10_000);
    // That its pods are let go of changes the Job: it is let go of by the pass after.
    await expect(fixture.job.release(fixture.run, late)).rejects.toThrow('409 Conflict');
    await fixture.pass(0);
    await fixture.job.release(fixture.run, late);
    await fixture.pass(60_000);
    expect(await fixture.world.jobs()).toEqual([]);
    expect(await fixture.world.pods()).toEqual([]);
  });

  it('is released together with its pods, each in one patch', async () => {
    const attempt = fixture.jobAttempt(2);
    await fixture.job.start(attempt);
    await fixture.pass(10_000);
    const [tracked] = fixture.job.tracked(fixture.run.uid);
    const { length } = fixture.world.writes();
    if (tracked !== undefined) await fixture.job.release(fixture.run, tracked);
    expect(fixture.world.writes().slice(length).map(kindOf)).toEqual(['patch pods', 'patch jobs']);
    expect((await live(attempt)).metadata.finalizers).toBeUndefined();
    for (const pod of await fixture.world.pods())
      expect(pod.metadata.finalizers ?? []).not.toContain(TRACKING_FINALIZER);
    await fixture.pass(0);
    expect(fixture.job.tracked(fixture.run.uid)).toEqual([]);
  });

  it('whose Job somebody freed and deleted still has its pods released', async () => {
    const attempt = fixture.jobAttempt();
    await fixture.job.start(attempt);
    await fixture.pass(1_000);
    const [tracked] = fixture.job.tracked(fixture.run.uid);
    const at = { namespace: NAMESPACE, name: attempt.object?.name ?? '' };
    await fixture.world.cluster.client.delete(JOBS, at, { propagationPolicy: 'Orphan' });
    await fixture.world.cluster.client.patch(JOBS, at, { body: { metadata: { finalizers: [] } } });
    await fixture.pass(1_000);
    if (tracked !== undefined) await fixture.job.release(fixture.run, tracked);
    for (const pod of await fixture.world.pods())
      expect(pod.metadata.finalizers ?? []).not.toContain(TRACKING_FINALIZER);
  });
});
