import { container, podStep, workflow } from '../../support/embedded/steps.js';
import type { Scenario } from '../scenario.js';
import { IGNORES_TERM, byStep, stopsWithin } from './containers.js';
import { UNPLACED } from './unplaced.js';

/** Each bound that we keep. */
export const BOUNDS: readonly Scenario[] = [
  {
    name: 'the start bound',
    spec: workflow([{ ...UNPLACED, timeouts: { start: '1m' }, retry: { preExecution: { limit: 0 } } }]),
    script: byStep({}),
    ends: { phase: 'Failed', steps: { a: 'Failed' }, starts: {} },
  },
  {
    name: 'the run bound, and finally',
    spec: workflow([podStep('a', { timeouts: { run: '1m' } })], { finally: [podStep('tidy')] }),
    script: byStep({ a: stopsWithin(5) }),
    ends: { phase: 'Failed', steps: { a: 'Failed', tidy: 'Succeeded' }, starts: { a: 1, tidy: 1 } },
  },
  {
    name: 'the stop bound',
    spec: workflow([
      {
        name: 'a',
        pod: { spec: { terminationGracePeriodSeconds: 90, containers: [container('a')] } },
        timeouts: { run: '1m', stop: '10s' },
      },
    ]),
    script: byStep({ a: IGNORES_TERM }),
    ends: { phase: 'Failed', steps: { a: 'Failed' }, starts: { a: 1 } },
  },
  {
    name: 'the bound of the whole run, and finally',
    spec: workflow([podStep('a'), podStep('b')], { timeout: '1m', finally: [podStep('tidy')] }),
    script: byStep({ a: stopsWithin(5) }),
    ends: { phase: 'Failed', steps: { a: 'Failed', b: 'Skipped', tidy: 'Succeeded' }, starts: { a: 1, tidy: 1 } },
  },
];
