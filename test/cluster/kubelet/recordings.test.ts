import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../../src/api/json.js';
import type { ContainerLaunch, ContainerScript } from '../../../src/cluster/kubelet/index.js';
import { KubeletFixture } from './kubelet-fixture.js';
import { distinct, objects, plainEvents, plainStatus, podOf, readRecording, recordedRuns } from './recording.js';
import type { Recorded } from './recording.js';

interface Case {
  readonly name: string;
  /** How the container ends when it is told to, where the recording has a deletion, a deadline or a sidecar's end. */
  readonly onTerm?: ContainerScript['onTerm'];
  /** Containers that end only because they are told to. */
  readonly stopped?: readonly string[];
}

const STOPS_WITH_0 = { exitCode: 0, reason: 'Completed' } as const;

const CASES: readonly Case[] = [
  { name: 'succeeds' },
  { name: 'exit-3' },
  { name: 'oom' },
  { name: 'oom-of-a-child' },
  { name: 'no-such-command' },
  { name: 'image-pull' },
  { name: 'image-pull-deleted' },
  { name: 'image-never' },
  { name: 'invalid-image-name' },
  { name: 'missing-configmap' },
  { name: 'missing-secret-key' },
  { name: 'non-root-refused' },
  { name: 'init-fails' },
  { name: 'init-oom' },
  { name: 'init-pull' },
  { name: 'init-ok-main-pull' },
  { name: 'native-sidecar', stopped: ['side'], onTerm: STOPS_WITH_0 },
  { name: 'native-sidecar-fails' },
  { name: 'one-runs-one-pulls', stopped: ['a'], onTerm: STOPS_WITH_0 },
  { name: 'one-of-two-fails' },
  { name: 'plain-sidecar-never-ends' },
  { name: 'deleted-running', stopped: ['main'], onTerm: STOPS_WITH_0 },
  { name: 'deleted-deaf', stopped: ['main'], onTerm: 'ignore' },
  { name: 'force-deleted', stopped: ['main'], onTerm: STOPS_WITH_0 },
  { name: 'evicted-by-api', stopped: ['main'], onTerm: STOPS_WITH_0 },
  { name: 'evicted-by-api-deaf', stopped: ['main'], onTerm: 'ignore' },
  { name: 'deadline', stopped: ['main'], onTerm: STOPS_WITH_0 },
  { name: 'deadline-while-pending' },
  { name: 'on-failure-restart' },
  { name: 'crash-loop' },
  { name: 'node-name-refused' },
];

/** Plays the containers of a recording: each run as long as it took there, with the end that it had. */
function scriptOf(recording: readonly Recorded[], one: Case): (launch: ContainerLaunch) => ContainerScript {
  const runs = recordedRuns(recording);
  return ({ container, attempt }) => {
    const run = runs.get(container)?.[attempt];
    const stop = one.onTerm === undefined ? {} : { onTerm: one.onTerm };
    if (run === undefined || one.stopped?.includes(container) === true) return stop;
    if (run.reason === 'StartError') return { startError: run.message ?? '' };
    const reason = run.reason as 'Completed' | 'Error' | 'OOMKilled';
    const said = run.message === undefined ? {} : { message: run.message };
    // Times of whole seconds: what ran for less than one is shown to run for a moment.
    return { ...stop, end: { exitCode: run.exitCode, reason, afterMs: run.ranMs + 300, ...said } };
  };
}

/** Does to our pod what was done to the recorded one, at the same time. */
async function play(fixture: KubeletFixture, recording: readonly Recorded[]): Promise<void> {
  let now = recording[0]?.t ?? 0;
  for (const { t, object } of recording.filter((entry) => entry.type === 'ACTION')) {
    await fixture.pass((t - now) * 1000);
    now = t;
    const action = typeof object === 'string' ? object : '';
    if (action.includes('evict')) await fixture.evict();
    if (action.includes('delete')) await fixture.delete(action.includes('--force') ? 0 : undefined);
    if (action.includes('strip')) break;
  }
  await fixture.pass(40_000);
}

/** Where each of the wanted is found in the given, in order; -1 for those that are not. */
function placesOf(wanted: readonly string[], given: readonly string[]): readonly number[] {
  let from = 0;
  return wanted.map((text) => {
    const place = given.indexOf(text, from);
    if (place >= 0) from = place;
    return place;
  });
}

describe('the kubelet writes every status that the real one wrote, in the same order', () => {
  it.each(CASES)('$name', async (one) => {
    const recording = readRecording(one.name);
    const fixture = new KubeletFixture(scriptOf(recording, one));
    await fixture.start(podOf(recording));
    await play(fixture, recording);

    const real = objects(recording, 'Pod').map((pod) => pod['status']);
    const ours = distinct(fixture.statuses().map((status) => plainStatus(status, false)));
    // The server's own and the scheduler's come before the first of the kubelet; eviction puts its condition last.
    const wanted = distinct(real.map((status) => plainStatus(status, false)));
    const kubelets = wanted.filter((text) => /"containerStatuses":\[\{|OutOf/.test(text) && !endsWithDisruption(text));
    const missing = kubelets.filter((_, index) => placesOf(kubelets, ours)[index] === -1);
    expect(missing).toEqual([]);
    expect(fixture.errors).toEqual([]);
  });
});

function endsWithDisruption(text: string): boolean {
  const status: unknown = JSON.parse(text);
  const conditions = isJsonObject(status) ? status['conditions'] : undefined;
  const last: unknown = Array.isArray(conditions) ? conditions.at(-1) : undefined;
  return isJsonObject(last) && last['type'] === 'DisruptionTarget';
}

describe('the kubelet says in events what the real one said', () => {
  it.each(CASES)('$name', async (one) => {
    const recording = readRecording(one.name);
    const fixture = new KubeletFixture(scriptOf(recording, one));
    await fixture.start(podOf(recording));
    await play(fixture, recording);
    const real = plainEvents(objects(recording, 'Event'));
    const ours = plainEvents(fixture.events());
    expect(
      [...real].filter((line) => !ours.has(line)),
      [...ours].join('\n'),
    ).toEqual([]);
  });
});

describe('the end that the kubelet tells is the real one, conditions and all', () => {
  const ended = CASES.filter(({ name }) => ['Succeeded', 'Failed'].includes(lastPhase(readRecording(name))));
  it.each(ended)('$name', async (one) => {
    const recording = readRecording(one.name);
    const fixture = new KubeletFixture(scriptOf(recording, one));
    await fixture.start(podOf(recording));
    await play(fixture, recording);
    const real = objects(recording, 'Pod').at(-1)?.['status'];
    expect(plainStatus(fixture.statuses().at(-1), true)).toEqual(plainStatus(real, true));
  });
});

function lastPhase(recording: readonly Recorded[]): string {
  const status = objects(recording, 'Pod').at(-1)?.['status'];
  return isJsonObject(status) && typeof status['phase'] === 'string' ? status['phase'] : '';
}
