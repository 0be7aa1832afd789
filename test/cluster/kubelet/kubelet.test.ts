import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/api/kube.js';
import { CONFIG_MAPS, EVENTS, LEASES, NODES, PODS, SECRETS } from '../../../src/cluster/resource.js';
import { StatusError } from '../../../src/cluster/status-error.js';
import { settle } from '../../support/virtual-clock.js';
import { KubeletFixture, NODE } from './kubelet-fixture.js';

type Container = NonNullable<Pod['spec']>['containers'][number];

function aPod(container: Partial<Container> = {}, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', finalizers: ['test/keep'] },
    spec: {
      restartPolicy: 'Never',
      ...spec,
      containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', 'true'], ...container }],
    },
  };
}

const forever = (): object => ({});

describe('the node', () => {
  it('is registered with what it has, its labels and its lease', async () => {
    const fixture = new KubeletFixture(forever);
    await fixture.kubelet.start();
    const node = await fixture.client.get(NODES, { name: NODE });
    expect(node.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': NODE,
      'kubernetes.io/os': process.platform,
    });
    expect(node.status?.allocatable).toEqual({ cpu: '2', memory: '8Gi', pods: '110' });
    const conditions = new Map(node.status?.conditions?.map((one) => [one.type, one]));
    expect(conditions.get('Ready')).toMatchObject({ status: 'True' });
    expect(conditions.get('Ready')?.message).toContain('on this machine, not in containers');
    expect(conditions.get('MemoryLimits')).toMatchObject({ status: 'False', reason: 'NotEnforced' });
    const lease = await fixture.client.get(LEASES, { namespace: 'kube-node-lease', name: NODE });
    expect(lease.spec).toMatchObject({ holderIdentity: NODE, renewTime: '2026-03-14T03:11:44.000000Z' });
  });

  it('renews its lease every 10 seconds', async () => {
    const fixture = new KubeletFixture(forever);
    await fixture.kubelet.start();
    await fixture.pass(25_000);
    const lease = await fixture.client.get(LEASES, { namespace: 'kube-node-lease', name: NODE });
    expect(lease.spec?.renewTime).toBe('2026-03-14T03:12:04.000000Z');
  });

  it('says in an event that commands run on this machine', async () => {
    const fixture = new KubeletFixture(forever);
    await fixture.kubelet.start();
    await settle();
    const { items } = await fixture.client.list(EVENTS, { namespace: 'default' });
    expect(items.map((one) => one.message)).toContain(
      'Starting kubelet. Commands run as processes on this machine, not in containers.',
    );
  });
});

describe('a container', () => {
  it('gets its environment from ConfigMaps, Secrets and the pod, and references in its arguments are replaced', async () => {
    const fixture = new KubeletFixture(forever);
    await fixture.makeNamespace();
    const meta = (name: string): object => ({ metadata: { name, namespace: 'ns' } });
    await fixture.client.create(CONFIG_MAPS, { ...meta('cm'), data: { key: 'value', other: 'more' } });
    await fixture.client.create(SECRETS, { ...meta('s'), data: { key: Buffer.from('geheim').toString('base64') } });
    const env = [
      { name: 'FIRST', value: 'one' },
      { name: 'SECOND', value: '$(FIRST) $$(FIRST) $(LATER)' },
      { name: 'LATER', value: 'x' },
      { name: 'CM', valueFrom: { configMapKeyRef: { name: 'cm', key: 'key' } } },
      { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'key' } } },
      { name: 'ABSENT', valueFrom: { secretKeyRef: { name: 'none', key: 'key', optional: true } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
    ];
    const resources = { limits: { memory: '64Mi' } };
    const args = ['$(FIRST)', '$(CM)', '$(UNKNOWN)', '$$(FIRST)'];
    await fixture.kubelet.start();
    await fixture.create(aPod({ env, envFrom: [{ prefix: 'P_', configMapRef: { name: 'cm' } }], resources, args }));
    const [launch] = fixture.runtime.started;
    expect(launch?.env).toEqual({
      P_key: 'value',
      P_other: 'more',
      FIRST: 'one',
      SECOND: 'one $(FIRST) $(LATER)',
      LATER: 'x',
      CM: 'value',
      SECRET: 'geheim',
      POD: 'p',
      LIMIT: '64',
    });
    expect(launch?.argv).toEqual(['sh', '-c', 'true', 'one', 'value', '$(UNKNOWN)', '$(FIRST)']);
    expect(launch?.memoryLimit).toBe(64 * 1024 * 1024);
  });

  it.each([
    ['a volume', { volumeMounts: [{ name: 'data', mountPath: '/data' }] }, 'cannot mount volume "data" at /data'],
    ['a probe', { livenessProbe: { exec: { command: ['true'] } } }, 'does not act on livenessProbe'],
    ['another termination log', { terminationMessagePath: '/tmp/x' }, 'has no terminationMessagePath but'],
  ])('that asks for %s is refused, not run without', async (_, container, message) => {
    const fixture = new KubeletFixture(forever);
    await fixture.start(aPod(container, { volumes: [{ name: 'data', emptyDir: {} }] }));
    await fixture.pass(1_500);
    const { status } = await fixture.pod();
    expect(status?.containerStatuses?.[0]?.state?.waiting).toMatchObject({
      reason: 'CreateContainerError',
      message: expect.stringContaining(message) as string,
    });
    expect(fixture.runtime.started).toEqual([]);
  });

  it('whose ConfigMap comes later starts then', async () => {
    const fixture = new KubeletFixture(forever);
    await fixture.start(aPod({ envFrom: [{ configMapRef: { name: 'late' } }] }));
    await fixture.pass(3_000);
    expect((await fixture.pod()).status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe(
      'CreateContainerConfigError',
    );
    await fixture.client.create(CONFIG_MAPS, { metadata: { name: 'late', namespace: 'ns' }, data: {} });
    await fixture.pass(10_000);
    expect((await fixture.pod()).status?.phase).toBe('Running');
  });

  it('that cannot be created for lack of room says so, and starts when there is some', async () => {
    let full = true;
    const fixture = new KubeletFixture(() => (full ? { createError: 'ENOSPC: no space left on device' } : {}));
    await fixture.start(aPod());
    await fixture.pass(1_500);
    expect((await fixture.pod()).status?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'CreateContainerError',
      message: 'ENOSPC: no space left on device',
    });
    full = false;
    await fixture.pass(10_000);
    expect((await fixture.pod()).status?.phase).toBe('Running');
  });

  it('that fails again and again is restarted after 10, 20, 40 seconds', async () => {
    const fixture = new KubeletFixture(() => ({ end: { exitCode: 1 } }));
    const starts: number[] = [];
    await fixture.start(aPod({}, { restartPolicy: 'Always' }));
    for (let second = 0; second < 100; second += 1) {
      while (starts.length < fixture.runtime.started.length) starts.push(second);
      await fixture.pass(1_000);
    }
    expect(starts).toEqual(
      [0, 1, 11, 31, 72].map((second) => expect.closeTo(second, -1) as number).slice(0, starts.length),
    );
    expect(starts.length).toBe(5);
    expect((await fixture.pod()).status?.containerStatuses?.[0]).toMatchObject({ restartCount: 4 });
  });
});

describe('a pod that is told to stop', () => {
  it('gets SIGTERM, and SIGKILL when its grace is over', async () => {
    const fixture = new KubeletFixture(() => ({ onTerm: 'ignore' }));
    await fixture.start(aPod());
    await fixture.delete();
    await fixture.pass(29_000);
    expect((await fixture.pod()).status?.phase).toBe('Running');
    await fixture.pass(1_500);
    expect((await fixture.pod()).status).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'Error' } } }],
    });
  });

  it('and has no finalizer is gone then, with all that the runtime knew', async () => {
    const fixture = new KubeletFixture(forever);
    await fixture.start({ ...aPod(), metadata: { name: 'p' } });
    await fixture.delete();
    await fixture.pass(10);
    await expect(fixture.pod()).rejects.toThrow(StatusError);
    expect(fixture.runtime.podUids()).toEqual([]);
  });

  it('at its deadline is Failed, although its container ended with 0', async () => {
    const fixture = new KubeletFixture(() => ({ onTerm: { exitCode: 0 } }));
    await fixture.start(aPod({}, { activeDeadlineSeconds: 5 }));
    await fixture.pass(4_900);
    expect((await fixture.pod()).status?.phase).toBe('Running');
    await fixture.pass(1_000);
    expect((await fixture.pod()).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  it('by a shutdown of the node is Failed with that reason', async () => {
    const fixture = new KubeletFixture(() => ({ onTerm: { exitCode: 0 } }));
    await fixture.start(aPod());
    const done = fixture.kubelet.shutdown(5_000);
    await fixture.pass(1_000);
    await done;
    expect((await fixture.pod()).status).toMatchObject({ phase: 'Failed', reason: 'Terminated' });
  });
});

describe('a kubelet that comes after another', () => {
  it('goes on with what runs and starts nothing twice', async () => {
    const fixture = new KubeletFixture(() => ({ end: { exitCode: 3, afterMs: 60_000, message: 'bye' } }));
    await fixture.start(aPod());
    await fixture.pass(5_000);
    await fixture.kubelet.stop();
    const before = await fixture.pod();
    fixture.kubelet = fixture.makeKubelet();
    await fixture.kubelet.start();
    await fixture.pass(5_000);
    expect((await fixture.pod()).status).toEqual(before.status);
    await fixture.pass(60_000);
    expect((await fixture.pod()).status).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 3, message: 'bye' } } }],
    });
    expect(fixture.runtime.started).toHaveLength(1);
  });

  it('tells the end that came while no kubelet was there', async () => {
    const fixture = new KubeletFixture(() => ({ end: { exitCode: 0, afterMs: 10_000 } }));
    await fixture.start(aPod());
    await fixture.kubelet.stop();
    await fixture.pass(20_000);
    expect((await fixture.pod()).status?.phase).toBe('Running');
    fixture.kubelet = fixture.makeKubelet();
    await fixture.kubelet.start();
    await fixture.pass(10);
    expect((await fixture.pod()).status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { finishedAt: '2026-03-14T03:11:54Z' } } }],
    });
  });

  it('ends what runs of a pod that is not there any more', async () => {
    const fixture = new KubeletFixture(forever);
    await fixture.start({ ...aPod(), metadata: { name: 'p' } });
    await fixture.kubelet.stop();
    await fixture.delete(0);
    fixture.kubelet = fixture.makeKubelet();
    await fixture.kubelet.start();
    expect(fixture.runtime.podUids()).toEqual([]);
  });
});

describe('writes', () => {
  it('of a pod that runs and succeeds are four', async () => {
    const fixture = new KubeletFixture(() => ({ end: { exitCode: 0, afterMs: 5_000 } }));
    await fixture.start(aPod());
    const before = 2;
    await fixture.pass(600_000);
    expect(fixture.statuses()).toHaveLength(before + 4);
  });

  it('that meet a newer pod are made again on it', async () => {
    const fixture = new KubeletFixture(() => ({ end: { exitCode: 0, afterMs: 5_000 } }));
    await fixture.start(aPod());
    const key = { namespace: 'ns', name: 'p' };
    const condition = { type: 'DisruptionTarget', status: 'True' };
    await fixture.clock.advance(4_999);
    const { status } = await fixture.pod();
    const write = fixture.client.patchStatus(PODS, key, {
      body: { status: { conditions: [...(status?.conditions ?? []), condition] } },
    });
    await fixture.pass(1_000);
    await write;
    const after = await fixture.pod();
    expect(after.status?.phase).toBe('Succeeded');
    expect(after.status?.conditions?.map((one) => one.type)).toContain('DisruptionTarget');
  });

  it('that fail are tried again', async () => {
    const fixture = new KubeletFixture(() => ({ end: { exitCode: 0, afterMs: 5_000 } }));
    await fixture.start(aPod());
    fixture.failing = true;
    await fixture.pass(30_000);
    expect(fixture.errors.length).toBeGreaterThan(0);
    fixture.failing = false;
    await fixture.pass(2_000);
    expect((await fixture.pod()).status?.phase).toBe('Succeeded');
  });
});

describe('logs', () => {
  const query = { container: 'main', follow: false, previous: false, timestamps: false } as const;

  it('are read from the container, and refused in the words of the real kubelet', async () => {
    const fixture = new KubeletFixture(({ container }) => (container === 'main' ? { log: 'one\ntwo\n' } : {}));
    await fixture.start(aPod({}, { initContainers: [{ name: 'pull', image: 'example.invalid/x' }] }));
    const { uid } = (await fixture.pod()).metadata;
    const name = { namespace: 'ns', name: 'p', uid, nodeName: NODE };
    const { signal } = new AbortController();
    const { logs } = fixture.kubelet;
    await fixture.pass(1_500);
    await expect(logs.readLog(name, query, signal)).rejects.toThrow(
      'container "main" in pod "p" is waiting to start: PodInitializing',
    );
    await expect(logs.readLog(name, { ...query, container: 'pull' }, signal)).rejects.toThrow(
      `container "pull" in pod "p" is waiting to start: image can't be pulled`,
    );
    await expect(logs.readLog(name, { ...query, container: 'x' }, signal)).rejects.toThrow(
      'container x is not valid for pod p',
    );
  });

  it('of the run before are those of the one before', async () => {
    const fixture = new KubeletFixture(({ attempt }) => ({
      log: `run ${attempt}\n`,
      ...(attempt === 0 ? { end: { exitCode: 1 } } : {}),
    }));
    await fixture.start(aPod({}, { restartPolicy: 'OnFailure' }));
    await fixture.pass(30_000);
    const { uid } = (await fixture.pod()).metadata;
    const name = { namespace: 'ns', name: 'p', uid, nodeName: NODE };
    const { signal } = new AbortController();
    const { logs } = fixture.kubelet;
    expect(await logs.readLog(name, query, signal)).toBe('run 1\n');
    expect(await logs.readLog(name, { ...query, previous: true }, signal)).toBe('run 0\n');
  });
});
