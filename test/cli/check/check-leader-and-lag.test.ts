import { describe, expect, it } from 'vitest';
import { checkLag } from '../../../src/cli/check/check-lag.js';
import { checkLeader } from '../../../src/cli/check/check-leader.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { NOW, at, installed, listing } from './fakes.js';

describe('the leader', () => {
  const look = (spec: object | null) =>
    checkLeader(
      listing({ leases: spec === null ? [] : [{ metadata: { name: 'l' }, spec } as never] }),
      // Where no replica is ready nobody can begin to lead: that is told at once.
      installed({ ready: 0 }),
      { now: NOW, clock: new VirtualClock() },
    );

  it('is named, with its age and how often it changed', async () => {
    const spec = {
      holderIdentity: 'pod-1',
      leaseDurationSeconds: 30,
      acquireTime: at(3 * 3_600_000),
      renewTime: at(2_000),
      leaseTransitions: 1,
    };
    expect(await look(spec)).toMatchObject([
      { level: 'ok', says: 'pod-1, since 3 h, after 1 change; its lease was renewed 2 s ago' },
    ]);
  });

  it('is missed where its lease is over', async () => {
    const spec = { holderIdentity: 'pod-1', leaseDurationSeconds: 30, renewTime: at(300_000) };
    expect(await look(spec)).toMatchObject([
      { level: 'fail', says: 'nobody leads: pod-1 renewed its lease 5 min ago, and it lasts 30 s' },
    ]);
  });

  it('is missed where nobody has ever led, or the last one has stopped', async () => {
    expect(await look(null)).toMatchObject([
      { level: 'fail', says: expect.stringContaining('nobody has ever led') as string },
    ]);
    expect(await look({})).toMatchObject([
      { level: 'fail', says: expect.stringContaining('gave the lease back') as string },
    ]);
  });

  it('is waited for while it may be changing: as long as a replica that is ready needs to see that nobody leads', async () => {
    const led = { holderIdentity: 'pod-2', leaseDurationSeconds: 30, acquireTime: at(0), renewTime: at(0) };
    const holders: object[] = [{}, {}, led];
    const clock = new VirtualClock();
    const leases = { find: () => Promise.resolve({ metadata: { name: 'l' }, spec: holders.shift() ?? led } as never) };
    const changed = checkLeader(leases, installed(), { now: NOW, clock });
    await clock.advance(2_000);
    expect(await changed).toMatchObject([{ level: 'ok', says: expect.stringContaining('pod-2') as string }]);

    const nobody = checkLeader(listing({}), installed(), { now: NOW, clock });
    await clock.advance(10_000);
    expect(await nobody).toMatchObject([{ level: 'fail' }]);
  });

  it('is not looked for without leader election', async () => {
    expect(
      await checkLeader(listing({}), installed({ leaderElect: false }), { now: NOW, clock: new VirtualClock() }),
    ).toEqual([]);
  });
});

describe('what is behind', () => {
  const run = (name: string, status: object, more: object = {}) =>
    ({
      kind: 'WorkflowExecution',
      metadata: { namespace: 'shop', name, creationTimestamp: at(60_000), ...more },
      status,
    }) as never;
  const look = (...workflowexecutions: readonly never[]) =>
    checkLag(listing({ workflowexecutions }), { namespaces: [null], now: NOW });
  const outbox = (ageMs: number) => ({
    engine: {
      audit: {
        acked: 1,
        outbox: [
          { seq: 1, time: at(9e9) },
          { seq: 2, time: at(ageMs) },
        ],
      },
    },
  });
  const OWES = { finalizers: ['lockstep.dev/owes'] };

  it('is nothing where runs are under way and events are stored', async () => {
    expect(
      await look(run('a', { phase: 'Running', ...outbox(1_000) }, OWES), run('b', { phase: 'Succeeded' })),
    ).toMatchObject([{ level: 'ok', says: 'none: 1 run under way, 1 over, all events stored' }]);
  });

  it('is a run that nobody has begun for longer than a moment', async () => {
    const fresh = { creationTimestamp: at(1_000) };
    expect(await look(run('old', {}), run('new', {}, fresh))).toMatchObject([
      {
        level: 'fail',
        about: 'lag',
        says: '1 run not begun, the oldest for 60 s',
        details: ['WorkflowExecution shop/old'],
      },
    ]);
  });

  it('is an event that is not stored, unless the run owes nothing any more', async () => {
    const late = { phase: 'Running', ...outbox(60_000) };
    expect(await look(run('owes', late, OWES), run('done', late))).toMatchObject([
      { level: 'fail', about: 'audit trail', details: ['WorkflowExecution shop/owes'] },
    ]);
  });

  it('is a backlog that the controller itself has told of', async () => {
    const status = { phase: 'Running', conditions: [{ type: 'AuditBacklogged', status: 'True' }] };
    expect(await look(run('a', status, OWES))).toMatchObject([{ level: 'fail', about: 'audit trail' }]);
  });

  it('tells which runs wait for a person, at most five of them by name', async () => {
    const status = { phase: 'Blocked', conditions: [{ type: 'Stalled', status: 'True' }] };
    const [finding] = await look(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => run(name, status)));
    expect(finding).toMatchObject({ level: 'warn', says: '7 runs wait for a person' });
    expect(finding?.details).toHaveLength(6);
    expect(finding?.details[5]).toBe('and 2 more');
  });
});
