import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/api/kube.js';
import { podUsage } from '../../../../src/cluster/controllers/quota/quota-usage.js';
import { PODS, RESOURCE_QUOTAS } from '../../../../src/cluster/resource.js';
import { settle } from '../../../support/virtual-clock.js';
import { startCluster, type TestCluster } from '../cluster.js';
import { aPod } from '../objects.js';

const key = { namespace: 'ns', name: 'q' };

async function makeQuota({ client }: TestCluster, hard: Readonly<Record<string, string>>): Promise<void> {
  await client.create(RESOURCE_QUOTAS, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: key, spec: { hard } });
  await settle();
}

async function statusOf({ client }: TestCluster): Promise<unknown> {
  await settle();
  return (await client.get(RESOURCE_QUOTAS, key)).status;
}

describe('a quota', () => {
  it('says what is used as soon as it is there, in canonical quantities', async () => {
    const cluster = await startCluster();
    await cluster.client.create(PODS, aPod('p', { requests: { cpu: '500m', memory: '1Gi' } }));
    await makeQuota(cluster, { pods: '2', 'requests.cpu': '1000m', memory: '2Gi', 'count/configmaps': '5' });
    expect(await statusOf(cluster)).toEqual({
      hard: { 'count/configmaps': '5', memory: '2Gi', pods: '2', 'requests.cpu': '1' },
      used: { 'count/configmaps': '0', memory: '1Gi', pods: '1', 'requests.cpu': '500m' },
    });
  });

  it('gets room back when a pod ends, not only when it goes', async () => {
    const cluster = await startCluster();
    await cluster.client.create(PODS, aPod('p'));
    await makeQuota(cluster, { pods: '1' });
    expect(await statusOf(cluster)).toEqual({ hard: { pods: '1' }, used: { pods: '1' } });
    await cluster.client.patchStatus(
      PODS,
      { namespace: 'ns', name: 'p' },
      { body: { status: { phase: 'Succeeded' } } },
    );
    expect(await statusOf(cluster)).toEqual({ hard: { pods: '1' }, used: { pods: '0' } });
  });

  it('counts only what is in its scopes', () => {
    const deadline: Pod = aPod('a', { spec: { activeDeadlineSeconds: 5 } });
    const pods = [deadline, aPod('b', { requests: { cpu: '1' } })];
    const used = (scope: string): number | undefined =>
      podUsage(pods, ['pods'], { now: 0, scopes: [scope] }).get('pods');
    expect(['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort'].map(used)).toEqual([1, 1, 1, 1]);
  });

  it('ceases to count a pod that should long be gone', () => {
    const deletion = '2026-03-14T03:11:44Z';
    const pod = aPod('p', { metadata: { deletionTimestamp: deletion, deletionGracePeriodSeconds: 30 } });
    const at = Date.parse(deletion);
    const used = (now: number): number | undefined => podUsage([pod], ['pods'], { now, scopes: [] }).get('pods');
    expect([used(at + 30_000), used(at + 30_001)]).toEqual([1, 0]);
  });
});
