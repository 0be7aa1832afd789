import { afterEach, describe, expect, it } from 'vitest';
import { countCalls } from '../../support/embedded/api-call.js';
import { podStep, workflow } from '../../support/embedded/steps.js';
import { EmbeddedWorld, type Run } from '../../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

async function statusWrites(run: Run, ms: number): Promise<number> {
  const before = world.writes().length;
  await world.clock.advance(ms);
  expect(world.latest(run).status?.phase).toBe('Running');
  return countCalls(world.writes().slice(before))['patch workflowexecutions/status'] ?? 0;
}

describe('what a step does meanwhile', () => {
  it('W2: that it runs is written once it has lived for 2 s, and nothing more as long as nothing changes', async () => {
    world = await EmbeddedWorld.start({ script: () => ({ end: { exitCode: 0, afterMs: 600_000 } }) });
    const run = await world.createRun(workflow([podStep('drain')]));
    await world.until(run, ({ status }) => status?.phase === 'Running');
    expect(await statusWrites(run, 1_500)).toBe(0);
    expect(await statusWrites(run, 1_500)).toBe(1);
    expect(await statusWrites(run, 500_000)).toBe(0);
  });

  it('W2: why it waits is written after 2 s, and another text of the same cause is not', async () => {
    let message = 'failed to create containerd task';
    world = await EmbeddedWorld.start({ script: () => ({ createError: message }) });
    const run = await world.createRun(workflow([podStep('drain')]));
    await world.until(run, ({ status }) => status?.phase === 'Running');
    expect(await statusWrites(run, 3_000)).toBe(1);
    message = 'failed to create containerd task again';
    expect(await statusWrites(run, 60_000)).toBe(0);
  });

  it('W2: another cause of waiting is written, at most once in 30 s', async () => {
    const causes = ['failed to create containerd task', 'exec: "x": permission denied'];
    let turn = 0;
    world = await EmbeddedWorld.start({ script: () => ({ createError: causes[turn % 2] ?? '' }) });
    const run = await world.createRun(workflow([podStep('drain')]));
    await world.until(run, ({ status }) => status?.phase === 'Running');
    await statusWrites(run, 3_000);
    let writes = 0;
    for (turn = 1; turn <= 12; turn += 1) writes += await statusWrites(run, 10_000);
    expect(writes).toBeGreaterThan(0);
    expect(writes).toBeLessThanOrEqual(4);
  });
});
