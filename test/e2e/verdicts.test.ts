import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import type { Verdict } from '../../src/api/types.js';
import { PODS } from '../../src/runtime/index.js';
import { LIMIT_MS, WAIT_MS } from './cluster.js';
import { type Place, openPlace, placeIn } from './place.js';
import { RIGHTS } from './rights.js';
import { finished, firstLine, inState, objectOf, reached, statesOf, submit, verdictOf } from './runs.js';
import { NO_RETRY, jobStep, podStep } from './steps.js';

interface Failure {
  readonly step: JsonObject;
  readonly reason: string;
  readonly stage: Verdict['stage'];
  readonly effects: Verdict['effects'];
  /** What the first line of the summary says, after the name of the step. */
  readonly line: RegExp;
  /** What somebody else does to the pod once it runs. */
  readonly done?: 'delete' | 'evict';
  /** What the first line says long before the step fails. */
  readonly waits?: RegExp;
}

const HOG = 'x=$(head -c 209715200 /dev/zero | tr "\\\\0" k); echo ${#x}';
const fromMap = { name: 'X', valueFrom: { configMapKeyRef: { name: 'nowhere', key: 'k' } } };
const fromSecret = { name: 'X', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'k' } } };
const MEMORY = { limits: { memory: '64Mi' } };
/** Waiting for what never comes is ended soon. */
const SOON: JsonObject = { ...NO_RETRY, timeouts: { start: '15s' } };

const FAILURES: Readonly<Record<string, Failure>> = {
  'exit-3': {
    step: podStep('a', 'echo no such host >&2; exit 3'),
    reason: 'TaskFailed',
    stage: 'Execution',
    effects: 'Possible',
    line: /main failed \(exit 3\)\. Not retried \(it had run\)\./,
  },
  'out-of-memory': {
    step: podStep('a', HOG, { resources: MEMORY }),
    reason: 'OOMKilled',
    stage: 'Execution',
    effects: 'Possible',
    line: /main out of memory at 64Mi/,
  },
  'job-out-of-memory': {
    step: jobStep('a', HOG, { resources: MEMORY }),
    reason: 'OOMKilled',
    stage: 'Execution',
    effects: 'Possible',
    line: /main out of memory at 64Mi/,
  },
  'job-deadline': {
    step: {
      name: 'a',
      job: {
        spec: {
          activeDeadlineSeconds: 3,
          template: {
            spec: {
              terminationGracePeriodSeconds: 1,
              containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '600'] }],
            },
          },
        },
      },
    },
    reason: 'DeadlineExceeded',
    stage: 'Execution',
    effects: 'Possible',
    line: /deadline/i,
  },
  'init-fails': {
    step: podStep('a', 'true', {
      pod: { initContainers: [{ name: 'setup', image: 'busybox:1.36', command: ['sh', '-c', 'exit 4'] }] },
      step: NO_RETRY,
    }),
    reason: 'InitContainerFailed',
    stage: 'PreExecution',
    effects: 'InitOnly',
    line: /setup.*exit 4/,
  },
  'job-fails': {
    step: jobStep('a', 'exit 3'),
    reason: 'TaskFailed',
    stage: 'Execution',
    effects: 'Possible',
    line: /main failed \(exit 3\)/,
  },
  'image-pull': {
    step: podStep('a', '', { image: 'example.invalid/nope:1', step: SOON }),
    reason: 'ImagePull',
    stage: 'PreExecution',
    effects: 'None',
    line: /example\.invalid\/nope:1/,
    waits: /example\.invalid\/nope:1/,
  },
  'invalid-image': {
    step: podStep('a', '', { image: 'library/Upper:1', step: NO_RETRY }),
    reason: 'ImagePull',
    stage: 'PreExecution',
    effects: 'None',
    line: /library\/Upper/,
  },
  'no-such-command': {
    step: podStep('a', '', { command: ['/no/such/command'], step: NO_RETRY }),
    reason: 'ContainerCannotRun',
    stage: 'PreExecution',
    effects: 'None',
    line: /command of main is not in the image/,
  },
  'missing-config-map': {
    step: podStep('a', 'true', { env: [fromMap], step: SOON }),
    reason: 'ConfigurationError',
    stage: 'PreExecution',
    effects: 'None',
    line: /nowhere/,
    waits: /nowhere/,
  },
  'missing-secret': {
    step: podStep('a', 'true', { env: [fromSecret], step: SOON }),
    reason: 'ConfigurationError',
    stage: 'PreExecution',
    effects: 'None',
    line: /nowhere/,
    waits: /nowhere/,
  },
  unschedulable: {
    step: podStep('a', 'true', { resources: { requests: { cpu: '100' } }, step: SOON }),
    reason: 'Unschedulable',
    stage: 'PreExecution',
    effects: 'None',
    line: /Insufficient cpu|no node/i,
    waits: /(Insufficient cpu|no node)/i,
  },
  'run-bound': {
    step: podStep('a', 'exec sleep 600', {
      step: { timeouts: { run: '3s' } },
      pod: { terminationGracePeriodSeconds: 1 },
    }),
    reason: 'DeadlineExceeded',
    stage: 'Execution',
    effects: 'Possible',
    line: /ran into its run bound/,
  },
  'pod-deadline': {
    step: podStep('a', 'exec sleep 600', { pod: { activeDeadlineSeconds: 3, terminationGracePeriodSeconds: 1 } }),
    reason: 'DeadlineExceeded',
    stage: 'Execution',
    effects: 'Possible',
    line: /deadline/i,
  },
  'pod-deleted': {
    step: podStep('a', 'exec sleep 600', { pod: { terminationGracePeriodSeconds: 1 } }),
    reason: 'Cancelled',
    stage: 'Execution',
    effects: 'Possible',
    line: /deleted/,
    done: 'delete',
  },
  'pod-evicted': {
    step: podStep('a', 'exec sleep 600', { pod: { terminationGracePeriodSeconds: 1 } }),
    reason: 'Evicted',
    stage: 'Infrastructure',
    effects: 'Possible',
    line: /evict/i,
    done: 'evict',
  },
  'service-account': {
    step: podStep('a', 'true', { pod: { serviceAccountName: 'nobody' }, step: NO_RETRY }),
    reason: 'ConfigurationError',
    stage: 'PreExecution',
    effects: 'None',
    line: /nobody/,
  },
};

let place: Place;

beforeAll(async () => {
  place = await openPlace();
}, LIMIT_MS);

afterAll(async () => {
  await place.close();
}, LIMIT_MS);

describe('a failure that the cluster makes', () => {
  it.concurrent.each(Object.entries(FAILURES))(
    '%s gets its verdict from live evidence',
    async (name, { step, reason, stage, effects, line, done, waits }) => {
      const run = await submit(place, name, { steps: [step, podStep('after', 'true')] });
      if (done !== undefined) await toPod(objectOf(await inState(place, run, 'a', 'Running'), 'a'), done);
      if (waits !== undefined) {
        const waiting = await reached(place, run, ({ state }) => state?.tasks[0]?.waiting?.reason === reason);
        expect(firstLine(waiting)).toMatch(waits);
        expect(firstLine(waiting).startsWith(`WAITING ${name} step 1/2 a: `)).toBe(true);
        expect(waiting.object.status).toMatchObject({ summary: expect.stringMatching(waits) as string });
      }
      const end = await finished(place, run);
      const verdict = verdictOf(end, 'a');
      const found = { reason: verdict?.reason, stage: verdict?.stage, effects: verdict?.effects };
      expect({ phase: end.state?.phase, ...found }).toEqual({ phase: 'Failed', reason, stage, effects });
      expect(statesOf(end)).toEqual({ a: 'Failed', after: 'Skipped' });
      const said = firstLine(end);
      expect(said).toMatch(line);
      expect(said.startsWith(`FAILED ${name} step 1/2 a: `)).toBe(true);
      expect(said.length).toBeLessThanOrEqual(120);
    },
    LIMIT_MS,
  );
});

describe('the API server', () => {
  it(
    'refuses the pod of a step for want of rights: the summary says which',
    async () => {
      const other = await placeIn(place.cluster, { rights: NO_PODS });
      try {
        const run = await submit(other, 'rights', { steps: [podStep('a', 'true')] });
        const end = await finished(other, run);
        expect(verdictOf(end, 'a')).toMatchObject({ reason: 'Forbidden', stage: 'PreExecution', effects: 'None' });
        expect(end.state?.tasks[0]?.ended).toHaveLength(1);
        expect(firstLine(end)).toMatch(/^FAILED rights step 1\/1 a: .*(not allowed|may not|forbidden).*create.* pods/i);
      } finally {
        await other.close();
      }
    },
    LIMIT_MS,
  );

  it(
    'refuses the pod of a step for want of quota: the step says so while it waits, and in the end',
    async () => {
      const other = await placeIn(place.cluster);
      try {
        await quotaOfOnePod(other);
        await inState(
          other,
          await submit(other, 'holder', { steps: [podStep('a', 'exec sleep 600')] }),
          'a',
          'Running',
        );
        const retry = { preExecution: { limit: 1, base: '3s', jitterPercent: 0 } };
        const run = await submit(other, 'quota', { steps: [podStep('a', 'true', { step: { retry } })] });
        expect(firstLine(await inState(other, run, 'a', 'BackingOff'))).toMatch(
          /^RETRYING quota step 1\/1 a: quota one/,
        );
        const end = await finished(other, run);
        expect(verdictOf(end, 'a')).toMatchObject({ reason: 'QuotaExceeded', stage: 'PreExecution', effects: 'None' });
        expect(end.state?.tasks[0]?.ended).toHaveLength(2);
        expect(firstLine(end)).toMatch(/^FAILED quota step 1\/1 a: quota one exceeded/);
      } finally {
        await other.close();
      }
    },
    LIMIT_MS,
  );
});

/** What the controller does, but for the creation of pods. */
const NO_PODS = RIGHTS.map((right) =>
  right.resource === 'pods' ? { ...right, verbs: right.verbs.filter((verb) => verb !== 'create') } : right,
);

/** A quota that is in force: the API server enforces it once the quota controller has counted. */
async function quotaOfOnePod({ client, namespace }: Place): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'one' }, spec: { hard: { pods: '1' } } };
  const headers = { 'content-type': 'application/json' };
  await client.call({ method: 'POST', path, headers, body: JSON.stringify(quota) });
  await vi.waitFor(
    async () => {
      expect(await client.call({ method: 'GET', path: `${path}/one` })).toMatchObject({
        status: { hard: { pods: '1' }, used: { pods: '0' } },
      });
    },
    { timeout: WAIT_MS, interval: 50 },
  );
}

async function toPod(name: string, what: 'delete' | 'evict'): Promise<void> {
  const { client, namespace } = place;
  if (what === 'delete') {
    await client.remove(PODS, { namespace, name });
    return;
  }
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
  await client.call({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(eviction),
  });
}
