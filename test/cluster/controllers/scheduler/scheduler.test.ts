import { describe, expect, it } from 'vitest';
import { EVENTS, NODES, PODS } from '../../../../src/cluster/resource.js';
import { settle } from '../../../support/virtual-clock.js';
import { startCluster } from '../cluster.js';
import { aNode, aPod } from '../objects.js';

const key = { namespace: 'ns', name: 'p' };

describe('the scheduler', () => {
  it('binds a pod at once and says so', async () => {
    const { client } = await startCluster();
    await client.create(PODS, aPod('p'));
    await settle();
    expect((await client.get(PODS, key)).spec?.nodeName).toBe('node-1');
    const { items } = await client.list(EVENTS, { namespace: 'ns' });
    expect(items.map(({ reason, message, action }) => ({ reason, message, action }))).toEqual([
      { reason: 'Scheduled', message: 'Successfully assigned ns/p to node-1', action: 'Binding' },
    ]);
  });

  it('marks what fits nowhere as Unschedulable, and binds it when room comes', async () => {
    const { client, clock } = await startCluster({ nodes: [aNode('small', { allocatable: { cpu: '1', pods: '9' } })] });
    await client.create(PODS, aPod('p', { requests: { cpu: '4' } }));
    await settle();
    const condition = (await client.get(PODS, key)).status?.conditions?.[0];
    expect(condition).toMatchObject({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' });
    await clock.advance(30_000);
    const tries = (await client.list(EVENTS)).items.filter(({ reason }) => reason === 'FailedScheduling');
    expect(tries.map(({ series }) => series)).toEqual([undefined]);
    await client.create(NODES, aNode('big', { allocatable: { cpu: '8', pods: '9' } }));
    await clock.advance(10_000);
    expect((await client.get(PODS, key)).spec?.nodeName).toBe('big');
  });

  it('gives the room of a pod that has ended to the next', async () => {
    const { client, clock } = await startCluster({ nodes: [aNode('n', { allocatable: { cpu: '1', pods: '9' } })] });
    await client.create(PODS, aPod('first', { requests: { cpu: '1' } }));
    await client.create(PODS, aPod('p', { requests: { cpu: '1' } }));
    await settle();
    expect((await client.get(PODS, key)).spec?.nodeName).toBeUndefined();
    await client.patchStatus(PODS, { namespace: 'ns', name: 'first' }, { body: { status: { phase: 'Succeeded' } } });
    await clock.advance(10_000);
    expect((await client.get(PODS, key)).spec?.nodeName).toBe('n');
  });

  it('leaves gated pods, pods of other schedulers and pods that are being deleted alone', async () => {
    const { client, clock } = await startCluster();
    await client.create(PODS, aPod('gated', { spec: { schedulingGates: [{ name: 'wait' }] } }));
    await client.create(PODS, aPod('other', { spec: { schedulerName: 'mine' } }));
    await client.create(PODS, aPod('big', { requests: { cpu: '99' }, metadata: { finalizers: ['x.dev/hold'] } }));
    await client.delete(PODS, { namespace: 'ns', name: 'big' });
    await client.create(NODES, aNode('huge', { allocatable: { cpu: '100', pods: '9' } }));
    await clock.advance(1_000);
    const { items } = await client.list(PODS);
    expect(items.map((pod) => pod.spec?.nodeName)).toEqual([undefined, undefined, undefined]);
    await client.patch(PODS, { namespace: 'ns', name: 'gated' }, { body: { spec: { schedulingGates: null } } });
    await settle();
    expect((await client.get(PODS, { namespace: 'ns', name: 'gated' })).spec?.nodeName).toBe('node-1');
  });
});
