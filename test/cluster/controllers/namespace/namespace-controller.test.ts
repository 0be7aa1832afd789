import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES, PODS, SERVICE_ACCOUNTS } from '../../../../src/cluster/resource.js';
import { settle } from '../../../support/virtual-clock.js';
import { startCluster } from '../cluster.js';
import { aPod } from '../objects.js';

describe('a namespace', () => {
  it('has its default ServiceAccount, and gets it back when it is deleted', async () => {
    const { client } = await startCluster();
    const key = { namespace: 'ns', name: 'default' };
    const first = await client.get(SERVICE_ACCOUNTS, key);
    await client.delete(SERVICE_ACCOUNTS, key);
    await settle();
    expect((await client.get(SERVICE_ACCOUNTS, key)).metadata.uid).not.toBe(first.metadata.uid);
  });

  it('is emptied when it is deleted, waits for what is still terminating, and goes last', async () => {
    const { client, clock } = await startCluster();
    await client.makeNamespace('old');
    await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'old', name: 'c' },
    });
    await client.create(PODS, aPod('p', { metadata: { namespace: 'old' } }));
    await settle();
    await client.delete(NAMESPACES, { name: 'old' });
    await clock.advance(5_000);
    expect((await client.list(CONFIG_MAPS, { namespace: 'old' })).items).toEqual([]);
    expect((await client.list(SERVICE_ACCOUNTS, { namespace: 'old' })).items).toEqual([]);
    expect((await client.get(PODS, { namespace: 'old', name: 'p' })).metadata.deletionTimestamp).toBeDefined();
    await client.endGracefully({ namespace: 'old', name: 'p' });
    await clock.advance(1_000);
    await expect(client.get(NAMESPACES, { name: 'old' })).rejects.toThrow('not found');
  });
});
