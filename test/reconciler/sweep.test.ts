import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/api/json.js';
import { attemptObjectName } from '../../src/api/object-name.js';
import type { FoundObject } from '../../src/executors/executor.js';
import type { RunResource } from '../../src/reconciler/ports.js';
import { sweep } from '../../src/reconciler/sweep.js';
import { encodeStatus } from '../../src/status/encode.js';
import { makePlan, podTask } from '../support/plans.js';
import { RUNS_ON, World } from '../support/world.js';

const world = new World(makePlan([podTask('a')]), () => RUNS_ON);
const state = world.pass();
const engine: unknown = encodeStatus(state);
const before: unknown = encodeStatus({ ...state, tasks: [] });
const { run } = world;
const object: FoundObject = {
  task: 'a',
  number: 1,
  name: attemptObjectName(run, 'a', 1),
  uid: 'uid-of-the-pod',
  proven: true,
  run,
};

function resource(status: unknown, uid = run.uid): RunResource {
  return {
    ref: { ...run, uid },
    generation: 1,
    resourceVersion: '1',
    finalizers: [],
    annotations: {},
    deleting: false,
    spec: {},
    status: isJsonObject(status) ? { engine: status } : {},
  };
}

/** What is let go of; `read` is called by each of the two reads, in their order. */
async function swept(
  find: () => FoundObject | null,
  refresh: () => RunResource | null,
  knowsKind = true,
): Promise<readonly string[]> {
  const released: string[] = [];
  const executor = {
    find: () => Promise.resolve(find()),
    release: (_: unknown, { uid }: { readonly uid: string }) => {
      released.push(uid);
      return Promise.resolve();
    },
  };
  const runs = { refresh: () => Promise.resolve(refresh()) };
  await sweep(
    { namespace: run.namespace, name: object.name },
    { executor, runsOf: () => (knowsKind ? runs : undefined) },
  );
  return released;
}

describe('a sweep', () => {
  it('C7: reads the object first and then the run: what another controller starts in between is no orphan', async () => {
    let reads = 0;
    // The intent is committed and the object created after the first of the two reads.
    const started = (): boolean => (reads += 1) > 1;
    const released = await swept(
      () => (started() ? object : null),
      () => (started() ? resource(engine) : resource(before)),
    );
    expect(released).toEqual([]);
  });

  it.each<[string, FoundObject | null, RunResource | null, boolean, boolean]>([
    ['the run is gone', object, null, true, true],
    ['another run has its name', object, resource(engine, 'uid-2'), true, true],
    [
      'the run names no such attempt',
      { ...object, number: 2, name: attemptObjectName(run, 'a', 2) },
      resource(engine),
      true,
      true,
    ],
    ['the run names the attempt', object, resource(engine), true, false],
    ['the object is gone', null, null, true, false],
    ['it has no proof', { ...object, proven: false }, null, true, false],
    ['it has the name of another attempt', { ...object, name: attemptObjectName(run, 'a', 2) }, null, true, false],
    ['it does not say whose it is', { ...object, run: null }, null, true, false],
    ['its run is of a kind that is not known', object, null, false, false],
    ['the run has no status yet', object, resource(null), true, false],
  ])('C7: lets go of an object or leaves it: %s', async (_, found, live, knowsKind, expected) => {
    const released = await swept(
      () => found,
      () => live,
      knowsKind,
    );
    expect(released).toEqual(expected ? [object.uid] : []);
  });
});
