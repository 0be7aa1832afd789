import { afterEach, describe, expect, it } from 'vitest';
import { keyOf } from '../../../src/runtime/index.js';
import { withoutTold } from '../../../src/reconciler/without-told.js';
import { kindOf } from '../../support/embedded/api-call.js';
import { podStep, workflow } from '../../support/embedded/steps.js';
import { EmbeddedWorld } from '../../support/embedded-world.js';

let world: EmbeddedWorld;
afterEach(() => world.stop());

const THREE_STEPS = workflow([podStep('drain'), podStep('migrate'), podStep('undrain')]);

describe('a run that is over and owes nothing', () => {
  it('W3: is cached without what was for others, its status less than two thirds of what it was', async () => {
    world = await EmbeddedWorld.start();
    const ended = await world.runToEnd(await world.createRun(THREE_STEPS));
    const whole = ended as unknown as Parameters<typeof withoutTold>[0];
    const stub = withoutTold(whole);
    expect(stub.status?.['engine']).toMatchObject({ phase: 'Succeeded', audit: { outbox: [] } });
    expect(stub.spec).toEqual(whole.spec);
    const size = (value: unknown): number => JSON.stringify(value).length;
    expect(size(stub.status)).toBeLessThan((size(whole.status) * 2) / 3);
  });

  it('W3: is cached as text, which is parsed for each who reads it', async () => {
    world = await EmbeddedWorld.start();
    const ended = await world.runToEnd(await world.createRun(THREE_STEPS));
    const stub = withoutTold(ended as unknown as Parameters<typeof withoutTold>[0]);
    const held = Object.values(Object.getOwnPropertyDescriptors(stub)).flatMap((member) =>
      'value' in member ? [member.value as unknown] : [],
    );
    expect(held).toEqual([ended.apiVersion, ended.kind, ended.metadata]);
    expect(stub.spec).not.toBe(stub.spec);
    // A copy of it, as caches and tests make them, has what was in the texts.
    const copy = { ...stub };
    expect(copy.spec).toEqual(ended.spec);
    expect(copy.status).toMatchObject({ phase: 'Succeeded', engine: { tasks: ended.status?.engine?.tasks } });
  });

  it('W3: but one that still owes something is cached whole', async () => {
    world = await EmbeddedWorld.start();
    const ended = await world.runToEnd(await world.createRun(THREE_STEPS));
    const owing = {
      ...ended,
      metadata: { ...ended.metadata, finalizers: ['lockstep.dev/owes'] },
    } as unknown as Parameters<typeof withoutTold>[0];
    expect(withoutTold(owing)).toBe(owing);
  });

  it('W4: costs no request when a controller starts: only lists and watches', async () => {
    world = await EmbeddedWorld.start();
    for (let n = 0; n < 5; n += 1) await world.runToEnd(await world.createRun(THREE_STEPS, { name: `over-${n}` }));
    await world.clock.advance(60_000);
    const before = world.calls.length;
    await world.restartController();
    await world.clock.advance(60_000);
    const kinds = world.calls.slice(before).map(kindOf);
    expect(kinds.length).toBeGreaterThan(0);
    expect(kinds.filter((kind) => !/^(list|watch) /.test(kind))).toEqual([]);
  });

  it('W4: is deleted when its time to live is over, also by a controller that did not see it run', async () => {
    world = await EmbeddedWorld.start();
    const run = await world.createRun({ ...THREE_STEPS, ttlSecondsAfterFinished: 3_600 });
    const ended = await world.runToEnd(run);
    await world.clock.advance(60_000);
    await world.restartController();
    expect(world.isGone(ended)).toBe(false);
    await world.clock.advance(3_600_000);
    expect(world.isGone(ended), keyOf(ended)).toBe(true);
  });
});
