import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/api/json.js';
import type { KubeObject, Pod } from '../../src/api/kube.js';
import { MemoryAuditStore } from '../../src/audit/memory-store.js';
import { runInstalled } from '../../src/cli/controller/installed-controller.js';
import { OWN_NAMES } from '../../src/cli/controller/needed-rights.js';
import { TRANSLATORS } from '../../src/cli/kinds.js';
import {
  ApiError,
  type CallReport,
  type Client,
  type HttpTransport,
  PODS,
  type Resource,
  createClient,
  createHttpTransport,
  defineResource,
  delay,
  loadCredentials,
  systemClock,
} from '../../src/runtime/index.js';
import { createMetrics } from '../../src/server/metrics.js';
import { kustomized, objectsOf, the } from './manifests.js';

/** A kubeconfig of a real cluster, without a node at best: the test then says how its pods end. */
const KUBECONFIG = process.env['LOCKSTEP_TEST_KUBECONFIG'];
const LIMIT_MS = 300_000;

interface Run extends KubeObject {
  readonly spec: JsonObject;
  readonly status?: { readonly phase?: string; readonly engine?: unknown };
}

const RUNS = run('lockstep.dev/v1alpha1', 'WorkflowExecution', 'workflowexecutions');
const LISTS = run('batch.lockstep.dev/v1alpha1', 'SequentialJob', 'sequentialjobs');
const ACTIONS = run('lockstep.dev/v1alpha1', 'WorkflowAction', 'workflowactions');

function run(apiVersion: string, kind: string, plural: string): Resource<Run> {
  return defineResource<Run>({ apiVersion, kind, plural, namespaced: true });
}

describe.skipIf(KUBECONFIG === undefined)('on a real API server', () => {
  let admin: Client;
  let transport: HttpTransport;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    ({ client: admin, transport } = await clientFrom({ kind: 'file', path: KUBECONFIG ?? '' }));
    // All but the controller itself: the one of this test has its rights.
    const objects = kustomized('deploy').filter(({ kind }) => kind !== 'Deployment');
    kubectlWith(
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
      'apply',
      '--server-side',
      '-f',
      '-',
    );
    for (const name of [
      'workflowexecutions.lockstep.dev',
      'workflowactions.lockstep.dev',
      'sequentialjobs.batch.lockstep.dev',
    ])
      kubectl('wait', '--for=condition=Established', '--timeout=60s', `crd/${name}`);
  }, LIMIT_MS);
  afterAll(async () => {
    await stopAll(stops);
    for (const namespace of made) kubectl('delete', 'namespace', namespace, '--wait=false');
    transport.close();
  }, LIMIT_MS);

  it.each(['deploy', 'deploy/namespaced', 'deploy/highly-available'])(
    '%s passes a dry run where restricted Pod Security is enforced, pod and all',
    (folder) => {
      const namespace = makeNamespace('restricted', {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      });
      const objects = kustomized(folder);
      const deployment = the(objects, 'Deployment', 'lockstep-controller') as JsonObject & {
        readonly spec: { readonly template: JsonObject & { readonly spec: JsonObject } };
      };
      kubectl('-n', namespace, 'create', 'serviceaccount', 'lockstep-controller');
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'controller', namespace },
        spec: deployment.spec.template.spec,
      };
      const inPlace = { ...deployment, metadata: { name: 'lockstep-controller', namespace } };
      expect(dryRun(pod)).toBe('');
      expect(dryRun(inPlace)).toBe('');
      const others = objects.filter(({ kind }) => kind !== 'Deployment');
      for (const object of others) expect(dryRun({ ...object, metadata: inNamespace(object, namespace) })).toBe('');
    },
    LIMIT_MS,
  );

  it(
    'all that a controller for all namespaces does, it does with the rights of deploy/: no 403',
    async () => {
      const namespace = makeNamespace('wide', {});
      const calls = await startController(namespace, { own: 'lockstep-system', watched: null, stops });
      await playScenarios(admin, namespace).finally(() => stopAll(stops));
      expect(refusedOf(calls)).toEqual([]);
      expect(calls.length).toBeGreaterThan(50);
    },
    LIMIT_MS,
  );

  it(
    'and one for a namespace with those of deploy/namespaced',
    async () => {
      const namespace = makeNamespace('one', {});
      const objects = kustomized('deploy/namespaced').filter(({ kind }) => kind !== 'Deployment');
      for (const object of objects) {
        const moved = JSON.stringify({ ...object, metadata: inNamespace(object, namespace) });
        kubectlWith(
          moved.replaceAll('"namespace":"lockstep"', `"namespace":"${namespace}"`),
          'apply',
          '--server-side',
          '-f',
          '-',
        );
      }
      const calls = await startController(namespace, { own: namespace, watched: namespace, stops });
      await playScenarios(admin, namespace).finally(() => stopAll(stops));
      expect(refusedOf(calls)).toEqual([]);
    },
    LIMIT_MS,
  );
});

async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}

/** Runs that succeed and fail, are acted on, deleted, and expire; pods end as their names say. */
async function playScenarios(admin: Client, namespace: string): Promise<void> {
  const stop = new AbortController();
  const patching = endPods(admin, namespace, stop.signal);
  try {
    const create = (resource: Resource<Run>, name: string, spec: JsonObject): Promise<Run> =>
      admin.create(resource, {
        apiVersion: resource.apiVersion,
        kind: resource.kind,
        metadata: { namespace, name },
        spec,
      });
    const ends = async (resource: Resource<Run>, name: string, phase: string): Promise<void> => {
      await vi.waitFor(
        async () => {
          expect((await admin.get(resource, { namespace, name })).status?.phase).toBe(phase);
        },
        { timeout: 60_000, interval: 100 },
      );
    };
    const act = async (name: string, verb: string): Promise<void> => {
      const { metadata } = await admin.get(RUNS, { namespace, name });
      await create(ACTIONS, `${name}-${verb.toLowerCase()}`, {
        executionRef: { name, uid: metadata.uid },
        verb,
        requestedBy: 'tester',
        reason: 'the test',
      });
    };
    const pod = (name: string, more: JsonObject = {}): JsonObject => ({ name, pod: { spec: podSpec() }, ...more });
    await create(RUNS, 'good', {
      steps: [
        pod('one'),
        { name: 'job', job: { spec: { template: { spec: podSpec() } } } },
        { name: 'wait', delay: '1s' },
      ],
    });
    await create(RUNS, 'bad', { steps: [pod('fails'), pod('never')], finally: [pod('always')] });
    await create(RUNS, 'again', {
      steps: [pod('fails', { idempotent: true, retry: { execution: { limit: 1, base: '1s' } } })],
    });
    await create(RUNS, 'cancelled', { steps: [pod('hangs')] });
    await create(RUNS, 'deleted', { steps: [pod('hangs')] });
    await create(RUNS, 'gone', { steps: [{ name: 'wait', delay: '1s' }], ttlSecondsAfterFinished: 1 });
    await create(LISTS, 'list', { containers: [{ name: 'one', image: 'busybox:1.36', command: ['true'] }] });
    await ends(RUNS, 'cancelled', 'Running');
    await act('cancelled', 'Cancel');
    await ends(RUNS, 'deleted', 'Running');
    await admin.remove(RUNS, { namespace, name: 'deleted' });
    await ends(RUNS, 'good', 'Succeeded');
    await ends(RUNS, 'bad', 'Failed');
    await ends(RUNS, 'again', 'Failed');
    await ends(RUNS, 'cancelled', 'Cancelled');
    await ends(LISTS, 'list', 'Succeeded');
    await vi.waitFor(
      async () => {
        expect(await admin.find(RUNS, { namespace, name: 'gone' })).toBeNull();
        expect(await admin.find(RUNS, { namespace, name: 'deleted' })).toBeNull();
      },
      { timeout: 60_000, interval: 100 },
    );
  } finally {
    stop.abort();
    await patching;
  }
}

function podSpec(): JsonObject {
  return {
    restartPolicy: 'Never',
    // Where the cluster has a node, its kubelet would run them, and race with what the test says of them.
    schedulerName: 'nobody',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: 'busybox:1.36', command: ['true'] }],
  };
}

/** The kubelet's part, told by the step: `fails` ends with 3, `hangs` runs until it is deleted, the others succeed. */
async function endPods(admin: Client, namespace: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { items } = await admin.list(PODS, { namespace });
    await Promise.all(items.map((pod) => endPod(admin, pod)));
    await delay(systemClock, 100);
  }
}

async function endPod(admin: Client, pod: Pod): Promise<void> {
  const step = pod.metadata?.labels?.['lockstep.dev/task'] ?? '';
  const isDeleted = pod.metadata?.deletionTimestamp !== undefined;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
  if (step === 'hangs' && !isDeleted && pod.status?.phase === 'Running') return;
  const exitCode = isDeleted ? 143 : step === 'fails' ? 3 : 0;
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const running = step === 'hangs' && !isDeleted;
  const state = running
    ? { running: { startedAt: at } }
    : { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: at, finishedAt: at } };
  const phase = running ? 'Running' : exitCode === 0 ? 'Succeeded' : 'Failed';
  const main = {
    name: pod.spec?.containers[0]?.name ?? 'main',
    image: 'busybox:1.36',
    imageID: 'x',
    ready: running,
    restartCount: 0,
    state,
  };
  // Without a node the scheduler has said that there is none.
  const conditions = ['PodScheduled', 'Initialized'].map((type) => ({ type, status: 'True', lastTransitionTime: at }));
  const body = { status: { phase, conditions, containerStatuses: [main] } };
  const ref = { namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '' };
  try {
    await admin.patch(PODS, ref, { patch: { type: 'merge', body }, subresource: 'status' });
  } catch (error) {
    // It was let go of in between.
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  }
}

async function startController(
  namespace: string,
  options: { readonly own: string; readonly watched: string | null; readonly stops: (() => Promise<void>)[] },
): Promise<readonly CallReport[]> {
  const token = kubectl('-n', options.own, 'create', 'token', 'lockstep-controller').trim();
  const { transport } = await clientFrom({ kind: 'text', text: kubeconfigWith(token) });
  const calls: CallReport[] = [];
  const metrics = createMetrics('test');
  const stop = new AbortController();
  const running = runInstalled(
    {
      transport,
      clock: systemClock,
      log: pino({ level: process.env['LOCKSTEP_TEST_LOG'] ?? 'silent' }),
      metrics: { ...metrics, call: (report) => calls.push(report) },
      version: 'test',
      translators: TRANSLATORS,
      namespaces: [options.watched],
      ownNamespace: options.own,
      names: OWN_NAMES,
      identity: namespace,
      leaderElect: true,
      openStore: () => Promise.resolve(new MemoryAuditStore()),
      operations: null,
      graceMs: 25_000,
    },
    stop.signal,
  );
  options.stops.push(async () => {
    stop.abort();
    await running;
    transport.close();
  });
  return calls;
}

function refusedOf(calls: readonly CallReport[]): readonly string[] {
  return calls
    .filter(({ code }) => code === 401 || code === 403)
    .map(({ verb, resource, code }) => `${verb} ${resource}: ${code ?? ''}`);
}

async function clientFrom(source: Parameters<typeof loadCredentials>[0]) {
  const { credentials } = await loadCredentials(source, systemClock);
  const transport = createHttpTransport({ credentials, clock: systemClock });
  const client = createClient({ transport, clock: systemClock, random: Math.random, userAgent: 'lockstep-test' });
  return { client, transport };
}

/** The cluster of the test, with the token of a service account instead of the administrator's certificate. */
function kubeconfigWith(token: string): string {
  const [config] = objectsOf(kubectl('config', 'view', '--raw', '--minify', '--flatten'));
  const [context] = config?.['contexts'] as readonly { readonly context: { readonly user: string } }[];
  return JSON.stringify({ ...config, users: [{ name: context?.context.user, user: { token } }] });
}

const made: string[] = [];

function makeNamespace(prefix: string, labels: Readonly<Record<string, string>>): string {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`;
  kubectlWith(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }), 'apply', '-f', '-');
  made.push(name);
  return name;
}

/** Cluster-scoped objects keep having none. */
function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  return metadata['namespace'] === undefined ? metadata : { ...metadata, namespace };
}

/** What the API server warns of; it fails where the object is refused. */
function dryRun(object: JsonObject): string {
  const script = 'kubectl apply --server-side --force-conflicts --dry-run=server -f - 2>&1 >/dev/null';
  return execFileSync('sh', ['-c', script], { input: JSON.stringify(object), encoding: 'utf8', env: environment() });
}

function kubectl(...args: readonly string[]): string {
  return kubectlWith('', ...args);
}

function kubectlWith(input: string, ...args: readonly string[]): string {
  return execFileSync('kubectl', args, { input, encoding: 'utf8', env: environment() });
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG };
}
