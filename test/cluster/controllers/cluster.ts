import type { Node } from '../../../src/api/kube.js';
import { createControllers, type ControllerOptions, type Controllers } from '../../../src/cluster/controllers/index.js';
import { NODES } from '../../../src/cluster/resource.js';
import { settle, VirtualClock } from '../../support/virtual-clock.js';
import { TestClient } from './test-client.js';
import { aNode } from './objects.js';

export interface TestCluster {
  readonly client: TestClient;
  readonly clock: VirtualClock;
  readonly controllers: Controllers;
  readonly errors: readonly unknown[];
}

/** Controllers that run on a memory client, with the namespace `ns` and the nodes given. */
export async function startCluster(
  options: Partial<ControllerOptions> & { readonly nodes?: readonly Node[] } = {},
): Promise<TestCluster> {
  const clock = new VirtualClock();
  const client = new TestClient(clock);
  const errors: unknown[] = [];
  const { nodes = [aNode('node-1')], ...rest } = options;
  const controllers = createControllers({ client, clock, onError: (error) => errors.push(error), ...rest });
  await client.makeNamespace('ns');
  for (const node of nodes) await client.create(NODES, node);
  await controllers.start();
  await settle();
  return { client, clock, controllers, errors };
}
