import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/api/json.js';
import { type ApiCall, kindOf } from '../../support/embedded/api-call.js';
import type { StepScript } from '../../support/embedded/embedded-cluster.js';
import { jobStep, podStep, workflow } from '../../support/embedded/steps.js';
import { ENDS_WELL, EmbeddedWorld, RUNS_ON, type Run, eventTypes, isDone } from '../../support/embedded-world.js';

interface Crash {
  readonly number: number;
  readonly kind: 'crash-before' | 'crash-after';
  /** How long no controller lives. */
  readonly downMs?: number;
}

interface Scenario {
  readonly spec: JsonObject;
  readonly script: StepScript;
  /** Containers that may start in all. */
  readonly starts: number;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'two pods': { spec: workflow([podStep('a'), podStep('b')]), script: () => ENDS_WELL, starts: 2 },
  'a Job and a pod that fails': {
    spec: workflow([jobStep('a'), podStep('b')]),
    script: (step) => (step === 'a' ? ENDS_WELL : { end: { exitCode: 3, afterMs: 5_000 } }),
    starts: 2,
  },
  'a pod that is stopped at its bound, and finally': {
    spec: workflow([podStep('a', { timeouts: { run: '5s' } })], { finally: [podStep('tidy')] }),
    script: (step) => (step === 'a' ? RUNS_ON : ENDS_WELL),
    starts: 2,
  },
};

/** What a crash must not change: how everything ended, and what the audit trail tells. */
async function outcome(world: EmbeddedWorld, run: Run): Promise<unknown> {
  const { status, metadata } = world.latest(run);
  const trail = await world.trail(metadata.uid);
  return {
    phase: status?.phase,
    reason: status?.reason,
    tasks: status?.engine?.tasks.map(({ name, state, attempts }) => [
      name,
      state,
      attempts.map(({ outcome: end }) => end),
    ]),
    events: await eventTypes(world, run),
    seqs: trail.events.map(({ seq }) => seq),
    problems: trail.problems,
    forks: await world.store.forks(),
    starts: world.cluster.runtime.started.length,
    pods: world.created.filter(({ kind }) => kind === 'Pod').length,
    finalizers: [...(await world.pods()), ...(await world.jobs())].flatMap(
      (object) => object.metadata.finalizers ?? [],
    ),
    owes: metadata.finalizers ?? [],
  };
}

/** The calls that a controller makes for the scenario when nothing happens, after its caches are filled. */
async function reference({ spec, script }: Scenario): Promise<{ calls: readonly ApiCall[]; expected: unknown }> {
  const world = await EmbeddedWorld.start({ script });
  const { length } = world.calls;
  const run = await world.createRun(spec);
  await world.runToEnd(run);
  const expected = await outcome(world, run);
  await world.stop();
  return { calls: world.calls.slice(length).filter(({ verb }) => verb !== 'watch'), expected };
}

async function crashAt({ spec, script }: Scenario, { number, kind, downMs = 0 }: Crash): Promise<unknown> {
  const world = await EmbeddedWorld.start({ script });
  world.inject((call) => call.number === number, { kind });
  const run = await world.createRun(spec);
  await world.until(run, (version) => isDone(version) || !world.controller.alive);
  expect(world.controller.alive).toBe(false);
  await world.clock.advance(downMs);
  await world.restartController();
  await world.runToEnd(run);
  const result = await outcome(world, run);
  await world.stop();
  return result;
}

describe('a controller that dies at any of its API calls', () => {
  it.each(Object.entries(SCENARIOS))('is made up for by the next one: %s', async (_, scenario) => {
    const { calls, expected } = await reference(scenario);
    const { starts } = scenario;
    expect(expected).toMatchObject({ starts, pods: starts, problems: [], forks: [], finalizers: [], owes: [] });
    expect(calls.length).toBeGreaterThanOrEqual(10);
    for (const call of calls) {
      for (const kind of ['crash-before', 'crash-after'] as const) {
        expect(
          await crashAt(scenario, { number: call.number, kind }),
          `${kind} of call ${call.number}, ${kindOf(call)}`,
        ).toEqual(expected);
      }
    }
  });

  it('is made up for also after five minutes without a controller, in which what ran has ended', async () => {
    const scenario = { spec: workflow([podStep('a'), podStep('b')]), script: () => ENDS_WELL, starts: 2 };
    const { calls } = await reference(scenario);
    for (const { number } of calls) {
      expect(await crashAt(scenario, { number, kind: 'crash-after', downMs: 300_000 })).toMatchObject({
        phase: 'Succeeded',
        problems: [],
        forks: [],
        starts: 2,
        pods: 2,
        finalizers: [],
        owes: [],
      });
    }
  });
});
