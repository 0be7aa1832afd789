import { attemptObjectName } from '../../../src/api/object-name.js';
import type { ActionVerb } from '../../../src/api/types.js';
import { NODES, PODS } from '../../../src/cluster/resource.js';
import { NAMESPACE } from '../../support/embedded/embedded-cluster.js';
import { type EmbeddedWorld, RUNS, type Run, podsOf, statesOf } from '../../support/embedded-world.js';
import type { Happening } from '../scenario.js';

/** Longer than a write can hang. */
const LATER_MS = 20_000;

export function stateIs(step: string, state: string): (run: Run) => boolean {
  return (run) => statesOf(run)[step] === state;
}

/** A person's action, some time after a step has come into a state. */
export function acts(verb: ActionVerb, step: string, state: string): Happening {
  return { when: stateIs(step, state), afterMs: LATER_MS, act: (world, run) => world.act(run, verb) };
}

/** An action some time after another has been answered. */
export function actsAfter(verb: ActionVerb, earlier: ActionVerb): Happening {
  return {
    when: (run) => (run.status?.engine?.actions ?? []).some((action) => action.verb === earlier),
    afterMs: LATER_MS,
    act: (world, run) => world.act(run, verb),
  };
}

export function deletesRun(step: string, state: string): Happening {
  return {
    when: stateIs(step, state),
    afterMs: LATER_MS,
    act: async (world, run) => {
      await world.cluster.client.delete(RUNS, { namespace: NAMESPACE, name: run.metadata.name });
    },
  };
}

export function deletesPod(step: string): Happening {
  return {
    when: stateIs(step, 'Running'),
    afterMs: LATER_MS,
    act: async (world) => {
      await world.cluster.client.delete(PODS, { namespace: NAMESPACE, name: lastPod(world, step) });
    },
  };
}

/** Somebody else creates a pod under the name that the step's will have. */
export function takesName(step: string, meanwhile: string): Happening {
  return {
    when: stateIs(meanwhile, 'Running'),
    afterMs: LATER_MS,
    act: async (world, run) => {
      const name = attemptObjectName(run.metadata, step, 1);
      const containers = [{ name: 'main', image: 'registry.example.com/tool:1', command: ['stranger'] }];
      const spec = { restartPolicy: 'Never', containers };
      const metadata = { namespace: NAMESPACE, name };
      await world.cluster.client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    },
  };
}

/** As `kubectl drain` does. */
export function evictsPod(step: string): Happening {
  return {
    when: stateIs(step, 'Running'),
    afterMs: LATER_MS,
    act: async (world) => {
      const name = lastPod(world, step);
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: NAMESPACE } };
      const { status, body } = await world.cluster.server.handle({
        method: 'POST',
        path: `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(eviction),
      });
      if (status !== 201) throw new Error(`the eviction was answered with ${status}: ${JSON.stringify(body)}`);
    },
  };
}

/** No pod is placed on the node any more, or again. */
export async function cordon({ cluster }: EmbeddedWorld, unschedulable: boolean): Promise<void> {
  const node = await cluster.client.get(NODES, { name: 'node-1' });
  await cluster.client.update(NODES, { ...node, spec: { ...node.spec, unschedulable } });
}

function lastPod(world: EmbeddedWorld, step: string): string {
  const pod = podsOf(world, step).at(-1);
  if (pod === undefined) throw new Error(`no pod of step ${step} was created`);
  return pod.metadata.name;
}
