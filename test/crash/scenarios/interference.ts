import type { ActionVerb } from '../../../src/api/types.js';
import { delayStep, jobStep, podStep, workflow } from '../../support/embedded/steps.js';
import type { Scenario } from '../scenario.js';
import { byStep, ends, stopsWithin } from './containers.js';
import { acts, actsAfter, deletesPod, deletesRun, evictsPod, takesName } from './happenings.js';
import { UNPLACED } from './unplaced.js';

/** Cancel runs `finally`, Terminate does not. */
const ENDINGS: readonly { readonly verb: ActionVerb; readonly tidy: string; readonly tidied: object }[] = [
  { verb: 'Cancel', tidy: 'Succeeded', tidied: { tidy: 1 } },
  { verb: 'Terminate', tidy: 'Skipped', tidied: {} },
];

const FINALLY = { finally: [podStep('tidy')] };

const ENDED: readonly Scenario[] = ENDINGS.flatMap(({ verb, tidy, tidied }): Scenario[] => [
  {
    name: `${verb} of a step that waits for a node`,
    spec: workflow([UNPLACED], FINALLY),
    script: byStep({}),
    happenings: [acts(verb, 'a', 'Starting')],
    ends: { phase: 'Cancelled', steps: { a: 'Cancelled', tidy }, starts: { ...tidied } },
  },
  {
    name: `${verb} of a step that runs`,
    spec: workflow([podStep('a'), podStep('b')], FINALLY),
    script: byStep({ a: stopsWithin(5) }),
    happenings: [acts(verb, 'a', 'Running')],
    ends: { phase: 'Cancelled', steps: { a: 'Cancelled', b: 'Skipped', tidy }, starts: { a: 1, ...tidied } },
  },
  {
    name: `${verb} of a step that is being stopped`,
    spec: workflow(
      [
        {
          name: 'a',
          pod: {
            spec: {
              terminationGracePeriodSeconds: 90,
              containers: [{ name: 'main', image: 'registry.example.com/tool:1', command: ['a'] }],
            },
          },
          timeouts: { run: '1m' },
        },
      ],
      FINALLY,
    ),
    script: byStep({ a: stopsWithin(60) }),
    happenings: [acts(verb, 'a', 'Stopping')],
    ends: { phase: 'Cancelled', steps: { a: 'Failed', tidy }, starts: { a: 1, ...tidied } },
  },
  {
    name: `${verb} between two tries`,
    spec: workflow(
      [podStep('a', { idempotent: true, retry: { execution: { limit: 1, base: '2m', jitterPercent: 0 } } })],
      FINALLY,
    ),
    script: byStep({ a: ends(3, 5) }),
    happenings: [acts(verb, 'a', 'BackingOff')],
    ends: { phase: 'Cancelled', steps: { a: 'Cancelled', tidy }, starts: { a: 1, ...tidied } },
  },
]);

/** What people and the platform do to a run. */
export const INTERFERENCE: readonly Scenario[] = [
  ...ENDED,
  {
    name: 'Cancel in finally is refused',
    spec: workflow([podStep('a')], FINALLY),
    script: byStep({ tidy: ends(0, 60) }),
    happenings: [acts('Cancel', 'tidy', 'Running')],
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded', tidy: 'Succeeded' }, starts: { a: 1, tidy: 1 } },
  },
  {
    name: 'Terminate in finally',
    spec: workflow([podStep('a')], FINALLY),
    script: byStep({ tidy: stopsWithin(5) }),
    happenings: [acts('Terminate', 'tidy', 'Running')],
    ends: { phase: 'Cancelled', steps: { a: 'Succeeded', tidy: 'Cancelled' }, starts: { a: 1, tidy: 1 } },
  },
  {
    name: 'Suspend and Resume',
    spec: workflow([podStep('a'), podStep('b')]),
    script: byStep({ a: ends(0, 120) }),
    happenings: [acts('Suspend', 'a', 'Running'), actsAfter('Resume', 'Suspend')],
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded', b: 'Succeeded' }, starts: { a: 1, b: 1 } },
  },
  {
    name: 'the run is deleted while a step runs',
    spec: workflow([podStep('a'), podStep('b')], FINALLY),
    script: byStep({ a: stopsWithin(5) }),
    happenings: [deletesRun('a', 'Running')],
    ends: { phase: 'Cancelled', steps: { a: 'Cancelled', b: 'Skipped', tidy: 'Skipped' }, starts: { a: 1 } },
  },
  {
    name: 'Cancel of a Job that runs',
    spec: workflow([jobStep('a')], FINALLY),
    script: byStep({ a: stopsWithin(5) }),
    happenings: [acts('Cancel', 'a', 'Running')],
    ends: { phase: 'Cancelled', steps: { a: 'Cancelled', tidy: 'Succeeded' }, starts: { a: 1, tidy: 1 } },
  },
  {
    name: 'somebody deletes the pod',
    spec: workflow([podStep('a'), podStep('b')]),
    script: byStep({ a: stopsWithin(5) }),
    happenings: [deletesPod('a')],
    ends: { phase: 'Failed', steps: { a: 'Failed', b: 'Skipped' }, starts: { a: 1 } },
  },
  {
    name: "a stranger has the pod's name",
    spec: workflow([delayStep('wait', '2m'), podStep('a')]),
    script: byStep({}),
    happenings: [takesName('a', 'wait')],
    ends: { phase: 'Failed', steps: { wait: 'Succeeded', a: 'Failed' }, starts: { stranger: 1 } },
  },
  {
    name: 'somebody evicts the pod',
    spec: workflow([podStep('a'), podStep('b')]),
    script: byStep({ a: stopsWithin(5) }),
    happenings: [evictsPod('a')],
    ends: { phase: 'Failed', steps: { a: 'Failed', b: 'Skipped' }, starts: { a: 1 } },
  },
];
