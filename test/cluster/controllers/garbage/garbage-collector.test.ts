import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, type Resource } from '../../../../src/cluster/resource.js';
import type { KubeObject } from '../../../../src/api/kube.js';
import { settle } from '../../../support/virtual-clock.js';
import { startCluster, type TestCluster } from '../cluster.js';
import { ownedBy } from '../objects.js';

const WIDGETS: Resource = { group: 'x.dev', version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true };

async function defineWidgets({ client }: TestCluster): Promise<void> {
  await client.create(CUSTOM_RESOURCE_DEFINITIONS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.x.dev' },
    spec: {
      group: 'x.dev',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
    status: {
      acceptedNames: { plural: 'widgets', kind: 'Widget' },
      storedVersions: ['v1'],
      conditions: [{ type: 'Established', status: 'True' }],
    },
  });
  await settle();
}

const widget = (name: string): KubeObject => ({
  apiVersion: 'x.dev/v1',
  kind: 'Widget',
  metadata: { namespace: 'ns', name },
});

async function own(
  { client }: TestCluster,
  name: string,
  owners: readonly { readonly of: KubeObject; readonly block?: boolean }[],
): Promise<void> {
  const ownerReferences = owners.map(({ of, block = false }) => ownedBy(of, { blockOwnerDeletion: block }));
  await client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'ns', name, ownerReferences },
  });
}

async function present(cluster: TestCluster): Promise<readonly string[]> {
  await settle();
  const widgets = await cluster.client.list(WIDGETS, { namespace: 'ns' });
  const maps = await cluster.client.list(CONFIG_MAPS, { namespace: 'ns' });
  return [...widgets.items, ...maps.items].map(({ metadata }) => metadata.name);
}

async function withWidgets(...names: readonly string[]): Promise<{ cluster: TestCluster; widgets: KubeObject[] }> {
  const cluster = await startCluster();
  await defineWidgets(cluster);
  const widgets: KubeObject[] = [];
  for (const name of names) widgets.push(await cluster.client.create(WIDGETS, widget(name)));
  return { cluster, widgets };
}

describe('the garbage collector', () => {
  it('deletes what has lost its last owner, custom resources included', async () => {
    const { cluster, widgets } = await withWidgets('a', 'b');
    const [a, b] = widgets;
    await own(cluster, 'of-a', [{ of: a ?? {} }]);
    await own(cluster, 'of-both', [{ of: a ?? {} }, { of: b ?? {} }]);
    await cluster.client.delete(WIDGETS, { namespace: 'ns', name: 'a' });
    expect(await present(cluster)).toEqual(['b', 'of-both']);
    await cluster.client.delete(WIDGETS, { namespace: 'ns', name: 'b' });
    expect(await present(cluster)).toEqual([]);
  });

  it('does not take a new object of the same name for the old owner', async () => {
    const { cluster, widgets } = await withWidgets('a');
    await own(cluster, 'of-a', [{ of: widgets[0] ?? {} }]);
    await cluster.client.delete(WIDGETS, { namespace: 'ns', name: 'a' });
    await cluster.client.create(WIDGETS, widget('a'));
    expect(await present(cluster)).toEqual(['a']);
  });

  it('deletes an object that is created with an owner that was never there', async () => {
    const { cluster } = await withWidgets();
    await own(cluster, 'late', [{ of: { ...widget('a'), metadata: { name: 'a', uid: 'never-was' } } }]);
    expect(await present(cluster)).toEqual([]);
  });

  it('never believes that an owner of an unknown kind is gone', async () => {
    const { cluster } = await withWidgets();
    await own(cluster, 'kept', [{ of: { apiVersion: 'y.dev/v1', kind: 'Gadget', metadata: { name: 'g', uid: '1' } } }]);
    expect(await present(cluster)).toEqual(['kept']);
  });

  it('in the foreground deletes the dependents first, and the owner once none blocks it', async () => {
    const { cluster, widgets } = await withWidgets('a');
    await own(cluster, 'of-a', [{ of: widgets[0] ?? {}, block: true }]);
    await cluster.client.patch(
      CONFIG_MAPS,
      { namespace: 'ns', name: 'of-a' },
      { body: { metadata: { finalizers: ['x.dev/hold'] } } },
    );
    await cluster.client.delete(WIDGETS, { namespace: 'ns', name: 'a' }, { propagationPolicy: 'Foreground' });
    expect(await present(cluster)).toEqual(['a', 'of-a']);
    const waiting = await cluster.client.get(CONFIG_MAPS, { namespace: 'ns', name: 'of-a' });
    expect(waiting.metadata.deletionTimestamp).toBeDefined();
    await cluster.client.patch(
      CONFIG_MAPS,
      { namespace: 'ns', name: 'of-a' },
      { body: { metadata: { finalizers: null } } },
    );
    expect(await present(cluster)).toEqual([]);
  });

  it('lets orphans forget their owner', async () => {
    const { cluster, widgets } = await withWidgets('a');
    await own(cluster, 'of-a', [{ of: widgets[0] ?? {} }]);
    await cluster.client.delete(WIDGETS, { namespace: 'ns', name: 'a' }, { propagationPolicy: 'Orphan' });
    expect(await present(cluster)).toEqual(['of-a']);
    const orphan = await cluster.client.get(CONFIG_MAPS, { namespace: 'ns', name: 'of-a' });
    expect(orphan.metadata.ownerReferences).toBeUndefined();
  });
});
