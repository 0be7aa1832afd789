import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/api/types.js';
import type { AuditStore } from '../../src/audit/store.js';
import { sampleRun, sampleTrail } from './sample-trail.js';

export interface ContractStore extends AuditStore {
  forks(): Promise<readonly AuditEvent[]>;
}

/** What every audit store promises. `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<ContractStore>): void {
  describe(`the audit store: ${name}`, () => {
    const use = async (check: (store: ContractStore) => Promise<void>): Promise<void> => {
      const store = await open();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    };

    it('gives back the events of a run as they were stored, in order', () =>
      use(async (store) => {
        const trail = sampleTrail();
        expect(await store.append(trail)).toEqual(trail.map(() => 'stored'));
        expect(await store.eventsOf(sampleRun().uid)).toEqual(trail);
        expect(await store.lastSeq(sampleRun().uid)).toBe(trail.length);
      }));

    it('knows nothing of a run that nothing was stored of', () =>
      use(async (store) => {
        expect(await store.eventsOf('nobody')).toEqual([]);
        expect(await store.lastSeq('nobody')).toBe(0);
        expect(await store.runsNamed('shop', 'nobody')).toEqual([]);
        expect(await store.append([])).toEqual([]);
      }));

    it('keeps an event once, however often and in whatever portions it comes', () =>
      use(async (store) => {
        const trail = sampleTrail();
        await store.append(trail.slice(0, 2));
        expect(await store.append(trail)).toEqual(['known', 'known', 'stored', 'stored']);
        expect(await store.append(trail)).toEqual(trail.map(() => 'known'));
        expect(await store.eventsOf(sampleRun().uid)).toEqual(trail);
        expect(await store.forks()).toEqual([]);
      }));

    it('keeps another event under the same number apart, says so each time, and keeps the first', () =>
      use(async (store) => {
        const trail = sampleTrail();
        const [first, second] = sampleTrail({ actor: 'somebody else' });
        if (first === undefined || second === undefined) throw new Error('no events');
        await store.append(trail);
        expect(await store.append([first, second])).toEqual(['forked', 'forked']);
        expect(await store.append([second])).toEqual(['forked']);
        expect(await store.eventsOf(sampleRun().uid)).toEqual(trail);
        expect(await store.forks()).toHaveLength(2);
        expect(await store.forks()).toEqual(expect.arrayContaining([first, second]));
      }));

    it('tells the runs that had one name apart, the latest first', () =>
      use(async (store) => {
        await store.append(sampleTrail({ uid: 'old', now: 1_000 }));
        await store.append(sampleTrail({ uid: 'new', now: 2_000_000 }));
        await store.append(sampleTrail({ uid: 'other', now: 3_000_000, name: 'restart-db' }));
        await store.append(sampleTrail({ uid: 'elsewhere', now: 3_000_000, namespace: 'bank' }));
        expect(await store.runsNamed('shop', 'restart-web')).toEqual(['new', 'old']);
      }));
  });
}
