import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/api/json.js';
import type { KubeObject } from '../../../../src/api/kube.js';
import { createControllers } from '../../../../src/cluster/controllers/index.js';
import { JOBS, NODES, PODS, type Resource } from '../../../../src/cluster/resource.js';
import { StatusError } from '../../../../src/cluster/status-error.js';
import { settle, VirtualClock } from '../../../support/virtual-clock.js';
import { TestClient } from '../test-client.js';
import { Aliases, part, readRecording, text, type RecordedEvent } from './recording.js';

type Shown = Resource<KubeObject & { readonly spec?: unknown; readonly status?: unknown }>;

interface Sequence {
  readonly statuses: readonly string[];
  readonly events: readonly string[];
}

/** Job statuses in order, without instants and without repetitions; the Job's Events in order. */
function sequenceOf(stream: readonly RecordedEvent[]): Sequence {
  const aliases = new Aliases();
  const statuses: string[] = [];
  const events: string[] = [];
  for (const { type, object } of stream) if (text(object, 'kind') === 'Pod' && type === 'ADDED') aliases.add(object);
  for (const { type, object } of stream) {
    const kind = text(object, 'kind');
    if (kind === 'Job' && type !== 'DELETED') {
      const shown = aliases.in(sorted(withoutInstants(part(object, 'status'))));
      if (statuses.at(-1) !== shown) statuses.push(shown);
    }
    if (kind === 'Event' && text(part(object, 'involvedObject'), 'kind') === 'Job') {
      events.push(aliases.in(`${text(object, 'reason')}: ${text(object, 'message')}`));
    }
  }
  return { statuses, events };
}

function withoutInstants(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, one: unknown) => (/(Time|Timestamp)$/.test(key) ? 'some time' : one)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

/** Plays the pods of a recording, and what was done to the Job, to the controllers; answers what they wrote. */
async function replay(recording: readonly RecordedEvent[], refusal?: (pod: string) => string): Promise<Sequence> {
  const job = recording.find(({ type, object }) => type === 'ADDED' && text(object, 'kind') === 'Job');
  if (job === undefined) throw new Error('the recording has no Job');
  const first = Math.min(...recording.map(({ t }) => t));
  const metadata = part(job.object, 'metadata');
  // Within the second of the recorded creation: backoffs count from instants of whole seconds.
  const clock = new VirtualClock(Date.parse(text(metadata, 'creationTimestamp')) + 500);
  const client = new TestClient(clock);
  client.refuse = (plural, object) => {
    if (plural !== 'pods' || refusal === undefined) return;
    throw new StatusError({ code: 403, reason: 'Forbidden', message: refusal(text(part(object, 'metadata'), 'name')) });
  };
  await client.makeNamespace(text(metadata, 'namespace'));
  const errors: unknown[] = [];
  const controllers = createControllers({ client, clock, onError: (error) => errors.push(error) });
  await controllers.start();
  await addNode(client);
  const shown: Shown = JOBS;
  const { name, namespace, labels } = metadata;
  await client.create(shown, typedObject({ ...job.object, metadata: { name, namespace, labels }, status: {} }));

  const script = scriptOf(recording);
  let at = first;
  for (const step of script) {
    await clock.advance(Math.max(0, (step.t - at) * 1_000));
    at = Math.max(at, step.t);
    await step.act(client);
    await settle();
  }
  await clock.advance((Math.max(...recording.map(({ t }) => t)) - at) * 1_000 + 200);
  await controllers.stop();
  if (refusal === undefined) expect(errors).toEqual([]);
  return sequenceOf(client.seen.map(({ type, object }) => ({ t: 0, type, object })));
}

async function addNode(client: TestClient): Promise<void> {
  const allocatable = { cpu: '2', memory: '4Gi', pods: '110' };
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-11-21T12:24:00Z' }];
  const status = { allocatable, capacity: allocatable, conditions };
  const shown: Shown = NODES;
  await client.create(shown, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, status });
}

interface Step {
  readonly t: number;
  readonly act: (client: TestClient) => Promise<unknown>;
}

/** The kubelet's part of the recording, and the person's. */
function scriptOf(recording: readonly RecordedEvent[]): readonly Step[] {
  const names: string[] = [];
  const last = new Map<string, string>();
  const steps: Step[] = [];
  for (const { t, type, object } of recording) {
    if (type === 'ACTION') steps.push({ t, act: (client) => doToJob(client, text(object, 'action')) });
    if (text(object, 'kind') !== 'Pod') continue;
    const name = text(part(object, 'metadata'), 'name');
    if (!names.includes(name)) names.push(name);
    const ordinal = names.indexOf(name);
    const status = part(object, 'status');
    if (type === 'DELETED') steps.push({ t, act: (client) => client.endGracefully(ourPod(client, ordinal)) });
    const byKubelet = 'containerStatuses' in status && last.get(name) !== JSON.stringify(status);
    if (type === 'MODIFIED' && byKubelet) {
      const shown: Shown = PODS;
      steps.push({ t, act: (client) => client.patchStatus(shown, ourPod(client, ordinal), { body: { status } }) });
    }
    last.set(name, JSON.stringify(status));
  }
  return steps;
}

function ourPod(client: TestClient, ordinal: number): { readonly namespace: string; readonly name: string } {
  const pod = client.seen.filter(({ type, plural }) => type === 'ADDED' && plural === 'pods')[ordinal];
  const metadata = part(pod?.object ?? {}, 'metadata');
  return { namespace: text(metadata, 'namespace'), name: text(metadata, 'name') };
}

async function doToJob(client: TestClient, action: string): Promise<void> {
  const seen = client.seen.find(({ plural }) => plural === 'jobs');
  const metadata = part(seen?.object ?? {}, 'metadata');
  const key = { namespace: text(metadata, 'namespace'), name: text(metadata, 'name') };
  if (action === 'suspend') await client.patch(JOBS, key, { body: { spec: { suspend: true } } });
  else if (action.includes('--cascade=foreground')) await client.delete(JOBS, key, { propagationPolicy: 'Foreground' });
  else throw new Error(`the replay knows no action ${action}`);
}

function typedObject(object: JsonObject): KubeObject {
  return {
    ...object,
    apiVersion: text(object, 'apiVersion'),
    kind: text(object, 'kind'),
    metadata: part(object, 'metadata'),
  };
}

describe('the Job controller, given the pods of a real cluster, writes what the real one wrote', () => {
  it.each([
    'job-succeeds',
    'job-fails',
    'job-backoff-1',
    'job-deadline',
    'job-suspended',
    'job-fail-policy',
    'job-image-pull',
    'job-deleted',
  ])('%s', async (name) => {
    const recording = readRecording(name);
    const ours = await replay(recording);
    const theirs = sequenceOf(recording);
    expect(ours.statuses).toEqual(theirs.statuses);
    expect(ours.events.toSorted()).toEqual(theirs.events.toSorted());
  });

  it('job-quota: each refusal is an Event of its own, tried again after 1, 2 and 4 seconds', async () => {
    const recording = readRecording('job-quota');
    const refusal = (pod: string): string =>
      `pods "${pod}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0`;
    const ours = await replay(recording, refusal);
    const theirs = sequenceOf(recording);
    const unnamed = (events: readonly string[]): readonly string[] => events.map((one) => one.replace(/j-\w+/, 'POD'));
    expect(ours.statuses).toEqual(theirs.statuses);
    expect(unnamed(ours.events)).toEqual(unnamed(theirs.events));
  });

  it('job-no-service-account: the same refusal raises the count of one Event', async () => {
    const recording = readRecording('job-no-service-account');
    const refusal = (): string =>
      'pods "j-" is forbidden: error looking up service account rec-job-no-service-account/missing: serviceaccount "missing" not found';
    const ours = await replay(recording, refusal);
    const theirs = sequenceOf(recording);
    expect(ours.statuses).toEqual(theirs.statuses);
    expect(ours.events).toEqual(theirs.events);
  });
});
