import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../src/audit/chain.js';
import { verifyLedger } from '../../src/audit/ledger.js';
import type { LedgerStore } from '../../src/audit/store.js';
import { sampleRun, sampleTrail } from './sample-trail.js';

/** A place where a store can be, empty at first. */
export interface StorePlace {
  /** Opens the store that is there, also a second time. */
  open(): Promise<LedgerStore>;
}

/** What every audit store promises. */
export function describeStore(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`the audit store: ${name}`, () => {
    const use = async (check: (store: LedgerStore) => Promise<void>): Promise<void> => {
      const store = await (await newPlace()).open();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    };
    const useTwo = async (check: (one: LedgerStore, other: LedgerStore) => Promise<void>): Promise<void> => {
      const place = await newPlace();
      const [one, other] = await Promise.all([place.open(), place.open()]);
      try {
        await check(one, other);
      } finally {
        await one.close();
        await other.close();
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

    it('keeps every letter of an event: what a step printed, in any script, with zeros and broken halves', () =>
      use(async (store) => {
        const [first] = sampleTrail({ actor: 'Zoë \u0000 \ud800 \u{1f9ef} \\ \' " $1 \n' });
        if (first === undefined) throw new Error('no event');
        await store.append([first]);
        expect(await store.eventsOf(sampleRun().uid)).toEqual([first]);
      }));

    it('takes an event once that stands twice in one portion, and the first of two that want one place', () =>
      use(async (store) => {
        const [first] = sampleTrail();
        const [rival] = sampleTrail({ actor: 'somebody else' });
        if (first === undefined || rival === undefined) throw new Error('no events');
        expect(await store.append([first, first, rival, rival])).toEqual(['stored', 'known', 'forked', 'forked']);
        expect(await store.eventsOf(sampleRun().uid)).toEqual([first]);
        expect(await store.forks()).toEqual([rival]);
        expect(await store.ledger()).toHaveLength(1);
      }));

    it('enters each event into its ledger once, in the order in which it came, so that a missing one is seen', () =>
      use(async (store) => {
        await store.append(sampleTrail());
        await store.append(sampleTrail());
        await store.append(sampleTrail({ uid: 'other' }));
        const ledger = await store.ledger();
        expect(ledger.map(({ n, uid, seq }) => `${n} ${uid}/${seq}`)).toEqual([
          ...[1, 2, 3, 4].map((n) => `${n} c0ffee/${n}`),
          ...[1, 2, 3, 4].map((n) => `${n + 4} other/${n}`),
        ]);
        expect(verifyLedger(store.id, ledger)).toEqual([]);
        const without = ledger.filter((line) => line.n !== 3);
        expect(verifyLedger(store.id, without)[0]).toEqual({ n: 3, message: 'line 3 is missing' });
        const changed = ledger.map((line) => (line.n === 3 ? { ...line, seq: 9 } : line));
        expect(verifyLedger(store.id, changed)).toEqual([{ n: 4, message: 'line 4 does not continue the one before' }]);
      }));

    it('tells all its runs and its ledger in parts, each once', () =>
      use(async (store) => {
        const uids = ['b2', 'A1', 'c-3', 'a1', 'c3'];
        expect(await store.runs({ after: null, limit: 2 })).toEqual([]);
        for (const uid of uids) await store.append(sampleTrail({ uid }));
        const told: string[] = [];
        for (;;) {
          const part = await store.runs({ after: told.at(-1) ?? null, limit: 2 });
          expect(part.length).toBeLessThanOrEqual(2);
          if (part.length === 0) break;
          told.push(...part);
        }
        expect([...told].sort()).toEqual([...uids].sort());
        const ledger = await store.ledger();
        expect(await store.ledger({ after: 0, limit: 3 })).toEqual(ledger.slice(0, 3));
        expect(await store.ledger({ after: 18, limit: 3 })).toEqual(ledger.slice(18));
        expect(await store.ledger({ after: 20, limit: 3 })).toEqual([]);
      }));

    it('is one store to two who open it: what one writes the other reads', () =>
      useTwo(async (one, other) => {
        expect(other.id).toBe(one.id);
        await one.append(sampleTrail());
        expect(await other.eventsOf(sampleRun().uid)).toEqual(sampleTrail());
      }));

    it('takes what two write at once: each event once, the trails and the ledger whole', () =>
      useTwo(async (one, other) => {
        const trails = Array.from({ length: 12 }, (_, run) => sampleTrail({ uid: `run-${run}` }));
        const write = async (store: LedgerStore, portions: readonly (typeof trails)[number][]): Promise<string[]> => {
          const answers = await Promise.all(portions.map((events) => store.append(events)));
          return answers.flat();
        };
        // Both have seen all that was committed, and carry it in other portions and another order.
        const [mine, theirs] = await Promise.all([
          write(one, trails),
          write(other, [trails.slice(0, 6).flat(), trails.slice(6).flat()].reverse()),
        ]);
        const answers = [...mine, ...theirs];
        expect(answers.filter((answer) => answer === 'stored')).toHaveLength(48);
        expect(answers.filter((answer) => answer === 'known')).toHaveLength(48);
        for (const [run, trail] of trails.entries()) {
          const stored = await one.eventsOf(`run-${run}`);
          expect(stored).toEqual(trail);
          expect(verifyChain(stored)).toEqual([]);
        }
        const ledger = await other.ledger();
        expect(ledger).toHaveLength(48);
        expect(verifyLedger(other.id, ledger)).toEqual([]);
        expect(await one.forks()).toEqual([]);
      }));

    it('gives the place to one of two who write different events under one number, and tells the other', () =>
      useTwo(async (one, other) => {
        const rivals = [sampleTrail().slice(0, 1), sampleTrail({ actor: 'somebody else' }).slice(0, 1)] as const;
        const answers = await Promise.all([one.append(rivals[0]), other.append(rivals[1])]);
        expect(answers.flat().sort()).toEqual(['forked', 'stored']);
        const winner = answers[0][0] === 'stored' ? 0 : 1;
        expect(await one.eventsOf(sampleRun().uid)).toEqual(rivals[winner]);
        expect(await one.forks()).toEqual(rivals[1 - winner]);
      }));
  });
}
