import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTIONS } from '../../src/cli/resources.js';
import type { JsonObject } from '../../src/api/json.js';
import type { Pod } from '../../src/api/kube.js';
import { PODS, type Stored } from '../../src/runtime/index.js';
import { LIMIT_MS, WAIT_MS } from './cluster.js';
import { type Place, openPlace } from './place.js';
import { act, finished, firstLine, inState, reached, statesOf, submit, verdictOf } from './runs.js';
import { podStep } from './steps.js';

let place: Place;

beforeAll(async () => {
  place = await openPlace();
}, LIMIT_MS);

afterAll(async () => {
  await place.close();
}, LIMIT_MS);

const QUICK = { pod: { terminationGracePeriodSeconds: 1 } };
const LONG = podStep('a', 'exec sleep 600', QUICK);
/** Ignores the request to stop for some seconds. */
const STUBBORN = podStep('a', 'trap "" TERM; while :; do sleep 1; done', { pod: { terminationGracePeriodSeconds: 4 } });
const NEVER_STARTS = podStep('a', 'true', { image: 'example.invalid/nope:1' });
const FINALLY = [podStep('tidy', 'true')];
const BACKS_OFF = podStep('a', 'exit 1', {
  step: { idempotent: true, retry: { execution: { limit: 3, base: '10m', cap: '10m', jitterPercent: 0 } } },
});

interface Bound {
  readonly spec: JsonObject;
  readonly states: Readonly<Record<string, string>>;
  readonly reason: string;
}

const BOUNDS: Readonly<Record<string, Bound>> = {
  'start bound': {
    spec: {
      steps: [
        podStep('a', 'true', {
          image: 'example.invalid/nope:1',
          step: { timeouts: { start: '4s' }, retry: { preExecution: { limit: 0 } } },
        }),
      ],
    },
    states: { a: 'Failed' },
    reason: 'ImagePull',
  },
  'run bound': {
    spec: { steps: [podStep('a', 'exec sleep 600', { ...QUICK, step: { timeouts: { run: '2s' } } })] },
    states: { a: 'Failed' },
    reason: 'DeadlineExceeded',
  },
  'bound of the run': {
    spec: { timeout: '4s', steps: [LONG, podStep('b', 'true')], finally: FINALLY },
    states: { a: 'Failed', b: 'Skipped', tidy: 'Succeeded' },
    reason: 'DeadlineExceeded',
  },
};

describe('a bound', () => {
  it.concurrent.each(Object.entries(BOUNDS))(
    '%s ends what goes on too long',
    async (name, { spec, states, reason }) => {
      const run = await submit(place, name.replaceAll(' ', '-'), spec);
      const end = await finished(place, run);
      expect(end.state?.phase).toBe('Failed');
      expect(statesOf(end)).toEqual(states);
      expect([verdictOf(end, 'a')?.reason, end.state?.reason]).toContain(reason);
      expect(firstLine(end)).toMatch(/^FAILED /);
    },
    LIMIT_MS,
  );

  it.concurrent(
    'stop bound: says that the stop takes too long, goes on waiting, and ends when it is confirmed',
    async () => {
      const step = podStep('a', 'trap "" TERM; while :; do sleep 1; done', {
        pod: { terminationGracePeriodSeconds: 8 },
        step: { timeouts: { stop: '2s' } },
      });
      const run = await submit(place, 'stop-bound', { steps: [step] });
      await inState(place, run, 'a', 'Running');
      await act(place, run, 'Cancel');
      const slow = await reached(
        place,
        run,
        (now) => statesOf(now)['a'] === 'Stopping' && firstLine(now).startsWith('BLOCKED stop-bound '),
      );
      expect(slow.state?.finishedAt).toBeNull();
      expect((await finished(place, run)).state?.phase).toBe('Cancelled');
    },
    LIMIT_MS,
  );
});

/** How a step gets into each state in which somebody may end the run. */
const MOMENTS: Readonly<Record<string, JsonObject>> = {
  Starting: NEVER_STARTS,
  Running: LONG,
  Stopping: STUBBORN,
  BackingOff: BACKS_OFF,
};

describe('an action', () => {
  const cases = (['Cancel', 'Terminate'] as const).flatMap((verb) =>
    Object.entries(MOMENTS).map(([state, step]) => ({ verb, state, step })),
  );
  it.concurrent.each(cases)(
    '$verb ends a run whose step is $state',
    async ({ verb, state, step }) => {
      const run = await submit(place, `${verb}-${state}`.toLowerCase(), {
        steps: [step, podStep('b', 'true')],
        finally: FINALLY,
      });
      if (state === 'Stopping') {
        await inState(place, run, 'a', 'Running');
        await act(place, run, 'Cancel');
      }
      const before = await inState(place, run, 'a', state);
      expect(before.state?.finishedAt).toBeNull();
      await act(place, run, verb);
      const end = await finished(place, run);
      expect(end.state?.phase).toBe('Cancelled');
      expect(statesOf(end)).toMatchObject({ a: 'Cancelled', b: 'Skipped' });
      expect(statesOf(end)['tidy']).toBe(verb === 'Cancel' ? 'Succeeded' : 'Skipped');
      expect(firstLine(end)).toMatch(new RegExp(`^CANCELLED ${verb}-${state} `, 'i'));
    },
    LIMIT_MS,
  );

  it.concurrent(
    'Suspend holds the next step back, and Resume lets it go on',
    async () => {
      const run = await submit(place, 'suspended', { steps: [podStep('a', 'sleep 4'), podStep('b', 'true')] });
      await reached(place, run, (now) => ['Starting', 'Running'].includes(statesOf(now)['a'] ?? ''));
      await act(place, run, 'Suspend');
      const held = await reached(
        place,
        run,
        (now) => now.state?.phase === 'Suspended' && statesOf(now)['a'] === 'Succeeded',
      );
      expect(['Ready', 'Waiting']).toContain(statesOf(held)['b']);
      await act(place, run, 'Resume');
      expect(statesOf(await finished(place, run))).toEqual({ a: 'Succeeded', b: 'Succeeded' });
    },
    LIMIT_MS,
  );
});

describe('a run that is deleted while it runs', () => {
  it.concurrent(
    'stops its pod first, and is gone when the pod has stopped',
    async () => {
      const run = await submit(place, 'deleted', { steps: [STUBBORN], finally: FINALLY });
      await inState(place, run, 'a', 'Running');
      const ref = { namespace: place.namespace, name: 'deleted' };
      await place.client.remove(EXECUTIONS, ref);
      await expect.poll(() => place.client.find(EXECUTIONS, ref), { timeout: WAIT_MS, interval: 100 }).toBeNull();
      const pods = async (): Promise<readonly Stored<Pod>[]> => {
        const { items } = await place.client.list(PODS, { namespace: place.namespace });
        return items.filter(({ metadata }) => metadata.name.startsWith('deleted-'));
      };
      // The garbage collector removes the pod when its owner is gone: a moment later, on a real cluster.
      for (const { status } of await pods()) expect(status?.phase).toMatch(/^(Succeeded|Failed)$/);
      await expect.poll(pods, { timeout: WAIT_MS, interval: 100 }).toEqual([]);
      const told = await place.store.eventsOf(run.metadata.uid);
      expect(told.at(-1)).toMatchObject({ type: 'run.cancelled', data: { why: 'Delete' } });
    },
    LIMIT_MS,
  );
});
