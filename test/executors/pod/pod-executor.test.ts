import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNOTATION, LABEL, TRACKING_FINALIZER } from '../../../src/api/names.js';
import { PODS, RESOURCE_QUOTAS } from '../../../src/cluster/resource.js';
import type { Attempt, StartResult } from '../../../src/executors/executor.js';
import { NoAnswerError } from '../../../src/runtime/index.js';
import { type ApiCall, kindOf } from '../../support/embedded/api-call.js';
import { NAMESPACE } from '../../support/embedded/embedded-cluster.js';
import { SERVER_ERROR } from '../../support/embedded/faults.js';
import { container } from '../../support/embedded/steps.js';
import { ExecutorFixture, withUid } from '../executor-fixture.js';

let fixture: ExecutorFixture;
beforeEach(async () => {
  fixture = await ExecutorFixture.start();
});
afterEach(() => fixture.stop());

const create = (call: ApiCall): boolean => kindOf(call) === 'create pods';
const uidOf = (result: StartResult): string =>
  'object' in result.observation && result.observation.object !== null ? result.observation.object.uid : '';
const live = (attempt: Attempt) =>
  fixture.world.cluster.client.get(PODS, { namespace: NAMESPACE, name: attempt.object?.name ?? '' });

describe('starting a pod', () => {
  it('creates it with owner, labels, proof and finalizer, and restricted as far as the step says nothing', async () => {
    const attempt = fixture.podAttempt(2, { serviceAccountName: 'mechanic' });
    await fixture.world.cluster.client.create(
      { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'mechanic', namespace: NAMESPACE } },
    );
    expect((await fixture.pod.start(attempt)).kind).toBe('Created');
    const { metadata, spec } = await live(attempt);
    expect(metadata.labels).toEqual({
      [LABEL.executionUid]: fixture.run.uid,
      [LABEL.task]: 'a',
      [LABEL.attempt]: '2',
      [LABEL.tracked]: 'true',
    });
    expect(metadata.ownerReferences).toMatchObject([
      { kind: 'WorkflowExecution', uid: fixture.run.uid, controller: true },
    ]);
    expect(metadata.finalizers).toEqual([TRACKING_FINALIZER]);
    expect(metadata.annotations?.[ANNOTATION.attemptProof]).toMatch(/^[0-9a-f]{64}$/);
    expect(spec).toMatchObject({
      restartPolicy: 'Never',
      serviceAccountName: 'mechanic',
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    });
  });

  it('adopts what it created before', async () => {
    const attempt = fixture.podAttempt();
    const first = await fixture.pod.start(attempt);
    const again = await fixture.pod.start(attempt);
    expect(again.kind).toBe('Created');
    expect(uidOf(again)).toBe(uidOf(first));
    expect(fixture.world.created).toHaveLength(1);
  });

  it('C5: repeats a create whose answer was lost, and finds what it made', async () => {
    const attempt = fixture.podAttempt();
    fixture.world.inject(create, { kind: 'lost' });
    await expect(fixture.pod.start(attempt)).rejects.toThrow(NoAnswerError);
    expect((await fixture.pod.start(attempt)).kind).toBe('Created');
    expect(fixture.world.created).toHaveLength(1);
  });

  it.each(['labels', 'labels and the proof of another attempt'])(
    'C6: takes a pod of this name with our %s for a stranger, and leaves it alone',
    async (what) => {
      const attempt = fixture.podAttempt();
      const other = fixture.podAttempt(2);
      await fixture.pod.start(other);
      const { metadata } = await live(other);
      const stranger = await fixture.world.cluster.client.create(PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: attempt.object?.name ?? '',
          namespace: NAMESPACE,
          labels: { ...metadata.labels, [LABEL.attempt]: '1' },
          ...(what === 'labels' ? {} : { annotations: metadata.annotations ?? {} }),
        },
        spec: { containers: [{ name: 'main', image: 'registry.example.com/tool:1', command: ['a'] }] },
      });
      const result = await fixture.pod.start(attempt);
      expect(result).toMatchObject({
        kind: 'Refused',
        observation: { kind: 'Stranger', evidence: { createError: { code: 409 } } },
      });
      await fixture.pass(0);
      expect(await fixture.pod.observe(attempt)).toMatchObject({ kind: 'Stranger' });
      await fixture.pod.stop(attempt);
      expect(fixture.pod.tracked(fixture.run.uid).find(({ number }) => number === 1)).toMatchObject({ proven: false });
      const left = await live(attempt);
      expect(left.metadata.uid).toBe(stranger.metadata.uid);
      expect(left.metadata.deletionTimestamp).toBeUndefined();
    },
  );

  it('is refused for good by a quota, with its text as evidence', async () => {
    const { client } = fixture.world.cluster;
    await client.create(RESOURCE_QUOTAS, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace: NAMESPACE },
      spec: { hard: { pods: '0' } },
    });
    await fixture.pass(1_000);
    const attempt = fixture.podAttempt();
    const message = `pods "${attempt.object?.name ?? ''}" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0`;
    expect(await fixture.pod.start(attempt)).toEqual({
      kind: 'Refused',
      observation: {
        kind: 'Ended',
        object: null,
        started: [],
        evidence: { createError: expect.objectContaining({ code: 403, reason: 'Forbidden', message }) as unknown },
      },
    });
  });

  it('C5: adopts what it created before, where a quota refuses the repetition for that very pod', async () => {
    const { client } = fixture.world.cluster;
    await client.create(RESOURCE_QUOTAS, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'one-pod', namespace: NAMESPACE },
      spec: { hard: { pods: '1' } },
    });
    await fixture.pass(1_000);
    const attempt = fixture.podAttempt();
    fixture.world.inject(create, { kind: 'lost' });
    await expect(fixture.pod.start(attempt)).rejects.toThrow(NoAnswerError);
    const again = await fixture.pod.start(attempt);
    expect(again.kind).toBe('Created');
    expect(uidOf(again)).toBe((await live(attempt)).metadata.uid);
  });

  it('is refused for good where the spec is invalid', async () => {
    const mounted = container('a', { volumeMounts: [{ name: 'nowhere', mountPath: '/x' }] });
    const result = await fixture.pod.start(fixture.podAttempt(1, { input: { spec: { containers: [mounted] } } }));
    expect(result).toMatchObject({
      kind: 'Refused',
      observation: { kind: 'Ended', object: null, evidence: { createError: { code: 422 } } },
    });
  });

  it.each([
    ['500', SERVER_ERROR],
    [
      '429',
      { kind: 'answer', code: 429, reason: 'TooManyRequests', message: 'slow down', retryAfterSeconds: 60 } as const,
    ],
  ])('cannot be done now where the answer is %s', async (code, fault) => {
    fixture.world.inject(create, fault, 9);
    const result = await fixture.pod.start(fixture.podAttempt());
    expect(result).toMatchObject({
      kind: 'Unavailable',
      observation: { kind: 'NotThere', refusal: { createError: { code: Number(code) } } },
    });
  });
});

describe('observing a pod', () => {
  it('C17: asks the API server only where the cache has nothing', async () => {
    const attempt = fixture.podAttempt();
    expect(await fixture.pod.observe(attempt)).toEqual({ kind: 'NotThere', checked: true, refusal: null });
    expect(kindOf(fixture.world.calls.at(-1) ?? { ...NO_CALL })).toBe('get pods');
    await fixture.pod.start(attempt);
    await fixture.pass(500);
    const { length } = fixture.world.calls;
    expect(await fixture.pod.observe(attempt)).toMatchObject({ kind: 'Running', started: ['main'] });
    await fixture.pass(1_000);
    expect(await fixture.pod.observe(attempt)).toMatchObject({ kind: 'Ended', started: ['main'] });
    expect(fixture.world.calls).toHaveLength(length);
  });

  it('C2, C17: is Gone where its committed UID is not there any more, whoever has the name now', async () => {
    const attempt = withUid(fixture.podAttempt(), 'another-uid');
    expect(await fixture.pod.observe(attempt)).toEqual({ kind: 'Gone', evidence: {} });
    await fixture.pod.start(fixture.podAttempt());
    expect(await fixture.pod.observe(attempt)).toEqual({ kind: 'Gone', evidence: {} });
  });
});

describe('stopping a pod', () => {
  it('C5: that was never seen takes its name with one that no scheduler binds, so that a late create meets it', async () => {
    const attempt = fixture.podAttempt(1, { stopAt: 1 });
    await fixture.pod.stop(attempt);
    const { spec, metadata } = await live(attempt);
    expect(spec?.schedulingGates).toEqual([{ name: 'lockstep.dev/stopped' }]);
    expect(metadata.deletionTimestamp).toBeDefined();
    expect(await fixture.pod.start(attempt)).toMatchObject({
      kind: 'Created',
      observation: { kind: 'Ended', started: [] },
    });
    await fixture.pass(60_000);
    expect(await fixture.pod.observe(attempt)).toMatchObject({ kind: 'Ended', started: [] });
    expect(fixture.world.cluster.runtime.started).toEqual([]);
  });

  it('C4: is over only when the kubelet says so, and its final status is kept', async () => {
    await fixture.stop();
    fixture = await ExecutorFixture.start(() => ({ onTerm: { exitCode: 143, afterMs: 5_000 } }));
    const attempt = fixture.podAttempt();
    const uid = uidOf(await fixture.pod.start(attempt));
    await fixture.pass(1_000);
    await fixture.pod.stop(withUid(attempt, uid));
    await fixture.pass(3_000);
    expect(await fixture.pod.observe(withUid(attempt, uid))).toMatchObject({
      kind: 'Running',
      object: { terminating: true },
    });
    await fixture.pass(60_000);
    const ended = await fixture.pod.observe(withUid(attempt, uid));
    expect(ended).toMatchObject({
      kind: 'Ended',
      started: ['main'],
      evidence: { pod: { status: { phase: 'Failed' } } },
    });
  });
});

describe('releasing a pod', () => {
  it('takes off the finalizer and the label in one patch, and it leaves the cache', async () => {
    const attempt = fixture.podAttempt();
    await fixture.pod.start(attempt);
    await fixture.pass(2_000);
    const [tracked] = fixture.pod.tracked(fixture.run.uid);
    expect(tracked).toMatchObject({ task: 'a', number: 1, proven: true });
    const { length } = fixture.world.writes();
    if (tracked !== undefined) await fixture.pod.release(fixture.run, tracked);
    expect(fixture.world.writes().slice(length).map(kindOf)).toEqual(['patch pods']);
    const { metadata } = await live(attempt);
    expect(metadata.finalizers).toBeUndefined();
    expect(metadata.labels?.[LABEL.tracked]).toBe('false');
    await fixture.pass(0);
    expect(fixture.pod.tracked(fixture.run.uid)).toEqual([]);
  });

  it('keeps the finalizers of others', async () => {
    const attempt = fixture.podAttempt();
    await fixture.pod.start(attempt);
    const key = { namespace: NAMESPACE, name: attempt.object?.name ?? '' };
    await fixture.world.cluster.client.patch(PODS, key, {
      body: { metadata: { finalizers: [TRACKING_FINALIZER, 'example.com/theirs'] } },
    });
    await fixture.pass(2_000);
    const [tracked] = fixture.pod.tracked(fixture.run.uid);
    if (tracked !== undefined) await fixture.pod.release(fixture.run, tracked);
    expect((await live(attempt)).metadata.finalizers).toEqual(['example.com/theirs']);
  });

  it('deletes one whose sidecar would go on for ever, and takes the finalizer off in the next pass', async () => {
    await fixture.stop();
    fixture = await ExecutorFixture.start((step) => (step === 'a' ? { end: { exitCode: 0, afterMs: 1_000 } } : {}));
    const spec = { containers: [container('a'), { ...container('side'), name: 'side' }] };
    const attempt = fixture.podAttempt(1, { input: { main: ['main'], spec } });
    await fixture.pod.start(attempt);
    await fixture.pass(2_000);
    expect(await fixture.pod.observe(attempt)).toMatchObject({ kind: 'Ended' });
    const [tracked] = fixture.pod.tracked(fixture.run.uid);
    if (tracked !== undefined) await fixture.pod.release(fixture.run, tracked);
    expect(fixture.world.writes().slice(-1).map(kindOf)).toEqual(['delete pods']);
    await fixture.pass(1_000);
    if (tracked !== undefined) await fixture.pod.release(fixture.run, tracked);
    expect(fixture.world.writes().slice(-1).map(kindOf)).toEqual(['patch pods']);
    await fixture.pass(60_000);
    await expect(live(attempt)).rejects.toThrow(/not found/);
  });
});

const NO_CALL: ApiCall = {
  number: 0,
  process: 0,
  ofProcess: 0,
  verb: 'get',
  resource: '',
  name: null,
  body: {},
  code: null,
};
