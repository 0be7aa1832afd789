import { afterEach, describe, expect, it } from 'vitest';
import { delayedBy } from '../../crash/watch-shapes.js';
import { EmbeddedWorld, RUNS_ON } from '../../support/embedded-world.js';
import { podStep, workflow } from '../../support/embedded/steps.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

describe('a run that is gone, of which the watch has not told yet', () => {
  it('is asked for once by each pass, and not again until the watch tells', async () => {
    world = await EmbeddedWorld.withoutController({ script: () => RUNS_ON });
    await world.startController({
      shape: delayedBy(world.clock, 4_000, ({ resource }) => resource === 'workflowexecutions'),
    });
    const run = await world.createRun(workflow([podStep('a')]));
    await world.until(run, ({ status }) => status?.engine?.tasks[0]?.state === 'Running', 60_000);
    await world.deleteRun(run);
    await world.clock.advance(120_000);
    expect(world.isGone(run)).toBe(true);
    const reads = world.calls.filter(({ verb, resource }) => verb === 'get' && resource === 'workflowexecutions');
    expect(reads.length).toBeLessThan(20);
  }, 20_000);
});
