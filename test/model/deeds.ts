import { PODS } from '../../src/cluster/resource.js';
import { cordon } from '../crash/scenarios/happenings.js';
import type { Happening } from '../crash/scenario.js';
import type { Fault } from '../support/embedded/faults.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { type EmbeddedWorld, RUNS, type Run, podsOf } from '../support/embedded-world.js';
import type { Deed } from './history.js';

/** A deed some time after the one before it, in a form that a scenario can hold. */
export function happens(afterMs: number, deed: Deed): Happening {
  return { when: () => true, afterMs, act: (world, run) => carryOut(world, run, deed) };
}

async function carryOut(world: EmbeddedWorld, run: Run, deed: Deed): Promise<void> {
  switch (deed.do) {
    case 'kill':
      for (const process of world.processes) process.kill();
      return;
    case 'crash':
      atCall(world, deed.calls, { kind: `crash-${deed.when}` });
      return;
    case 'new-leader':
      await newLeader(world, deed.overlapMs);
      return;
    case 'late-waker':
      freeze(world, deed);
      return;
    case 'jump':
      world.clock.jump(deed.ms);
      return;
    case 'act':
      await world.act(run, deed.verb);
      return;
    case 'delete-run':
      if (!world.isGone(run))
        await world.cluster.client.delete(RUNS, { namespace: NAMESPACE, name: run.metadata.name });
      return;
    case 'delete-pod':
    case 'evict-pod':
      await removePod(world, deed);
      return;
    case 'fault':
      atCall(world, deed.calls, FAULTS[deed.answer]);
      return;
    case 'store-down': {
      const until = world.clock.monotonic() + deed.forMs;
      world.injectAtStore(() => world.clock.monotonic() < until, { kind: 'unsent' });
      return;
    }
    case 'cordon':
      await cordon(world, true);
      world.clock.after(deed.forMs, () => void cordon(world, false));
      return;
  }
}

function atCall(world: EmbeddedWorld, calls: number, fault: Fault): void {
  const number = world.calls.length + calls;
  world.inject((call) => call.number === number, fault);
}

async function newLeader(world: EmbeddedWorld, overlapMs: number): Promise<void> {
  const old = world.processes.filter((process) => process.alive);
  await world.startController();
  world.clock.after(overlapMs, () => {
    for (const process of old) process.kill();
  });
}

function freeze(world: EmbeddedWorld, { calls, when, forMs }: Extract<Deed, { do: 'late-waker' }>): void {
  const number = world.calls.length + calls;
  let sleeping: number | null = null;
  const onFreeze = (): void => {
    world.clock.after(0, () => void world.startController());
    world.clock.after(forMs, () => {
      world.processes.find((process) => process.number === sleeping)?.thaw();
    });
  };
  const isIt = (call: { readonly number: number; readonly process: number }): boolean => {
    if (call.number !== number) return false;
    sleeping = call.process;
    return true;
  };
  world.inject(isIt, { kind: `frozen-${when}`, onFreeze });
}

async function removePod(world: EmbeddedWorld, { do: how, step }: Extract<Deed, { step: string }>): Promise<void> {
  const pod = podsOf(world, step).at(-1);
  if (pod === undefined || !(await world.pods()).some(({ metadata }) => metadata.uid === pod.metadata.uid)) return;
  const { name } = pod.metadata;
  if (how === 'delete-pod') {
    await world.cluster.client.delete(PODS, { namespace: NAMESPACE, name });
    return;
  }
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: NAMESPACE } };
  await world.cluster.server.handle({
    method: 'POST',
    path: `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(eviction),
  });
}

/** As in the enumeration: what an API server, or the way to it, may do to any call. */
const FAULTS: Readonly<Record<Extract<Deed, { do: 'fault' }>['answer'], Fault>> = {
  reset: { kind: 'lost' },
  timeout: { kind: 'silent' },
  409: { kind: 'answer', code: 409, reason: 'Conflict', message: 'the object has been modified' },
  429: { kind: 'answer', code: 429, reason: 'TooManyRequests', message: 'come later', retryAfterSeconds: 1 },
  500: { kind: 'turned', code: 500, reason: 'InternalError', message: 'etcdserver: request timed out' },
  503: { kind: 'answer', code: 503, reason: 'ServiceUnavailable', message: 'the server is starting' },
};
