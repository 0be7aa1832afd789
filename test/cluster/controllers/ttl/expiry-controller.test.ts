import { describe, expect, it } from 'vitest';
import { EVENTS, JOBS } from '../../../../src/cluster/resource.js';
import { startCluster, type TestCluster } from '../cluster.js';
import { aJob } from '../objects.js';

async function names({ client }: TestCluster, resource: typeof JOBS | typeof EVENTS): Promise<readonly string[]> {
  const { items } = resource.plural === 'jobs' ? await client.list(JOBS) : await client.list(EVENTS);
  return items.map(({ metadata }) => metadata.name);
}

describe('what has a time to live', () => {
  it('a finished Job goes ttlSecondsAfterFinished after its end, an unfinished one never', async () => {
    const cluster = await startCluster();
    const condition = { type: 'Complete', status: 'True', lastTransitionTime: '2026-03-14T03:11:44Z' };
    await cluster.client.create(JOBS, {
      ...aJob('done', { ttlSecondsAfterFinished: 60, suspend: true }),
      status: { conditions: [condition] },
    });
    await cluster.client.create(JOBS, aJob('waiting', { ttlSecondsAfterFinished: 60, suspend: true }));
    await cluster.clock.advance(59_000);
    expect(await names(cluster, JOBS)).toEqual(['done', 'waiting']);
    await cluster.clock.advance(2_000);
    expect(await names(cluster, JOBS)).toEqual(['waiting']);
  });

  it('an Event goes an hour after it was last written', async () => {
    const cluster = await startCluster();
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'ns', name: 'e' },
      involvedObject: {},
      lastTimestamp: '2026-03-14T03:11:44Z',
    };
    await cluster.client.create(EVENTS, event);
    await cluster.clock.advance(1_800_000);
    const body = { count: 2, lastTimestamp: '2026-03-14T03:41:44Z' };
    await cluster.client.patch(EVENTS, { namespace: 'ns', name: 'e' }, { body });
    await cluster.clock.advance(3_500_000);
    expect(await names(cluster, EVENTS)).toContain('e');
    await cluster.clock.advance(200_000);
    expect(await names(cluster, EVENTS)).not.toContain('e');
  });
});
