import { describe, expect, it } from 'vitest';
import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import { trailOf, trailsNamed } from '../../src/audit/query.js';
import { sampleTrail } from './sample-trail.js';

describe('the trail of a run', () => {
  it('is found by name, the latest run first, each with what is wrong with it', async () => {
    const store = new MemoryAuditStore();
    await store.append(sampleTrail({ uid: 'first', now: 1_000 }));
    await store.append(sampleTrail({ uid: 'second', now: 9_000_000 }).slice(1));
    const trails = await trailsNamed(store, 'shop', 'restart-web');
    expect(trails.map(({ uid, events }) => [uid, events.length])).toEqual([
      ['second', 3],
      ['first', 4],
    ]);
    expect(trails[0]?.problems[0]?.message).toBe('event 1 is missing: event 2 stands in its place');
    expect(trails[1]?.problems).toEqual([]);
  });

  it('is null where nothing is stored', async () => {
    expect(await trailOf(new MemoryAuditStore(), 'nobody')).toBeNull();
  });
});
