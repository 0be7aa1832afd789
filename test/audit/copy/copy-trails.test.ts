import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/api/types.js';
import { appendEvents, initialAudit, verifyChain } from '../../../src/audit/chain.js';
import type { CopyFault } from '../../../src/audit/copy/fault.js';
import { copyTrails } from '../../../src/audit/copy/copy-trails.js';
import { CONTROLLER_ACTOR, type EventDraft } from '../../../src/audit/event.js';
import { MemoryAuditStore } from '../../../src/audit/memory-store.js';
import type { LedgerStore, StoreResult } from '../../../src/audit/store.js';
import { sampleRun, sampleTrail } from '../sample-trail.js';

/** A run of so many events. */
function longTrail(events: number): readonly AuditEvent[] {
  const draft: EventDraft = { type: 'run.started', actor: CONTROLLER_ACTOR, data: { tasks: 1 } };
  const drafts = Array.from({ length: events }, () => draft);
  return appendEvents(initialAudit('long'), sampleRun({ uid: 'long' }), 0, drafts).outbox;
}

async function storeWith(...trails: readonly (readonly AuditEvent[])[]): Promise<MemoryAuditStore> {
  const store = new MemoryAuditStore();
  for (const trail of trails) await store.append(trail);
  return store;
}

async function copy(
  from: LedgerStore,
  to: LedgerStore,
  { includeBroken = false, signal = new AbortController().signal } = {},
) {
  const faults: CopyFault[] = [];
  const onFault = (fault: CopyFault): void => {
    faults.push(fault);
  };
  const { refused, ...tally } = await copyTrails({ from, to }, { includeBroken, signal, onFault });
  return { tally, refused: [...refused], faults };
}

const ONE = sampleTrail({ uid: 'one' });
const TWO = sampleTrail({ uid: 'two', name: 'restart-db' });

describe('a copy of trails', () => {
  it('has all events of all runs', async () => {
    const [from, to] = [await storeWith(ONE, TWO), new MemoryAuditStore()];
    const { tally, faults } = await copy(from, to);
    expect(tally).toEqual({ runsCopied: 2, runsKnown: 0, eventsCopied: 8, eventsKnown: 0 });
    expect(faults).toEqual([]);
    expect(await to.eventsOf('one')).toEqual(ONE);
    expect(await to.eventsOf('two')).toEqual(TWO);
  });

  it('takes long trails and many runs in parts', async () => {
    const many = Array.from({ length: 1_001 }, (_, run) => sampleTrail({ uid: `run-${run}` }).slice(0, 1));
    const [from, to] = [await storeWith(longTrail(450), ...many), new MemoryAuditStore()];
    expect((await copy(from, to)).tally).toEqual({
      runsCopied: 1_002,
      runsKnown: 0,
      eventsCopied: 1_451,
      eventsKnown: 0,
    });
    expect(await to.eventsOf('long')).toEqual(longTrail(450));
  });

  it('that is made again copies what is new, and nothing twice', async () => {
    const [from, to] = [await storeWith(ONE, TWO.slice(0, 2)), new MemoryAuditStore()];
    await copy(from, to);
    await from.append(TWO);
    expect((await copy(from, to)).tally).toEqual({ runsCopied: 1, runsKnown: 1, eventsCopied: 2, eventsKnown: 6 });
    expect((await copy(from, to)).tally).toEqual({ runsCopied: 0, runsKnown: 2, eventsCopied: 0, eventsKnown: 8 });
    expect(await to.ledger()).toHaveLength(8);
  });

  it('goes on where it was interrupted, also within a run', async () => {
    const interrupt = new AbortController();
    class Interrupting extends MemoryAuditStore {
      override append(events: readonly AuditEvent[]): Promise<readonly StoreResult[]> {
        interrupt.abort();
        return super.append(events);
      }
    }
    const [from, to] = [await storeWith(longTrail(450), ONE), new Interrupting()];
    const { tally } = await copy(from, to, { signal: interrupt.signal });
    expect(tally).toEqual({ runsCopied: 1, runsKnown: 0, eventsCopied: 200, eventsKnown: 0 });
    expect((await copy(from, to)).tally).toEqual({ runsCopied: 2, runsKnown: 0, eventsCopied: 254, eventsKnown: 200 });
    expect(await to.eventsOf('long')).toEqual(longTrail(450));
  });

  it('completes a run whose rest the target has, since a controller went on there', async () => {
    const [from, to] = [await storeWith(ONE.slice(0, 2)), await storeWith(ONE.slice(2))];
    expect((await copy(from, to)).tally).toEqual({ runsCopied: 1, runsKnown: 0, eventsCopied: 2, eventsKnown: 0 });
    expect(verifyChain(await to.eventsOf('one'))).toEqual([]);
  });

  it('has the events that the source had refused, and refuses them too', async () => {
    const [rival] = sampleTrail({ uid: 'one', actor: 'somebody else' });
    if (rival === undefined) throw new Error('no event');
    const [from, to] = [await storeWith(ONE, [rival]), new MemoryAuditStore()];
    expect((await copy(from, to)).faults).toEqual([]);
    expect(await to.eventsOf('one')).toEqual(ONE);
    expect(await to.forks()).toEqual([rival]);
  });
});

describe('a trail that is broken', () => {
  const missing = [ONE[0], ONE[2], ONE[3]].flatMap((event) => event ?? []);

  it('is told and not copied; the others are', async () => {
    const [from, to] = [await storeWith(missing, TWO), new MemoryAuditStore()];
    const { tally, refused, faults } = await copy(from, to);
    expect(tally).toMatchObject({ runsCopied: 1, eventsCopied: 4 });
    expect(refused).toEqual(['one']);
    expect(faults).toEqual([
      {
        uid: 'one',
        run: 'shop/restart-web',
        message: 'not copied, its trail is broken: event 2 is missing: event 3 stands in its place',
      },
    ]);
    expect(await to.eventsOf('one')).toEqual([]);
  });

  it('is told and copied as it is where that is asked for', async () => {
    const [from, to] = [await storeWith(missing), new MemoryAuditStore()];
    const { refused, faults } = await copy(from, to, { includeBroken: true });
    expect(refused).toEqual([]);
    expect(faults[0]?.message).toMatch(/^copied as it is, its trail is broken: event 2 is missing/);
    expect(await to.eventsOf('one')).toEqual(missing);
  });

  it.each([
    ['holds something that is no event', () => Promise.reject(new SyntaxError('this is no audit event: {}'))],
    ['holds events of another run', () => Promise.resolve(TWO)],
  ])('is never copied where it %s', async (_, eventsOf) => {
    class Overwritten extends MemoryAuditStore {
      override eventsOf = eventsOf;
    }
    const [from, to] = [new Overwritten(), new MemoryAuditStore()];
    await from.append(ONE);
    const { refused, faults } = await copy(from, to, { includeBroken: true });
    expect(refused).toEqual(['one']);
    expect(faults[0]?.message).toMatch(/^not copied, its trail is broken: /);
    expect(await to.ledger()).toEqual([]);
  });
});

describe('a target that has another event under a number', () => {
  it('is told, gets nothing of that run, and does not take it for an attempt to forge', async () => {
    const other = sampleTrail({ uid: 'one', actor: 'somebody else' }).slice(0, 1);
    const [from, to] = [await storeWith(ONE, TWO), await storeWith(other)];
    const { tally, refused, faults } = await copy(from, to);
    expect(tally).toMatchObject({ runsCopied: 1, eventsCopied: 4 });
    expect(refused).toEqual(['one']);
    expect(faults.map(({ message }) => message)).toEqual(['not copied: the target has another event 1 of this run']);
    expect(await to.eventsOf('one')).toEqual(other);
    expect(await to.forks()).toEqual([]);
  });
});
