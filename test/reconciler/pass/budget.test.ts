import { afterEach, describe, expect, it } from 'vitest';
import { countCalls } from '../../support/embedded/api-call.js';
import { podStep, workflow } from '../../support/embedded/steps.js';
import { EmbeddedWorld } from '../../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

describe('the API writes of a run', () => {
  it('three pod steps cost F+, 4 W, 3 C, 3 S, F− and two Kubernetes Events', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun(workflow([podStep('drain'), podStep('migrate'), podStep('undrain')]));
    const end = await world.runToEnd(run);
    expect(end.status?.phase).toBe('Succeeded');
    expect(countCalls(world.writes())).toEqual({
      'create events': 2,
      'create pods': 3,
      'patch pods': 3,
      'patch workflowexecutions': 2,
      'patch workflowexecutions/status': 4,
    });
  });
});
