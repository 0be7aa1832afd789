import type { KubeObject } from '../../../src/api/kube.js';
import type { Installed } from '../../../src/cli/check/installation.js';
import { OWN_NAMES } from '../../../src/cli/controller/needed-rights.js';
import type { Client, Page, Resource, Stored } from '../../../src/runtime/index.js';

export const NOW = Date.parse('2026-03-14T03:11:44Z');

export function at(msAgo: number): string {
  return new Date(NOW - msAgo).toISOString();
}

/** A healthy installation, and what is other about it. */
export function installed(other: Partial<Installed> = {}): Installed {
  return {
    namespace: 'lockstep-system',
    name: 'lockstep-controller',
    replicas: 1,
    ready: 1,
    strategy: 'Recreate',
    image: 'lockstep:0.1.0',
    serviceAccount: 'lockstep-controller',
    leaderElect: true,
    names: OWN_NAMES,
    namespaces: [null],
    store: { kind: 'sqlite', path: '/var/lib/lockstep/audit.db' },
    ...other,
  };
}

/** Lists and finds objects that a test writes down, by plural. */
export function listing(objects: Readonly<Record<string, readonly KubeObject[]>>): Pick<Client, 'list' | 'find'> {
  const of = <T extends KubeObject>({ plural }: Resource<T>) => (objects[plural] ?? []) as readonly Stored<T>[];
  return {
    list: <T extends KubeObject>(resource: Resource<T>): Promise<Page<T>> =>
      Promise.resolve({ items: of(resource), resourceVersion: '1' }),
    find: <T extends KubeObject>(resource: Resource<T>) => Promise.resolve(of(resource)[0] ?? null),
  };
}
