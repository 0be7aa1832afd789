import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type LeaderElectorOptions,
  LeaderElector,
  LeadershipLostError,
  createClient,
  createHttpTransport,
  fixedCredentials,
} from '../../src/runtime/index.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';
import { LeaseServer, type LeaseTransport } from './lease-server.js';

const LEASE = { namespace: 'foo', name: 'bar' };
const TIMINGS = { leaseMs: 15_000, renewWithinMs: 10_000, retryMs: 2_000 };

interface Candidate {
  readonly elector: LeaderElector;
  readonly transport: LeaseTransport;
  readonly stop: AbortController;
  /** Leaders that it saw, in order. */
  readonly seen: string[];
  readonly problems: unknown[];
  /** Null while it runs. */
  end: 'released' | Error | null;
  start(): void;
}

function candidate(
  server: LeaseServer,
  clock: VirtualClock,
  more: Partial<LeaderElectorOptions> & { readonly identity?: string } = {},
): Candidate {
  const identity = more.identity ?? 'baz';
  const transport = server.transport(identity);
  const stop = new AbortController();
  const seen: string[] = [];
  const problems: unknown[] = [];
  const elector = new LeaderElector({
    client: createClient({ transport, clock, random: () => 0, userAgent: 'test' }),
    clock,
    random: () => 0,
    lease: LEASE,
    identity,
    timings: TIMINGS,
    onNewLeader: (leader) => seen.push(leader),
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  const made: Candidate = {
    elector,
    transport,
    stop,
    seen,
    problems,
    end: null,
    start() {
      elector.run(stop.signal).then(
        () => {
          made.end = 'released';
        },
        (error: unknown) => {
          made.end = error instanceof Error ? error : new Error(String(error));
        },
      );
    },
  };
  return made;
}

async function stopAll(clock: VirtualClock, ...candidates: readonly Candidate[]): Promise<void> {
  for (const each of candidates) {
    each.transport.treatment = 'answer';
    each.stop.abort();
  }
  await clock.advance(30_000);
  expect(candidates.filter(({ end }) => end === null)).toEqual([]);
}

describe('client-go: TestTryAcquireOrRenewLeases', () => {
  it('acquire from no object', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    expect(server.log).toEqual(['baz get 404', 'baz create']);
    expect(server.record()).toMatchObject({ holder: 'baz', durationSeconds: 15, transitions: 0 });
    expect([one.elector.isLeading(), one.elector.leader(), one.seen]).toEqual([true, 'baz', ['baz']]);
    await stopAll(clock, one);
  });

  it('acquire from object without annotations: a Lease without a spec', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    server.put({});
    delete (server.lease as Record<string, unknown>)['spec'];
    const one = candidate(server, clock);
    one.start();
    await settle();
    expect(server.log).toEqual(['baz get', 'baz update']);
    expect(server.record()).toMatchObject({ holder: 'baz', transitions: 1 });
    await stopAll(clock, one);
  });

  it('acquire from led object with the lease duration seconds: those of the lease count, not our own', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    server.put({ holder: 'bing', durationSeconds: 3 });
    const one = candidate(server, clock);
    one.start();
    await clock.advance(2_999);
    expect([one.elector.leader(), one.elector.isLeading()]).toEqual(['bing', false]);
    await clock.advance(1_001);
    expect(server.record()).toMatchObject({ holder: 'baz', transitions: 1 });
    expect(one.seen).toEqual(['bing', 'baz']);
    await stopAll(clock, one);
  });

  it('acquire from unled object', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    server.put({ holder: '', durationSeconds: 15 });
    const one = candidate(server, clock);
    one.start();
    await settle();
    expect(server.record()).toMatchObject({ holder: 'baz', transitions: 1 });
    await stopAll(clock, one);
  });

  it('acquire from led, unacked object: nobody has renewed it since we saw it', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    server.put({ holder: 'bing', durationSeconds: 15 });
    const one = candidate(server, clock);
    one.start();
    await clock.advance(14_999);
    expect(server.record().holder).toBe('bing');
    await clock.advance(2_001);
    expect(server.record()).toMatchObject({ holder: 'baz', transitions: 1 });
    await stopAll(clock, one);
  });

  it("don't acquire from led, acked object: it is renewed again and again", async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    server.put({ holder: 'bing', durationSeconds: 15 });
    one.start();
    for (let n = 0; n < 20; n += 1) {
      await clock.advance(5_000);
      server.put({ holder: 'bing', durationSeconds: 15, renewTime: `2026-01-01T00:00:${10 + n}.000000Z` });
    }
    expect([server.record().holder, one.elector.isLeading()]).toEqual(['bing', false]);
    expect(server.log.filter((line) => line !== 'baz get')).toEqual([]);
    expect(one.seen).toEqual(['bing']);
    await stopAll(clock, one);
  });

  it('renew already acquired object: the same identity after a restart goes on at once', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    server.put({ holder: 'baz', durationSeconds: 15, transitions: 4, acquireTime: '2026-01-01T00:00:00.000000Z' });
    const one = candidate(server, clock);
    one.start();
    await settle();
    expect(one.elector.isLeading()).toBe(true);
    expect(server.record()).toMatchObject({ transitions: 4, acquireTime: '2026-01-01T00:00:00.000000Z' });
    await stopAll(clock, one);
  });
});

describe('client-go: TestReleaseLeaseLeases', () => {
  it('release acquired lock from no object: holder empty, one second long, and the count of transitions kept', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    server.put({ holder: '', transitions: 6 });
    const one = candidate(server, clock);
    one.start();
    await settle();
    one.stop.abort();
    await settle();
    expect(one.end).toBe('released');
    expect(server.record()).toMatchObject({ holder: '', durationSeconds: 1, transitions: 7 });
    expect(server.lease?.['spec']).not.toHaveProperty('holderIdentity');
    expect(one.seen).toEqual(['baz', '']);
  });

  it('TestReleaseMethodCallsGet: it reads before it writes', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    server.log.length = 0;
    one.stop.abort();
    await settle();
    expect(server.log).toEqual(['baz get', 'baz update']);
  });

  it('TestReleaseRetriesOnConflict', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    let meddled = false;
    one.transport.before = ({ method }) => {
      // Between the read and the write of the release somebody touches the object.
      if (method !== 'PUT' || meddled) return;
      meddled = true;
      const { holder, durationSeconds, transitions } = server.record();
      server.put({ holder, durationSeconds, transitions });
    };
    server.log.length = 0;
    one.stop.abort();
    await settle();
    expect(server.log).toEqual(['baz get', 'baz update 409', 'baz get', 'baz update']);
    expect(server.record().holder).toBe('');
  });

  it('TestReleaseOnCancellation_Leases: a stop in the middle of a renewal gives the lease back', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    one.transport.before = ({ method }) => {
      if (method === 'PUT') one.stop.abort();
    };
    await clock.advance(2_000);
    expect(one.end).toBe('released');
    expect(server.record().holder).toBe('');
  });

  it("leaves another's lease alone", async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    server.put({ holder: 'bing', durationSeconds: 15, transitions: 1 });
    one.stop.abort();
    await settle();
    expect([one.end, server.record().holder]).toEqual(['released', 'bing']);
  });

  it('gives back also what it took without having got the answer', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.transport.next.push('answer', 'lose-answer');
    one.start();
    await settle();
    expect([server.record().holder, one.elector.isLeading()]).toEqual(['baz', false]);
    one.stop.abort();
    await settle();
    expect([one.end, server.record().holder]).toEqual(['released', '']);
  });

  it.each(['lose-answer', 'silent'] as const)(
    'TestReleaseOnCancellation_Leases: released although a renewal is under way (%s)',
    async (treatment) => {
      const [server, clock] = [new LeaseServer(), new VirtualClock()];
      const one = candidate(server, clock);
      one.start();
      await settle();
      one.transport.next.push(treatment);
      await clock.advance(2_000);
      one.stop.abort();
      await settle();
      expect([one.end, server.record().holder]).toEqual(['released', '']);
    },
  );
});

describe('client-go: TestFastPathLeaderElection', () => {
  it('Exercise fast path after lock acquired', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await clock.advance(4_000);
    expect(server.log).toEqual(['baz get 404', 'baz create', 'baz update', 'baz update']);
    await stopAll(clock, one);
  });

  it('Fallback to slow path after fast path fails', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await clock.advance(2_000);
    // An annotation was added, say.
    const { holder, durationSeconds, transitions, renewTime, acquireTime } = server.record();
    server.put({ holder, durationSeconds, transitions, renewTime, acquireTime });
    await clock.advance(4_000);
    expect(server.log.slice(2)).toEqual(['baz update', 'baz update 409', 'baz get', 'baz update', 'baz update']);
    await stopAll(clock, one);
  });
});

describe('client-go: TestLeaderElectionConfigValidation', () => {
  it.each([
    [{ identity: '' }, 'identity'],
    [{ timings: { leaseMs: 15_000, renewWithinMs: 15_000, retryMs: 2_000 } }, 'longer than'],
    [{ timings: { leaseMs: 15_000, renewWithinMs: 2_400, retryMs: 2_000 } }, '1.2 times'],
    [{ timings: { leaseMs: 15_000, renewWithinMs: 10_000, retryMs: 0 } }, 'positive'],
    [{ timings: { leaseMs: 15_500, renewWithinMs: 10_000, retryMs: 2_000 } }, 'whole seconds'],
  ])('refuses %o', (options, message) => {
    expect(() => candidate(new LeaseServer(), new VirtualClock(), options)).toThrow(message);
  });
});

describe('client-go: healthzadaptor_test', () => {
  it('is healthy while it follows, while it leads, and until the lease is over for longer than is tolerated', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    expect(one.elector.check(20_000)).toBeNull();
    one.start();
    await clock.advance(10_000);
    expect(one.elector.check(20_000)).toBeNull();
    // The event loop is stuck: time passes, no timer fires.
    clock.jump(36_000);
    expect(one.elector.check(20_000)).toContain('renewed 3');
    await stopAll(clock, one);
  });
});

describe('two candidates', () => {
  it('have one leader; when it stops the other follows at its next look, not when the lease is over', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const [a, b] = [candidate(server, clock, { identity: 'a' }), candidate(server, clock, { identity: 'b' })];
    a.start();
    await settle();
    b.start();
    await clock.advance(60_000);
    expect([a.elector.isLeading(), b.elector.isLeading(), b.elector.leader()]).toEqual([true, false, 'a']);
    a.stop.abort();
    await clock.advance(2_000);
    expect([a.end, b.elector.isLeading()]).toEqual(['released', true]);
    expect(server.record()).toMatchObject({ holder: 'b', transitions: 1 });
    await stopAll(clock, b);
  });

  it('race for a free lease: one create wins, the other waits', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const [a, b] = [candidate(server, clock, { identity: 'a' }), candidate(server, clock, { identity: 'b' })];
    a.start();
    b.start();
    await settle();
    expect([a, b].filter(({ elector }) => elector.isLeading())).toHaveLength(1);
    expect(server.log).toContain('b create 409');
    await clock.advance(60_000);
    expect([a, b].filter(({ elector }) => elector.isLeading())).toHaveLength(1);
    await stopAll(clock, a, b);
  });

  it('never lead at the same time when the leader is cut off: it gives up before the other may take over', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const [a, b] = [candidate(server, clock, { identity: 'a' }), candidate(server, clock, { identity: 'b' })];
    a.start();
    await settle();
    b.start();
    await clock.advance(7_000);
    a.transport.treatment = 'silent';
    for (let n = 0; n < 400; n += 1) {
      await clock.advance(100);
      expect([a.elector.isLeading(), b.elector.isLeading()]).not.toEqual([true, true]);
    }
    expect(a.end).toBeInstanceOf(LeadershipLostError);
    expect(a.end).toMatchObject({ message: 'the lease of the leader could not be renewed within 10 s' });
    expect(b.elector.isLeading()).toBe(true);
    await stopAll(clock, b);
  });

  it.each([-3_600_000, 3_600_000])('do not mind that their clocks differ by %d ms', async (skewMs) => {
    const server = new LeaseServer();
    const [clockA, clockB] = [new VirtualClock(), new VirtualClock()];
    clockB.jump(skewMs);
    const [a, b] = [candidate(server, clockA, { identity: 'a' }), candidate(server, clockB, { identity: 'b' })];
    a.start();
    await settle();
    b.start();
    for (let n = 0; n < 60; n += 1) {
      await clockA.advance(1_000);
      await clockB.advance(1_000);
      expect([a.elector.isLeading(), b.elector.isLeading()]).toEqual([true, false]);
    }
    a.stop.abort();
    await settle();
    await clockB.advance(2_000);
    expect(b.elector.isLeading()).toBe(true);
    b.stop.abort();
    await settle();
  });

  it('SIGSTOP longer than the lease: the one that wakes up knows at once, writes nothing, and ends', async () => {
    const server = new LeaseServer();
    const [clockA, clockB] = [new VirtualClock(), new VirtualClock()];
    const [a, b] = [candidate(server, clockA, { identity: 'a' }), candidate(server, clockB, { identity: 'b' })];
    a.start();
    await settle();
    b.start();
    await clockB.advance(16_000);
    expect(b.elector.isLeading()).toBe(true);
    // On a Linux machine the monotonic clock goes on while a process is stopped, and timers fire when it goes on.
    clockA.jump(16_000);
    expect(a.elector.isLeading()).toBe(false);
    server.log.length = 0;
    await clockA.advance(2_000);
    expect(a.end).toBeInstanceOf(LeadershipLostError);
    expect(a.end).toMatchObject({ message: 'b has the lease of the leader now' });
    expect(server.log).toEqual(['a get']);
    expect(server.record()).toMatchObject({ holder: 'b', transitions: 1 });
    b.stop.abort();
    await settle();
  });

  it('a renewal that was delayed on the wire beyond the lease is refused: the other has written', async () => {
    const server = new LeaseServer();
    const [clockA, clockB] = [new VirtualClock(), new VirtualClock()];
    const [a, b] = [candidate(server, clockA, { identity: 'a' }), candidate(server, clockB, { identity: 'b' })];
    a.start();
    await settle();
    b.start();
    await settle();
    let letGo: () => void = () => undefined;
    a.transport.before = () =>
      new Promise<void>((resolve) => {
        letGo = resolve;
      });
    await clockA.advance(2_000);
    await clockB.advance(16_000);
    expect(b.elector.isLeading()).toBe(true);
    a.transport.before = () => undefined;
    letGo();
    await settle();
    expect(server.log).toContain('a update 409');
    expect(server.record().holder).toBe('b');
    expect(a.end).toBeInstanceOf(LeadershipLostError);
    b.stop.abort();
    await settle();
  });
});

describe('a leader', () => {
  it('survives an API server that is away for less than the time to renew', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    one.transport.treatment = 'refuse';
    await clock.advance(7_000);
    one.transport.treatment = 'answer';
    await clock.advance(60_000);
    expect([one.end, one.elector.isLeading()]).toEqual([null, true]);
    expect(one.problems.length).toBeGreaterThan(0);
    await stopAll(clock, one);
  });

  it('N1: keeps its lease of 30 s through an event loop that stands still for 15 s, and renews it at once', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock, { timings: {} });
    one.start();
    await settle();
    clock.jump(15_000);
    expect(one.elector.isLeading()).toBe(true);
    await clock.advance(4_000);
    clock.jump(15_000);
    await clock.advance(4_000);
    expect([one.end, one.elector.isLeading()]).toEqual([null, true]);
    await stopAll(clock, one);
  });

  it('finds out that a renewal without an answer was done, and goes on', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    one.transport.next.push('lose-answer');
    await clock.advance(20_000);
    expect([one.end, one.elector.isLeading(), server.record().transitions]).toEqual([null, true, 0]);
    await stopAll(clock, one);
  });

  it('does not trust its lease after the wall clock jumped, and renews it at its next try', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    clock.jump(60_000);
    expect(one.elector.isLeading()).toBe(false);
    await clock.advance(2_000);
    expect([one.end, one.elector.isLeading()]).toEqual([null, true]);
    clock.jump(-60_000);
    expect(one.elector.isLeading()).toBe(true);
    await stopAll(clock, one);
  });

  it('creates the lease again where somebody deleted it', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const one = candidate(server, clock);
    one.start();
    await settle();
    server.lease = null;
    one.transport.next.push('refuse');
    await clock.advance(2_000);
    expect([server.record().holder, one.elector.isLeading()]).toEqual(['baz', true]);
    await stopAll(clock, one);
  });

  it('tells who waits for it, and lets go who waits no longer', async () => {
    const [server, clock] = [new LeaseServer(), new VirtualClock()];
    const [a, b] = [candidate(server, clock, { identity: 'a' }), candidate(server, clock, { identity: 'b' })];
    a.start();
    await a.elector.elected(a.stop.signal);
    await a.elector.elected(a.stop.signal);
    b.start();
    const waiting = b.elector.elected(b.stop.signal);
    b.stop.abort();
    await expect(waiting).rejects.toThrow('waiting for the lease');
    await stopAll(clock, a, b);
  });
});

describe('over HTTP', () => {
  afterEach(() => {
    nock.cleanAll();
  });

  it('writes times with six digits, and the resourceVersion as the precondition', async () => {
    const clock = new VirtualClock();
    const sent: Record<string, unknown>[] = [];
    const path = '/apis/coordination.k8s.io/v1/namespaces/foo/leases';
    const stored = (version: string) => (_uri: string, body: unknown) => {
      const lease = body as Record<string, unknown>;
      sent.push(lease);
      return { ...lease, metadata: { namespace: 'foo', name: 'bar', uid: 'u', resourceVersion: version } };
    };
    nock('http://api.test').get(`${path}/bar`).reply(404, { kind: 'Status', code: 404, reason: 'NotFound' });
    nock('http://api.test').post(path).query(true).reply(201, stored('7'));
    nock('http://api.test').put(`${path}/bar`).query(true).reply(200, stored('8'));
    const transport = createHttpTransport({ credentials: fixedCredentials('http://api.test'), clock });
    const elector = new LeaderElector({
      client: createClient({ transport, clock, random: () => 0, userAgent: 'test' }),
      clock,
      random: () => 0,
      lease: LEASE,
      identity: 'pod-1',
      timings: TIMINGS,
    });
    const stop = new AbortController();
    const running = elector.run(stop.signal);
    await elector.elected(stop.signal);
    clock.jump(31);
    const before = sent.length;
    await clock.advance(2_000);
    while (sent.length === before) await settle();
    expect(sent[0]).toMatchObject({
      spec: { holderIdentity: 'pod-1', leaseDurationSeconds: 15, renewTime: '2026-03-14T03:11:44.000000Z' },
    });
    expect(sent[1]).toMatchObject({
      metadata: { resourceVersion: '7' },
      spec: { acquireTime: '2026-03-14T03:11:44.000000Z', renewTime: '2026-03-14T03:11:46.031000Z' },
    });
    nock('http://api.test').get(`${path}/bar`).reply(404, { kind: 'Status', code: 404, reason: 'NotFound' });
    stop.abort();
    await running;
    transport.close();
  });
});
