import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOBS, PODS } from '../../src/runtime/index.js';
import { LIMIT_MS } from './cluster.js';
import { type Place, openPlace } from './place.js';
import { type Run, finished, inState, statesOf, submit, trailWhole } from './runs.js';
import { jobStep, podStep } from './steps.js';

let place: Place;

beforeAll(async () => {
  place = await openPlace();
}, LIMIT_MS);

afterAll(async () => {
  await place.close();
}, LIMIT_MS);

const STEPS = [podStep('a', 'sleep 1'), jobStep('b', 'true'), podStep('c', 'true')];

/** Each step has run once: one attempt, and one object. */
async function eachRanOnce(run: Run): Promise<void> {
  const end = await finished(place, run);
  expect(statesOf(end)).toEqual({ a: 'Succeeded', b: 'Succeeded', c: 'Succeeded' });
  expect(end.state?.tasks.map(({ ended, omitted }) => ended.length + omitted)).toEqual([1, 1, 1]);
  const selection = { namespace: place.namespace, labelSelector: `lockstep.dev/execution-uid=${run.metadata.uid}` };
  const pods = await place.client.list(PODS, selection);
  const jobs = await place.client.list(JOBS, selection);
  expect({ pods: pods.items.length, jobs: jobs.items.length }).toEqual({ pods: 3, jobs: 1 });
  expect((await trailWhole(place, run)).problems).toEqual([]);
}

describe('two controllers that are both at work', () => {
  it(
    'do each step once, and one goes on when the other is gone',
    async () => {
      const second = await place.startController();
      const both = await Promise.all([1, 2, 3].map((n) => submit(place, `both-${String(n)}`, { steps: STEPS })));
      const alone = await submit(place, 'alone', { steps: [podStep('first', 'sleep 3'), ...STEPS] });
      for (const run of both) await eachRanOnce(run);
      await inState(place, alone, 'first', 'Succeeded');
      await second.stop();
      const { state } = await finished(place, alone);
      expect(state?.tasks.map(({ ended }) => ended.map(({ result }) => result.outcome))).toEqual(
        Array.from({ length: 4 }, () => ['Succeeded']),
      );
    },
    LIMIT_MS,
  );
});
