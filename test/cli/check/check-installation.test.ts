import { describe, expect, it } from 'vitest';
import { checkInstallation, checkOverlap } from '../../../src/cli/check/check-installation.js';
import type { Finding } from '../../../src/cli/check/finding.js';
import type { Installed } from '../../../src/cli/check/installation.js';
import { findInstalled } from '../../../src/cli/check/installation.js';
import { installed, listing } from './fakes.js';

async function found(other: Partial<Installed> = {}): Promise<readonly (readonly [string, string])[]> {
  const findings = await checkInstallation(listing({}), installed(other), '0.1.0');
  return findings.map(({ level, says }) => [level, says]);
}

describe('how a controller is installed', () => {
  it('is fine by default: one replica, Recreate, SQLite', async () => {
    expect(await found()).toEqual([
      [
        'ok',
        'lockstep-system/lockstep-controller: 1 of 1 ready, lockstep:0.1.0, all namespaces, audit trail in SQLite',
      ],
    ]);
  });

  it('refuses SQLite with more than one replica', async () => {
    const [[level, says] = []] = await found({ replicas: 2, ready: 2 });
    expect(level).toBe('fail');
    expect(says).toContain('has 2 replicas and its audit trail in SQLite (/var/lib/lockstep/audit.db)');
  });

  it.each([{ kind: 'postgres' }, { kind: 'secret', name: 'lockstep-audit' }] as const)(
    'takes more than one with the trail in %o',
    async (store) => {
      expect(await found({ replicas: 2, ready: 2, store, strategy: 'RollingUpdate' })).toMatchObject([
        ['ok', expect.stringMatching(/2 of 2/) as string],
      ]);
    },
  );

  it('demands leader election of more than one', async () => {
    const [[level, says] = []] = await found({
      replicas: 2,
      ready: 2,
      store: { kind: 'postgres' },
      leaderElect: false,
    });
    expect([level, says]).toEqual(['fail', expect.stringContaining('without --leader-elect')]);
  });

  it('warns of an update that opens one SQLite file twice, and of an image of another version', async () => {
    expect(await found({ strategy: 'RollingUpdate', image: 'registry.test:5000/lockstep:0.0.9' })).toMatchObject([
      ['warn', expect.stringMatching(/for a moment two pods open one file/) as string],
      ['warn', expect.stringMatching(/runs registry.test:5000\/lockstep:0.0.9, and this program is 0.1.0/) as string],
    ]);
  });

  it('says that nothing moves without a replica', async () => {
    expect(await found({ replicas: 0, ready: 0 })).toMatchObject([
      ['fail', expect.stringMatching(/no replica: nothing moves/) as string],
    ]);
  });

  it('tells why its pods are not ready', async () => {
    const pods = [
      {
        metadata: { name: 'a' },
        status: {
          containerStatuses: [
            {
              state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
              lastState: { terminated: { exitCode: 1 } },
            },
          ],
        },
      },
      { metadata: { name: 'b' }, status: { phase: 'Pending', conditions: [{ status: 'False', message: 'no node' }] } },
    ];
    const [finding] = await checkInstallation(listing({ pods: pods }), installed({ ready: 0 }), '0.1.0');
    expect(finding).toMatchObject({
      level: 'fail',
      details: ['a: CrashLoopBackOff: back-off 40s; it ended with 1 before', 'b: Pending: no node'],
    });
  });
});

describe('several controllers', () => {
  const overlap = (...all: readonly Partial<Installed>[]): readonly Finding[] => checkOverlap(all.map(installed));

  it('may not work on the same runs: each has a key of its own', () => {
    expect(overlap({ namespaces: [null] }, { namespace: 'shop', namespaces: ['shop'] })).toHaveLength(1);
    expect(overlap({ namespaces: ['a', 'b'] }, { namespaces: ['b'] })).toMatchObject([{ level: 'fail' }]);
  });

  it('may have namespaces of their own', () => {
    expect(overlap({ namespaces: ['a'] }, { namespaces: ['b', 'c'] })).toEqual([]);
  });
});

describe('a Deployment is read as the command line that it gives', () => {
  const read = async (container: object): Promise<Installed | undefined> => {
    const deployment = {
      metadata: { namespace: 'shop', name: 'c' },
      spec: { template: { spec: { containers: [{ image: 'lockstep:1', ...container }] } } },
    };
    const [one] = await findInstalled(listing({ deployments: [deployment] }), undefined);
    return one;
  };

  it.each([
    [{ args: ['controller'] }, [null]],
    [{ args: ['controller', '--namespace=$(POD_NAMESPACE)'] }, ['shop']],
    [{ args: ['controller', '-n', 'other'] }, ['other']],
    [{ args: ['controller', '--namespaces', 'a, b'] }, ['a', 'b']],
  ])('%o watches %o', async (container, namespaces) => {
    expect(await read(container)).toMatchObject({ namespaces });
  });

  it.each([
    [{}, { kind: 'sqlite', path: 'the data directory' }],
    [{ args: ['--audit-store=/data/a.db'] }, { kind: 'sqlite', path: '/data/a.db' }],
    [{ env: [{ name: 'LOCKSTEP_AUDIT_STORE', value: 'sqlite:/x/a.db' }] }, { kind: 'sqlite', path: '/x/a.db' }],
    [{ env: [{ name: 'LOCKSTEP_AUDIT_STORE', value: 'postgres://me@db/audit' }] }, { kind: 'postgres' }],
    [
      { env: [{ name: 'LOCKSTEP_AUDIT_STORE', valueFrom: { secretKeyRef: { name: 's', key: 'url' } } }] },
      { kind: 'secret', name: 's' },
    ],
  ])('%o keeps the trail in %o', async (container, store) => {
    expect(await read(container)).toMatchObject({ store });
  });

  it('knows whether it elects a leader, and under which name', async () => {
    expect(await read({ args: ['controller'] })).toMatchObject({ leaderElect: false });
    expect(await read({ args: ['--leader-elect', '--lease-name=l'] })).toMatchObject({
      leaderElect: true,
      names: { lease: 'l' },
    });
  });
});
