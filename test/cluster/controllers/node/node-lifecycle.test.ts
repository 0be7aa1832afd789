import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../../../src/api/instant.js';
import type { Pod } from '../../../../src/api/kube.js';
import { EVENTS, LEASES, NODES, PODS } from '../../../../src/cluster/resource.js';
import { settle } from '../../../support/virtual-clock.js';
import { startCluster, type TestCluster } from '../cluster.js';
import { aNode, aPod } from '../objects.js';

const lease = (name: string) => ({ namespace: 'kube-node-lease', name });

async function makeLease({ client, clock }: TestCluster, node: string): Promise<void> {
  const spec = { holderIdentity: node, renewTime: formatInstant(clock.now()) };
  await client.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease(node), spec });
}

async function renewFor(cluster: TestCluster, node: string, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 10) {
    const body = { spec: { renewTime: formatInstant(cluster.clock.now()) } };
    await cluster.client.patch(LEASES, lease(node), { body });
    await cluster.clock.advance(10_000);
  }
}

async function taintsOf({ client }: TestCluster, name: string): Promise<readonly string[]> {
  const node = await client.get(NODES, { name });
  return (node.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
}

async function readyOf({ client }: TestCluster, name: string): Promise<string | undefined> {
  const node = await client.get(NODES, { name });
  return node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}

/** Two nodes with leases, of which only the second goes on renewing; a pod runs on the first. */
async function loseNode(pod: Pod): Promise<TestCluster> {
  const cluster = await startCluster({ nodes: [aNode('lost'), aNode('well')] });
  await makeLease(cluster, 'lost');
  await makeLease(cluster, 'well');
  await cluster.client.create(PODS, { ...pod, spec: { containers: [], ...pod.spec, nodeName: 'lost' } });
  const conditions = [{ type: 'Ready', status: 'True' }];
  await cluster.client.patchStatus(
    PODS,
    { namespace: 'ns', name: 'p' },
    { body: { status: { phase: 'Running', conditions } } },
  );
  await settle();
  return cluster;
}

const FIVE_MINUTES = [
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
];

describe('a node whose Lease is not renewed', () => {
  it('is Unknown after 50 s, tainted, and its pods are not ready', async () => {
    const cluster = await loseNode(aPod('p', { spec: { tolerations: FIVE_MINUTES } }));
    await renewFor(cluster, 'well', 40);
    expect(await readyOf(cluster, 'lost')).toBe('True');
    await renewFor(cluster, 'well', 20);
    expect(await readyOf(cluster, 'lost')).toBe('Unknown');
    expect(await readyOf(cluster, 'well')).toBe('True');
    expect(await taintsOf(cluster, 'lost')).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    const pod = await cluster.client.get(PODS, { namespace: 'ns', name: 'p' });
    expect(pod.status?.phase).toBe('Running');
    expect(pod.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(['Ready=False']);
    const { items } = await cluster.client.list(EVENTS);
    expect(items.filter(({ reason }) => reason === 'NodeNotReady').map(({ message }) => message)).toEqual([
      'Node lost status is now: NodeNotReady',
      'Node is not ready',
    ]);
  });

  it('loses its pods when their toleration has run out, marked with DisruptionTarget', async () => {
    const cluster = await loseNode(aPod('p', { spec: { tolerations: FIVE_MINUTES } }));
    await renewFor(cluster, 'well', 340);
    const before = await cluster.client.get(PODS, { namespace: 'ns', name: 'p' });
    expect(before.metadata.deletionTimestamp).toBeUndefined();
    await renewFor(cluster, 'well', 20);
    const after = await cluster.client.get(PODS, { namespace: 'ns', name: 'p' });
    expect(after.metadata.deletionTimestamp).toBeDefined();
    expect(after.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    });
  });

  it('keeps pods that tolerate it for ever', async () => {
    const cluster = await loseNode(aPod('p', { spec: { tolerations: [{ operator: 'Exists' }] } }));
    await renewFor(cluster, 'well', 600);
    const pod = await cluster.client.get(PODS, { namespace: 'ns', name: 'p' });
    expect(pod.metadata.deletionTimestamp).toBeUndefined();
  });

  it('is not emptied while no node at all is ready: more likely we are cut off', async () => {
    const cluster = await loseNode(aPod('p'));
    await cluster.clock.advance(600_000);
    expect(await taintsOf(cluster, 'lost')).toEqual(['node.kubernetes.io/unreachable:NoSchedule']);
    const pod = await cluster.client.get(PODS, { namespace: 'ns', name: 'p' });
    expect(pod.metadata.deletionTimestamp).toBeUndefined();
  });

  it('loses the taints when it is ready again', async () => {
    const cluster = await loseNode(aPod('p', { spec: { tolerations: FIVE_MINUTES } }));
    await renewFor(cluster, 'well', 60);
    const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: formatInstant(cluster.clock.now()) }];
    await cluster.client.patchStatus(NODES, { name: 'lost' }, { body: { status: { conditions } } });
    await settle();
    expect(await taintsOf(cluster, 'lost')).toEqual([]);
  });
});

describe('pods that no kubelet will end', () => {
  it('on a node that is gone: they fail with DisruptionTarget after 40 s', async () => {
    const cluster = await loseNode(aPod('p', { metadata: { finalizers: ['lockstep.dev/attempt-tracking'] } }));
    await cluster.client.delete(NODES, { name: 'lost' });
    await renewFor(cluster, 'well', 30);
    expect((await cluster.client.get(PODS, { namespace: 'ns', name: 'p' })).status?.phase).toBe('Running');
    await renewFor(cluster, 'well', 20);
    const pod = await cluster.client.get(PODS, { namespace: 'ns', name: 'p' });
    expect(pod.status?.phase).toBe('Failed');
    expect(pod.metadata.deletionTimestamp).toBeDefined();
    expect(pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
    });
  });

  it('never bound and being deleted: they fail, so that whoever holds them sees an end', async () => {
    const { client, clock } = await startCluster();
    const metadata = { finalizers: ['lockstep.dev/attempt-tracking'] };
    await client.create(PODS, aPod('p', { metadata, spec: { schedulingGates: [{ name: 'wait' }] } }));
    await client.delete(PODS, { namespace: 'ns', name: 'p' });
    await clock.advance(20_000);
    const pod = await client.get(PODS, { namespace: 'ns', name: 'p' });
    expect(pod.status?.phase).toBe('Failed');
  });
});
