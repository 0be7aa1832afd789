import { SEQUENTIAL_JOB, sequence } from '../../support/sequential-jobs.js';
import type { Scenario } from '../scenario.js';
import { byStep, ends, stopsWithin } from './containers.js';
import { acts } from './happenings.js';

/** The second kind: the same points, without a word about it in the harness. */
export const SEQUENTIAL: readonly Scenario[] = [
  {
    name: 'a SequentialJob',
    of: SEQUENTIAL_JOB,
    spec: sequence(['a', 'b']),
    script: byStep({}),
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded', b: 'Succeeded' }, starts: { a: 1, b: 1 } },
  },
  {
    name: 'a SequentialJob that fails',
    of: SEQUENTIAL_JOB,
    spec: sequence(['a', 'b']),
    script: byStep({ a: ends(3, 5) }),
    ends: { phase: 'Failed', steps: { a: 'Failed', b: 'Skipped' }, starts: { a: 1 } },
  },
  {
    name: 'Cancel of a SequentialJob',
    of: SEQUENTIAL_JOB,
    spec: sequence(['a', 'b']),
    script: byStep({ a: stopsWithin(5) }),
    happenings: [acts('Cancel', 'a', 'Running')],
    ends: { phase: 'Cancelled', steps: { a: 'Cancelled', b: 'Skipped' }, starts: { a: 1 } },
  },
];
