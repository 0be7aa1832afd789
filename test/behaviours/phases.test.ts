import { afterEach, describe, expect, it } from 'vitest';
import { ForbiddenTransitionError, assertPhaseTransition } from '../../src/reconciler/decide/phases.js';
import { type ApiCall, kindOf } from '../support/embedded/api-call.js';
import { NAMESPACE } from '../support/embedded/embedded-cluster.js';
import { jobStep, podStep, workflow } from '../support/embedded/steps.js';
import { EmbeddedWorld, RUNS, RUNS_ON, eventTypes, statesOf } from '../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const statusPatch = (call: ApiCall): boolean => kindOf(call) === 'patch workflowexecutions/status';

describe('the life of a run', () => {
  it('kubernaut 6: the finalizer is the first write, before the plan and before anything is created', async () => {
    world = await EmbeddedWorld.start();
    world.inject(statusPatch, { kind: 'crash-before' });
    const run = await world.createRun(workflow([podStep('a')]));
    expect(world.writes().map(kindOf)).toEqual(['patch workflowexecutions', 'patch workflowexecutions/status']);
    expect(world.latest(run).metadata.finalizers).toEqual(['lockstep.dev/owes']);
    expect(world.latest(run).status).toBeUndefined();
    expect(world.created).toEqual([]);
  });

  it('kubernaut 9: a terminal phase never changes: every transition out of it is an error, every action is refused', async () => {
    world = await EmbeddedWorld.start({ script: (step) => ({ end: { exitCode: step === 'bad' ? 1 : 0 } }) });
    for (const [step, phase] of [
      ['good', 'Succeeded'],
      ['bad', 'Failed'],
    ] as const) {
      for (const next of [
        'Pending',
        'Running',
        'Cancelling',
        'Cancelled',
        phase === 'Failed' ? 'Succeeded' : 'Failed',
      ] as const) {
        expect(() => {
          assertPhaseTransition(phase, next);
        }).toThrow(ForbiddenTransitionError);
      }
      const run = await world.createRun(workflow([podStep(step)]), { name: step });
      expect((await world.runToEnd(run)).status?.phase).toBe(phase);
      const { length } = world.versions;
      await world.act(run, 'Cancel');
      await world.clock.advance(60_000);
      expect(world.versions.slice(length).every((version) => version.status?.phase === phase)).toBe(true);
      expect(world.latest(run).status?.engine?.phase).toBe(phase);
    }
  });

  // The table comes again every 30 s; the design keeps its hands off and says so. (A phase that the CRD does not list
  // cannot be stored; a plan of a version that is not known can.)
  it('kubernaut 10: a status that this version cannot read is Stalled/UnknownPhase, and nothing is done', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(workflow([podStep('a'), podStep('b')]));
    await world.until(run, (version) => statesOf(version)['a'] === 'Running');
    await expect(
      world.cluster.client.patchStatus(
        RUNS,
        { namespace: NAMESPACE, name: 'web' },
        { body: { status: { engine: { phase: 'Pondering' } } } },
      ),
    ).rejects.toThrow(/Unsupported value: "Pondering"/);
    await world.cluster.client.patchStatus(
      RUNS,
      { namespace: NAMESPACE, name: 'web' },
      { body: { status: { engine: { planVersion: 99 } } } },
    );
    const { length } = world.writes();
    await world.clock.advance(4_000_000);
    expect(world.writes().slice(length).map(kindOf)).toEqual(['patch workflowexecutions/status']);
    const { conditions, engine, phase } = world.latest(run).status ?? {};
    expect(conditions?.find(({ type }) => type === 'Stalled')).toMatchObject({
      status: 'True',
      reason: 'UnknownPhase',
    });
    expect(conditions?.find(({ type }) => type === 'Reconciling')).toMatchObject({ status: 'False' });
    expect({ engine, phase }).toMatchObject({ phase: 'Running', engine: { planVersion: 99, phase: 'Running' } });
    expect(statesOf(world.latest(run))).toEqual({ a: 'Running', b: 'Waiting' });
  });

  it('kubernaut 11, C1, C17: a decision on a state that is older than the API server’s is dropped: no create, no audit event', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    let before: ApiCall[] = [];
    const key = { namespace: NAMESPACE, name: 'web' };
    const meanwhile = async (): Promise<void> => {
      // Another controller has been faster: its whole first pass happens before our status patch arrives.
      await world.startController();
      before = world.calls.filter(({ process }) => process === 1);
    };
    world.inject((call) => statusPatch(call) && call.process === 1, { kind: 'meanwhile', act: meanwhile });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(1_000);
    const own = world.calls.filter(({ process }) => process === 1).slice(before.length);
    expect(before.at(-1)).toMatchObject({ resource: 'workflowexecutions/status', code: 409 });
    expect(own.map(kindOf)).toEqual(['get workflowexecutions']);
    expect(world.calls.filter((call) => kindOf(call) === 'create pods')).toMatchObject([{ process: 2, code: 201 }]);
    expect((await world.cluster.client.get(RUNS, key)).status?.phase).toBe('Running');
    expect(await eventTypes(world, run)).toEqual(['run.accepted', 'run.started', 'attempt.starting']);
  });

  // The table has a condition ExecutionCreated and comes again after 10 s; the design has neither.
  it('kubernaut 12: once its object is created the run is Running, with a start time and a reference to the object', async () => {
    world = await EmbeddedWorld.start({ script: () => RUNS_ON });
    const run = await world.createRun(workflow([podStep('a')]));
    const { status } = world.latest(run);
    expect(status?.phase).toBe('Running');
    expect(status?.startTime).toBeDefined();
    expect(status?.engine?.tasks[0]?.attempts[0]?.object).toMatchObject({
      apiVersion: 'v1',
      kind: 'Pod',
      name: world.created[0]?.metadata.name,
    });
    expect(status?.conditions?.map(({ type }) => type)).not.toContain('ExecutionCreated');
    expect(status?.conditions?.find(({ type }) => type === 'Reconciling')).toMatchObject({ status: 'True' });
  });

  it('kubernaut 73: the end of a Job is seen at once, by a watch', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 77_000 } }) });
    const run = await world.createRun(workflow([jobStep('a')]));
    const end = await world.runToEnd(run);
    const [attempt] = end.status?.engine?.tasks[0]?.attempts ?? [];
    const ended = world.cluster.runtime.started.length === 1 && Date.parse(attempt?.intentAt ?? '') + 77_000;
    expect(Date.parse(attempt?.finishedAt ?? '') - Number(ended)).toBeLessThanOrEqual(1_000);
  });
});
