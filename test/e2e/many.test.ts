import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTIONS } from '../../src/cli/resources.js';
import { type Place, openPlace } from './place.js';
import { submit, trailWhole } from './runs.js';
import { podStep } from './steps.js';

/** A node of two cores starts a few pods a second. */
const LIMIT_MS = 300_000;
const RUNS = 100;

let place: Place;

beforeAll(async () => {
  place = await openPlace();
}, LIMIT_MS);

afterAll(async () => {
  await place.close();
}, LIMIT_MS);

describe('a hundred runs at once', () => {
  it(
    'all succeed, each with a whole trail',
    async () => {
      const steps = [podStep('a', 'true'), { name: 'pause', delay: '1s' }];
      const runs = await Promise.all(
        Array.from({ length: RUNS }, (_, n) => submit(place, `many-${String(n)}`, { steps })),
      );
      const phases = async (): Promise<Readonly<Record<string, number>>> => {
        const { items } = await place.client.list(EXECUTIONS, { namespace: place.namespace });
        const count: Record<string, number> = {};
        for (const { status } of items) {
          const phase = status?.['completionTime'] === undefined ? 'Going on' : JSON.stringify(status['phase']);
          count[phase] = (count[phase] ?? 0) + 1;
        }
        return count;
      };
      await expect.poll(phases, { timeout: LIMIT_MS, interval: 500 }).toEqual({ '"Succeeded"': RUNS });
      for (const run of runs) expect((await trailWhole(place, run)).problems).toEqual([]);
    },
    LIMIT_MS,
  );
});
