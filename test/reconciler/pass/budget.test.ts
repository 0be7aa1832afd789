import { afterEach, describe, expect, it } from 'vitest';
import { countCalls, kindOf } from '../../support/embedded/api-call.js';
import { podStep, workflow } from '../../support/embedded/steps.js';
import { EmbeddedWorld } from '../../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

// The budget is design review section 11's: pods that live less than 2 s cost no write for having started.
describe('the API calls of a run', () => {
  it('three pod steps cost F+, 4 W, 3 C, 3 S, F− and two Kubernetes Events', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([podStep('drain'), podStep('migrate'), podStep('undrain')]));
    expect((await world.runToEnd(run)).status?.phase).toBe('Succeeded');
    expect(countCalls(world.writes())).toEqual({
      'patch workflowexecutions': 2,
      'patch workflowexecutions/status': 4,
      'create pods': 3,
      'patch pods': 3,
      'create events': 2,
    });
    expect(world.writes().every(({ code }) => code === 200 || code === 201)).toBe(true);
  });

  it('reads nothing on the way: six lists and six watches at the start, no get', async () => {
    world = await EmbeddedWorld.start();
    const atStart = world.calls.length;
    const run = await world.createRun(workflow([podStep('drain'), podStep('migrate')]));
    await world.runToEnd(run);
    expect(atStart).toBe(12);
    expect(
      world.calls
        .slice(atStart)
        .map(kindOf)
        .filter((kind) => /^(get|list|watch)/.test(kind)),
    ).toEqual([]);
  });
});
