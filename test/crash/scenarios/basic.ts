import { PODS, RESOURCE_QUOTAS } from '../../../src/cluster/resource.js';
import { NAMESPACE } from '../../support/embedded/embedded-cluster.js';
import { container, delayStep, jobStep, podStep, workflow } from '../../support/embedded/steps.js';
import type { Scenario } from '../scenario.js';
import { byStep, ends } from './containers.js';
import { cordon, stateIs } from './happenings.js';

const STORE_DOWN_MS = 60_000;
/** Longer than a controller sleeps in the middle: what it then creates late, in the quota's room, has ended by then. */
const RETRY = { preExecution: { limit: 2, base: '45s', jitterPercent: 0 } };

/** Runs that nobody interferes with. */
export const BASIC: readonly Scenario[] = [
  {
    name: 'two pods in sequence',
    spec: workflow([podStep('a'), podStep('b')]),
    script: byStep({}),
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded', b: 'Succeeded' }, starts: { a: 1, b: 1 } },
  },
  {
    name: 'a Job',
    spec: workflow([jobStep('a')]),
    script: byStep({}),
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded' }, starts: { a: 1 } },
  },
  {
    name: 'a Job that fails, and finally',
    spec: workflow([jobStep('a'), podStep('b')], { finally: [podStep('tidy')] }),
    script: byStep({ a: ends(3, 5) }),
    ends: {
      phase: 'Failed',
      steps: { a: 'Failed', b: 'Skipped', tidy: 'Succeeded' },
      starts: { a: 1, tidy: 1 },
    },
  },
  {
    name: 'a graph',
    concurrent: true,
    spec: workflow(
      [
        podStep('a'),
        podStep('b'),
        podStep('left', { dependsOn: ['a'], when: 'steps.a.state != "Succeeded"' }),
        delayStep('wait', '40s'),
        podStep('join', { dependsOn: ['b', 'left', 'wait'] }),
      ],
      { order: 'Graph' },
    ),
    script: byStep({ a: ends(0, 1), b: ends(0, 80) }),
    ends: {
      phase: 'Succeeded',
      steps: { a: 'Succeeded', b: 'Succeeded', left: 'Skipped', wait: 'Succeeded', join: 'Succeeded' },
      starts: { a: 1, b: 1, join: 1 },
    },
  },
  {
    name: 'a graph that fails, the rest is stopped',
    concurrent: true,
    spec: workflow([podStep('a'), podStep('b'), podStep('c', { dependsOn: ['a', 'b'] })], {
      order: 'Graph',
      onFailure: 'CancelRunning',
    }),
    script: byStep({ a: ends(4, 40), b: { onTerm: { exitCode: 143, afterMs: 5_000 } } }),
    ends: { phase: 'Failed', steps: { a: 'Failed', b: 'Cancelled', c: 'Skipped' }, starts: { a: 1, b: 1 } },
  },
  {
    name: 'parameters and outputs',
    spec: workflow(
      [
        podStep('a', { outputs: [{ name: 'count', type: 'integer' }] }),
        {
          name: 'b',
          when: 'steps.a.outputs.count > 6',
          pod: { spec: { containers: [container('b', { args: ['${params.target}', '${steps.a.outputs.count}'] })] } },
        },
      ],
      { parameters: [{ name: 'target', type: 'string', default: 'web' }] },
    ),
    script: byStep({ a: ends(0, 1, '{"count": 7}') }),
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded', b: 'Succeeded' }, starts: { a: 1, b: 1 } },
  },
  {
    name: 'a try that no node takes, and another',
    spec: workflow([podStep('a', { timeouts: { start: '1m' }, retry: RETRY })]),
    script: byStep({}),
    prepare: (world) => cordon(world, true),
    happenings: [{ when: stateIs('a', 'BackingOff'), afterMs: 5_000, act: (world) => cordon(world, false) }],
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded' }, starts: { a: 1 } },
  },
  {
    name: 'a create that is refused, until there is room',
    spec: workflow([podStep('a', { retry: RETRY })]),
    script: byStep({ other: {} }),
    prepare: async ({ cluster, clock }) => {
      const metadata = { namespace: NAMESPACE, name: 'other' };
      const spec = { containers: [{ name: 'main', image: 'registry.example.com/tool:1', command: ['other'] }] };
      await cluster.client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
      await cluster.client.create(RESOURCE_QUOTAS, {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'one-pod', namespace: NAMESPACE },
        spec: { hard: { pods: '1' } },
      });
      await clock.advance(2_000);
    },
    happenings: [
      {
        when: stateIs('a', 'BackingOff'),
        afterMs: 5_000,
        act: async ({ cluster }) => {
          await cluster.client.delete(PODS, { namespace: NAMESPACE, name: 'other' });
        },
      },
    ],
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded' }, starts: { other: 1, a: 1 } },
  },
  {
    name: 'a create that is refused for good',
    spec: workflow(
      [
        {
          name: 'a',
          pod: { spec: { containers: [container('a', { volumeMounts: [{ name: 'nowhere', mountPath: '/x' }] })] } },
        },
      ],
      { finally: [podStep('tidy')] },
    ),
    script: byStep({}),
    ends: { phase: 'Failed', steps: { a: 'Failed', tidy: 'Succeeded' }, starts: { tidy: 1 } },
  },
  {
    name: 'a failure, and finally',
    spec: workflow([podStep('a'), podStep('b')], { finally: [podStep('tidy')] }),
    script: byStep({ a: ends(3, 5) }),
    ends: { phase: 'Failed', steps: { a: 'Failed', b: 'Skipped', tidy: 'Succeeded' }, starts: { a: 1, tidy: 1 } },
  },
  {
    name: 'the audit store takes nothing for a minute',
    spec: workflow([podStep('a'), podStep('b')]),
    script: byStep({}),
    prepare: (world) => {
      world.injectAtStore(() => world.clock.monotonic() < STORE_DOWN_MS, { kind: 'unsent' });
      return Promise.resolve();
    },
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded', b: 'Succeeded' }, starts: { a: 1, b: 1 } },
  },
  {
    name: 'a failure that may be tried again',
    spec: workflow([
      podStep('a', { idempotent: true, retry: { execution: { limit: 1, base: '30s', jitterPercent: 0 } } }),
    ]),
    script: byStep({ a: [ends(3, 5), ends(0, 1)] }),
    ends: { phase: 'Succeeded', steps: { a: 'Succeeded' }, starts: { a: 2 } },
  },
];
