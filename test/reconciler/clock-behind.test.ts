import { describe, expect, it } from 'vitest';
import type { Instant } from '../../src/api/instant.js';
import { lastInstant } from '../../src/reconciler/decide/last-instant.js';
import { RETRY, makePlan, podTask } from '../support/plans.js';
import { PULL_FAILS, World } from '../support/world.js';

const DAY_MS = 86_400_000;
const JITTER = 1 + RETRY.preExecution.jitterPercent / 100;
/** The longest backoff that the policy of these steps allows. */
const LONGEST_MS = RETRY.preExecution.capMs * JITTER;

/** A run that backs off, decided on by a controller whose clock was ahead; the next one's shows `clock`. */
function backingOff(aheadMs: number): { readonly world: World; readonly clock: Instant } {
  const timeouts = { startMs: 30_000, runMs: 60_000, stopMs: 60_000 };
  const world = new World(makePlan([podTask('a', { timeouts })]), () => PULL_FAILS);
  for (let count = 0; nextAttemptOf(world) === null && count < 20; count += 1) {
    world.pass();
    if (nextAttemptOf(world) === null) world.advance();
  }
  if (world.state === null) throw new Error('nothing was decided');
  const clock = world.now - aheadMs;
  world.now = Math.max(clock, lastInstant(world.state));
  world.clock = clock;
  return { world, clock };
}

function nextAttemptOf({ state }: World): Instant | null {
  const position = state?.tasks[0]?.position;
  return position?.state === 'BackingOff' ? position.nextAttemptAt : null;
}

describe('a run whose last controller had a clock that was ahead', () => {
  it('C16: waits for its next try no longer than its policy allows, by the clock that there is now', () => {
    const { world, clock } = backingOff(DAY_MS);
    world.pass();
    expect(nextAttemptOf(world)).toBe(clock + LONGEST_MS);
    expect(world.wakeAt).toBe(clock + LONGEST_MS);
  });

  it('C16: is tried again then, and its time does not go back', () => {
    const { world, clock } = backingOff(DAY_MS);
    const told = world.state === null ? 0 : lastInstant(world.state);
    world.pass();
    world.clock = clock + LONGEST_MS - 1;
    world.pass();
    expect(nextAttemptOf(world)).not.toBeNull();
    world.clock = clock + LONGEST_MS;
    const position = world.pass().tasks[0]?.position;
    expect(position).toMatchObject({ state: 'Starting', attempt: { number: 2, intentAt: told } });
  });

  it('C16: keeps its instant where that is not farther away than a backoff can be', () => {
    const { world } = backingOff(60_000);
    const { state } = world;
    const instant = nextAttemptOf(world);
    expect(world.pass()).toBe(state);
    expect(nextAttemptOf(world)).toBe(instant);
    expect(world.wakeAt).toBe(instant);
  });
});
