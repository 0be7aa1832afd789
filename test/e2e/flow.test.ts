import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '../../src/api/names.js';
import { LIMIT_MS } from './cluster.js';
import { type Place, openPlace } from './place.js';
import { finished, firstLine, statesOf, submit, trailWhole } from './runs.js';
import { jobStep, outputStep, podStep } from './steps.js';

let place: Place;

beforeAll(async () => {
  place = await openPlace();
}, LIMIT_MS);

afterAll(async () => {
  await place.close();
}, LIMIT_MS);

describe('a run that goes well', () => {
  it.concurrent(
    'does three pod steps one after the other, and its trail tells of each',
    async () => {
      const run = await submit(place, 'three', { steps: ['a', 'b', 'c'].map((name) => podStep(name, 'true')) });
      const end = await finished(place, run);
      expect(end.state?.phase).toBe('Succeeded');
      const intents = (end.state?.tasks ?? []).map(({ ended }) =>
        ended.map(({ intentAt, finishedAt }) => [intentAt, finishedAt]),
      );
      expect(intents.flat().flat()).toEqual(intents.flat().flat().toSorted());
      const { events, problems } = await trailWhole(place, run);
      expect(problems).toEqual([]);
      const told = events.map(({ type }) => type);
      expect(told.filter((type) => type === 'task.succeeded')).toHaveLength(3);
      expect(told.at(-1)).toBe('run.succeeded');
    },
    LIMIT_MS,
  );

  it.concurrent(
    'does the steps of a graph side by side, and each after what it depends on',
    async () => {
      const run = await submit(place, 'graph', {
        order: 'Graph',
        steps: [
          podStep('a', 'true'),
          podStep('left', 'sleep 2', { step: { dependsOn: ['a'] } }),
          podStep('right', 'sleep 2', { step: { dependsOn: ['a'] } }),
          podStep('end', 'true', { step: { dependsOn: ['left', 'right'] } }),
        ],
      });
      const { state } = await finished(place, run);
      expect(state?.phase).toBe('Succeeded');
      const times = new Map((state?.tasks ?? []).map(({ name, ended }) => [name, ended[0]]));
      const [a, left, right, end] = ['a', 'left', 'right', 'end'].map((name) => times.get(name));
      const begun = (one: typeof a): number => one?.intentAt ?? 0;
      const over = (one: typeof a): number => one?.finishedAt ?? 0;
      for (const one of [left, right]) {
        expect(begun(one) >= over(a)).toBe(true);
        expect(begun(end) >= over(one)).toBe(true);
      }
      expect(begun(left) < over(right) && begun(right) < over(left)).toBe(true);
    },
    LIMIT_MS,
  );

  it.concurrent(
    'does Job steps',
    async () => {
      const run = await submit(place, 'jobs', { steps: [jobStep('a', 'true'), jobStep('b', 'true')] });
      const end = await finished(place, run);
      expect(statesOf(end)).toEqual({ a: 'Succeeded', b: 'Succeeded' });
    },
    LIMIT_MS,
  );

  it.concurrent(
    'hands on parameters and outputs, and skips the step whose condition does not hold',
    async () => {
      const run = await submit(place, 'handed-on', {
        order: 'Graph',
        parameters: [{ name: 'who', value: 'web' }],
        steps: [
          outputStep('look', '{"found": "web-7", "count": 3}', ['found', 'string'], ['count', 'integer']),
          podStep('use', 'test "$GREETING" = "web: web-7"', {
            env: [{ name: 'GREETING', value: '${params.who}: ${steps.look.outputs.found}' }],
            step: { dependsOn: ['look'], when: 'steps.look.outputs.count > 2' },
          }),
          podStep('never', 'true', { step: { dependsOn: ['look'], when: 'steps.look.outputs.count > 3' } }),
        ],
      });
      const end = await finished(place, run);
      expect(statesOf(end)).toEqual({ look: 'Succeeded', use: 'Succeeded', never: 'Skipped' });
      expect(end.state?.phase).toBe('Succeeded');
    },
    LIMIT_MS,
  );
});

describe('after a failed step', () => {
  const steps = [
    podStep('bad', 'sleep 1; exit 9'),
    podStep('beside', 'sleep 4', { pod: { terminationGracePeriodSeconds: 1 } }),
    podStep('behind', 'true', { step: { dependsOn: ['bad'] } }),
    podStep('beside-next', 'true', { step: { dependsOn: ['beside'] } }),
  ];
  it.concurrent.each([
    ['FailFast', { beside: 'Succeeded', 'beside-next': 'Skipped' }],
    ['CancelRunning', { beside: 'Cancelled', 'beside-next': 'Skipped' }],
    ['Continue', { beside: 'Succeeded', 'beside-next': 'Succeeded' }],
  ])(
    '%s does with the others what it says, and finally runs',
    async (onFailure, others) => {
      const run = await submit(place, `on-failure-${onFailure.toLowerCase()}`, {
        order: 'Graph',
        onFailure,
        steps,
        finally: [podStep('tidy', 'true')],
      });
      const end = await finished(place, run);
      expect(statesOf(end)).toEqual({ bad: 'Failed', behind: 'Skipped', tidy: 'Succeeded', ...others });
      expect(end.state?.phase).toBe('Failed');
      expect(firstLine(end)).toMatch(/^FAILED on-failure-\w+ step 1\/4 bad: main failed \(exit 9\)/);
    },
    LIMIT_MS,
  );

  it.concurrent(
    'one that is idempotent is tried again, and the run goes on with the attempt that went well',
    async () => {
      const retry = { execution: { limit: 2, base: '1s', jitterPercent: 0 } };
      const fieldPath = `metadata.labels['${LABEL.attempt}']`;
      const attempt = { name: 'ATTEMPT', valueFrom: { fieldRef: { fieldPath } } };
      const step = podStep('a', 'test "$ATTEMPT" -gt 1', { env: [attempt], step: { idempotent: true, retry } });
      const end = await finished(place, await submit(place, 'again', { steps: [step] }));
      expect(statesOf(end)).toEqual({ a: 'Succeeded' });
      expect(end.state?.tasks[0]?.ended.map(({ result }) => result.outcome)).toEqual(['Failed', 'Succeeded']);
    },
    LIMIT_MS,
  );
});
