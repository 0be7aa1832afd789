import { describe, expect, it } from 'vitest';
import { installedLeader } from '../../../src/cli/controller/installed-leader.js';
import { ApiError } from '../../../src/runtime/index.js';
import { NOW, at, listing } from '../check/fakes.js';

function lease(namespace: string, spec: object): never {
  return { metadata: { namespace, name: 'lockstep-controller' }, spec } as never;
}

const ALIVE = { holderIdentity: 'pod-1', leaseDurationSeconds: 30, renewTime: at(4_000) };
const look = (client: Pick<Parameters<typeof installedLeader>[0], 'list'>, gitVersion = 'v1.35.4') =>
  installedLeader({ ...client, call: () => Promise.resolve({ gitVersion }) }, { namespace: 'shop', now: NOW });

describe('an installed controller is seen by its lease', () => {
  it('that is renewed', async () => {
    expect(await look(listing({ leases: [lease('lockstep-system', ALIVE)] }))).toBe('lockstep-system/pod-1');
  });

  it('and not by one that was given back, or is over', async () => {
    const over = { ...ALIVE, renewTime: at(61_000) };
    expect(
      await look(listing({ leases: [lease('lockstep-system', over), lease('shop', { leaseDurationSeconds: 1 })] })),
    ).toBeNull();
  });

  it('where it works on the namespace that is meant', async () => {
    expect(await look(listing({ leases: [lease('other', ALIVE)] }))).toBeNull();
    expect(await look(listing({ leases: [lease('shop', ALIVE)] }))).toBe('shop/pod-1');
    const container = { args: ['controller', '--namespaces=shop,store'] };
    const deployment = {
      metadata: { namespace: 'other', name: 'c' },
      spec: { template: { spec: { containers: [container] } } },
    };
    const objects = { leases: [lease('other', ALIVE)], deployments: [deployment as never] };
    expect(await look(listing(objects))).toBe('other/pod-1');
  });

  it('and without a lease on the embedded cluster, which has a kubeconfig only while lockstep up is its controller', async () => {
    expect(await look(listing({}), 'v1.35.4+lockstep-embedded')).toBe('lockstep up');
  });

  it('if one may look at all', async () => {
    const refused = new ApiError('list leases', { kind: 'Status' }, { code: 403, retryAfterMs: null });
    expect(await look({ list: () => Promise.reject(refused) })).toBeNull();
  });
});
