import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/api/types.js';
import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import { AuditRelay, type Backlog, type RelayListener } from '../../src/audit/relay.js';
import type { AuditStore } from '../../src/audit/store.js';
import { AuditStoreError } from '../../src/audit/store-error.js';
import { VirtualClock, settle } from '../support/virtual-clock.js';
import { sampleRun, sampleTrail } from './sample-trail.js';

/** A store that can be out of order. */
class FrailStore extends MemoryAuditStore implements AuditStore {
  trouble: string | null = null;
  failuresLeft = 0;
  appends = 0;

  override append(events: readonly AuditEvent[]): ReturnType<AuditStore['append']> {
    this.appends += 1;
    if (this.failuresLeft > 0) {
      this.failuresLeft -= 1;
      return Promise.reject(new AuditStoreError('/var/audit.db', 'locked'));
    }
    if (this.trouble !== null) return Promise.reject(new AuditStoreError('/var/audit.db', this.trouble));
    return super.append(events);
  }
}

class Heard implements RelayListener {
  readonly acks: string[] = [];
  readonly backlogs: (Backlog | null)[] = [];
  readonly forks: AuditEvent[] = [];
  #onAck: () => void = () => undefined;

  acked(uid: string): void {
    this.acks.push(uid);
    this.#onAck();
  }

  backlogChanged(backlog: Backlog | null): void {
    this.backlogs.push(backlog);
  }

  forked(event: AuditEvent): void {
    this.forks.push(event);
  }

  /** Settles with the next acknowledgement. */
  nextAck(): Promise<void> {
    return new Promise((resolve) => {
      this.#onAck = resolve;
    });
  }
}

const NO_RETRY = { retries: 0, minTimeout: 0, maxTimeout: 0 };
const { uid } = sampleRun();

describe('the audit relay', () => {
  it('stores what is submitted, says so once, and knows how far each run is stored', async () => {
    const { relay, store, heard, stop } = running();
    relay.submit(uid, sampleTrail());
    relay.submit('other', sampleTrail({ uid: 'other' }).slice(0, 2));
    relay.submit(uid, sampleTrail());
    await settle();
    expect(await store.eventsOf(uid)).toEqual(sampleTrail());
    expect([relay.ackedOf(uid), relay.ackedOf('other'), relay.ackedOf('nobody')]).toEqual([4, 2, 0]);
    expect(heard.acks).toEqual([uid, 'other']);
    relay.submit(uid, sampleTrail());
    await settle();
    expect(store.appends).toBe(1);
    await stop();
  });

  it('acknowledges after a restart what the store had already', async () => {
    const store = new FrailStore();
    await store.append(sampleTrail());
    const { relay, stop } = running(store);
    relay.submit(uid, sampleTrail().slice(2));
    await settle();
    expect(relay.ackedOf(uid)).toBe(4);
    expect(await store.forks()).toEqual([]);
    await stop();
  });

  it('waits while the store takes nothing, longer each time, tells why since when, and loses nothing', async () => {
    const { relay, store, clock, heard, stop } = running();
    const since = clock.now();
    store.trouble = 'the disk is full';
    relay.submit(uid, sampleTrail());
    await settle();
    expect(relay.backlog()).toBe('audit store /var/audit.db: the disk is full (since 2026-03-14T03:11:44.000Z)');
    expect(relay.ackedOf(uid)).toBe(0);
    await clock.advance(1_000 + 2_000 + 4_000);
    expect(store.appends).toBe(4);
    await clock.advance(10 * 60_000);
    expect(store.appends).toBeLessThan(4 + 3 + 10 * 2 + 1);
    expect(relay.oldestUnstored()).toBe('2026-03-14T00:00:00.000Z');

    store.trouble = null;
    await clock.advance(30_000);
    expect(await store.eventsOf(uid)).toEqual(sampleTrail());
    expect([relay.backlog(), relay.ackedOf(uid), relay.oldestUnstored()]).toEqual([null, 4, null]);
    expect(heard.backlogs).toEqual([{ since, message: 'audit store /var/audit.db: the disk is full' }, null]);
    await stop();
  });

  it('tells of another event under the same number, also after its own was acknowledged, and lets the run go on', async () => {
    const { relay, clock, store, heard, stop } = running();
    const [rewritten] = sampleTrail({ actor: 'somebody else' });
    if (rewritten === undefined) throw new Error('no event');
    relay.submit(uid, sampleTrail());
    await settle();
    relay.submit(uid, [rewritten]);
    await clock.advance(50);
    expect(heard.forks).toEqual([rewritten]);
    expect(await store.forks()).toEqual([rewritten]);
    expect(relay.ackedOf(uid)).toBe(4);
    await stop();
  });

  it('tries again at once where the trouble is over in a moment', async () => {
    const { relay, store, heard, stop } = running(new FrailStore(), { retries: 1, minTimeout: 0, maxTimeout: 0 });
    store.failuresLeft = 1;
    const acked = heard.nextAck();
    relay.submit(uid, sampleTrail());
    await acked;
    expect(store.appends).toBe(2);
    expect(relay.ackedOf(uid)).toBe(4);
    expect(heard.backlogs).toEqual([]);
    await stop();
  });

  it('stores the rest at the end of a process, and says when it cannot', async () => {
    const store = new FrailStore();
    const relay = new AuditRelay({ store, clock: new VirtualClock(), listener: new Heard(), retry: NO_RETRY });
    relay.submit(uid, sampleTrail());
    store.trouble = 'no space';
    expect(await relay.flush(new AbortController().signal)).toBe(false);
    store.trouble = null;
    expect(await relay.flush(new AbortController().signal)).toBe(true);
    expect(relay.ackedOf(uid)).toBe(4);
  });

  it('forgets a run that owes nothing, but stores what was still to be stored of it', async () => {
    const { relay, store, clock, stop } = running();
    store.trouble = 'no space';
    relay.submit(uid, sampleTrail());
    relay.forget(uid);
    store.trouble = null;
    await settle();
    await clock.advance(1_000);
    expect(await store.eventsOf(uid)).toHaveLength(4);
    expect(relay.ackedOf(uid)).toBe(0);
    await stop();
  });

  it('is safe beside a second relay: each event is stored once, in order, whatever each of them saw when', async () => {
    const portions = fc.array(fc.record({ relay: fc.nat(1), to: fc.nat(4), fails: fc.boolean() }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(portions, async (steps) => {
        const store = new FrailStore();
        const one = running(store);
        const two = running(store, NO_RETRY, one.clock);
        for (const { relay, to, fails } of steps) {
          store.trouble = fails ? 'no space' : null;
          (relay === 0 ? one : two).relay.submit(uid, sampleTrail().slice(0, to));
          await settle();
        }
        store.trouble = null;
        one.relay.submit(uid, sampleTrail());
        await one.clock.advance(60_000);
        expect(await store.eventsOf(uid)).toEqual(sampleTrail());
        expect(await store.forks()).toEqual([]);
        expect(one.relay.ackedOf(uid)).toBe(4);
        await Promise.all([one.stop(), two.stop()]);
      }),
      { numRuns: 30 },
    );
  });
});

function running(store = new FrailStore(), retry = NO_RETRY, clock = new VirtualClock()) {
  const heard = new Heard();
  const relay = new AuditRelay({ store, clock, listener: heard, retry });
  const end = new AbortController();
  const done = relay.run(end.signal);
  return {
    relay,
    store,
    clock,
    heard,
    stop: async (): Promise<void> => {
      end.abort();
      await done;
    },
  };
}
