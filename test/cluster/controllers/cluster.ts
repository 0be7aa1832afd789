import type { Node } from '../../../src/api/kube.js';
import { createControllers, type ControllerOptions, type Controllers } from '../../../src/cluster/controllers/index.js';
import { NAMESPACES, NODES } from '../../../src/cluster/resource.js';
import { settle, VirtualClock } from '../../support/virtual-clock.js';
import { MemoryClient } from './memory-client.js';
import { aNode } from './objects.js';

export interface TestCluster {
  readonly client: MemoryClient;
  readonly clock: VirtualClock;
  readonly controllers: Controllers;
  readonly errors: readonly unknown[];
}

/** Controllers that run on a memory client, with the namespace `ns` and the nodes given. */
export async function startCluster(
  options: Partial<ControllerOptions> & { readonly nodes?: readonly Node[] } = {},
): Promise<TestCluster> {
  const clock = new VirtualClock();
  const client = new MemoryClient(clock);
  const errors: unknown[] = [];
  const { nodes = [aNode('node-1')], ...rest } = options;
  const controllers = createControllers({ client, clock, onError: (error) => errors.push(error), ...rest });
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } });
  for (const node of nodes) await client.create(NODES, node);
  await controllers.start();
  await settle();
  return { client, clock, controllers, errors };
}
