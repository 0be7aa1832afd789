import { afterEach, describe, expect, it } from 'vitest';
import { isJsonObject } from '../../../src/api/json.js';
import { LABEL } from '../../../src/api/names.js';
import { type ApiCall, kindOf } from '../../support/embedded/api-call.js';
import type { Fault } from '../../support/embedded/faults.js';
import { podStep, workflow } from '../../support/embedded/steps.js';
import { ENDS_WELL, EmbeddedWorld, RUNS_ON, type Run, podsOf, statesOf } from '../../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

/** What a CustomResourceDefinition says that is older than this program. */
const INVALID: Fault = {
  kind: 'answer',
  code: 422,
  reason: 'Invalid',
  message:
    'WorkflowExecution.lockstep.dev "web" is invalid: status.engine.tasks[0].state: Unsupported value: "Starting"',
};
const TOO_LARGE: Fault = {
  kind: 'answer',
  code: 413,
  reason: 'RequestEntityTooLarge',
  message: 'the request is larger than the server takes: status.engine',
};

/** A patch that tells more than conditions. */
const ofState = (call: ApiCall): boolean => {
  const { status } = call.body;
  return kindOf(call) === 'patch workflowexecutions/status' && isJsonObject(status) && 'engine' in status;
};

function stalled(run: Run): unknown {
  return world.latest(run).status?.conditions?.find(({ type }) => type === 'Stalled');
}

describe('a status of ours that the API server refuses', () => {
  it.each([
    ['422', INVALID, 'status.engine.tasks[0].state'],
    ['413', TOO_LARGE, 'status.engine'],
  ])(
    'C9: %s: a small patch says so with the path, nothing starts, and once it is taken all goes on',
    async (_, fault, path) => {
      world = await EmbeddedWorld.start();
      world.inject(ofState, fault, 100_000);
      const run = await world.createRun(workflow([podStep('a')]));
      await world.clock.advance(600_000);
      expect(world.created).toEqual([]);
      expect(stalled(run)).toMatchObject({ status: 'True', reason: 'StatusRejected' });
      expect(stalled(run)).toMatchObject({ message: expect.stringContaining(path) as unknown });
      const told = world
        .writes()
        .filter((call) => kindOf(call) === 'patch workflowexecutions/status' && !ofState(call));
      expect(told).toHaveLength(1);
      world.faults.clear();
      expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
      expect(stalled(run)).toMatchObject({ status: 'False' });
    },
  );

  it('is told once, whatever numbers the refusal names', async () => {
    world = await EmbeddedWorld.start();
    for (let n = 1; n <= 20; n += 1)
      world.inject(ofState, {
        ...INVALID,
        message: `status.engine.tasks[0].endsAt: Invalid value: "+1${String(n)}000-01-01"`,
      });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.clock.advance(60_000);
    expect(stalled(run)).toMatchObject({ status: 'True', reason: 'StatusRejected' });
    const told = world.writes().filter((call) => kindOf(call) === 'patch workflowexecutions/status' && !ofState(call));
    expect(told).toHaveLength(1);
  });

  it('C9: does not keep what is committed from being stopped, and starts no other step', async () => {
    const script = (step: string) =>
      step === 'a' ? RUNS_ON : step === 'b' ? { end: { exitCode: 0, afterMs: 20_000 } } : ENDS_WELL;
    world = await EmbeddedWorld.start({ script });
    const steps = [podStep('a'), podStep('b')];
    const run = await world.createRun(workflow(steps, { order: 'Graph', finally: [podStep('tidy')] }));
    await world.clock.advance(5_000);
    world.inject((call) => kindOf(call) === 'delete pods', { kind: 'crash-before' });
    await world.act(run, 'Cancel');
    expect(world.controller.alive).toBe(false);
    expect(statesOf(world.latest(run))).toMatchObject({ a: 'Stopping', b: 'Stopping' });
    // That b has ended meanwhile cannot be written.
    await world.clock.advance(30_000);
    world.inject(ofState, INVALID, 100_000);
    await world.restartController();
    const [pod] = (await world.pods()).filter(({ metadata }) => metadata.labels?.[LABEL.task] === 'a');
    expect(pod?.metadata.deletionTimestamp).toBeDefined();
    await world.clock.advance(120_000);
    expect(stalled(run)).toMatchObject({ status: 'True', reason: 'StatusRejected' });
    expect(podsOf(world, 'tidy')).toEqual([]);
    // What was not recorded is still there to be recorded.
    world.faults.clear();
    expect((await world.runToEnd(run)).status?.phase).toBe('Cancelled');
  });
});
