import type { Job, Pod } from '../../src/api/kube.js';
import { LABEL } from '../../src/api/names.js';
import type { AuditEvent } from '../../src/api/types.js';
import type { ContainerLaunch } from '../../src/cluster/kubelet/index.js';
import { JOBS, PODS, type Stored } from '../../src/cluster/resource.js';
import { brokenInvariants } from '../crash/invariants.js';
import { play } from '../crash/play.js';
import type { ApiCall } from '../support/embedded/api-call.js';
import { type EmbeddedWorld, RUNS, type Run } from '../support/embedded-world.js';
import type { History } from './history.js';
import { scenarioOf } from './scenario-of.js';

export type Task = NonNullable<NonNullable<Run['status']>['engine']>['tasks'][number];
export type Attempt = Task['attempts'][number];

/** An object of the cluster as it was at a version. Versions of all objects count up together: they are the order. */
export interface Sighting {
  readonly at: number;
  readonly gone: boolean;
  readonly object: Stored<Pod> | Stored<Job>;
}

/** Everything that was written, seen and run in the course of one history; it is judged by the rules. */
export interface Chronicle {
  readonly history: History;
  readonly run: Run;
  /** Each version of the run, in order. */
  readonly versions: readonly Run[];
  /** The version at which the run was gone, or null. */
  readonly goneAt: number | null;
  /** Each version of each pod and Job of the run, in order. */
  readonly sightings: readonly Sighting[];
  readonly calls: readonly ApiCall[];
  readonly events: readonly AuditEvent[];
  /** Each container that ran. */
  readonly launches: readonly ContainerLaunch[];
  /** Controllers that were started. */
  readonly controllers: number;
  /** What the crash harness has against it. */
  readonly broken: readonly string[];
}

export async function chronicleOf(history: History): Promise<Chronicle> {
  const sightings: Sighting[] = [];
  let goneAt: number | null = null;
  const watch = ({ cluster: { client } }: EmbeddedWorld): void => {
    const { signal } = new AbortController();
    const see = ({ type, object }: { readonly type: string; readonly object: Stored<Pod> | Stored<Job> }): void => {
      sightings.push({ at: versionOf(object), gone: type === 'DELETED', object });
    };
    client.watch(PODS, { signal }, see);
    client.watch(JOBS, { signal }, see);
    client.watch(RUNS, { signal }, ({ type, object }) => {
      if (type === 'DELETED') goneAt = versionOf(object);
    });
  };
  const played = await play(scenarioOf(history), { arrange: watch });
  const { world, run, stuck } = played;
  const { uid } = run.metadata;
  return {
    history,
    run: world.latest(run),
    versions: world.versions.filter((version) => version.metadata.uid === uid),
    goneAt,
    sightings: sightings
      .filter(({ object }) => object.metadata.labels?.[LABEL.executionUid] === uid)
      .sort((one, other) => one.at - other.at),
    calls: world.calls,
    events: (await world.trail(uid)).events,
    launches: world.cluster.runtime.started,
    controllers: world.processes.length,
    broken: [...(stuck === null ? [] : [stuck]), ...(await brokenInvariants(played))],
  };
}

export function versionOf({ metadata }: { readonly metadata: { readonly resourceVersion: string } }): number {
  return Number(metadata.resourceVersion);
}

/** The run as it was committed last before a version. */
export function runBefore({ versions }: Chronicle, at: number): Run | undefined {
  return versions.findLast((version) => versionOf(version) < at);
}

export function tasksOf(run: Run | undefined): readonly Task[] {
  return run?.status?.engine?.tasks ?? [];
}

/** Step and attempt of a pod or Job. */
export function placeOf({ metadata }: Stored<Pod> | Stored<Job>): { readonly step: string; readonly attempt: number } {
  const labels = metadata.labels ?? {};
  return { step: labels[LABEL.task] ?? '', attempt: Number(labels[LABEL.attempt]) };
}

export function isPod(object: Stored<Pod> | Stored<Job>): object is Stored<Pod> {
  return object.kind === 'Pod';
}

/** Nothing of it runs, nor ever will: the kubelet says that it is over, it is gone, or it was deleted on no node. */
export function isStopped({ gone, object }: Sighting): boolean {
  if (gone || !isPod(object)) return true;
  const unplaced = object.metadata.deletionTimestamp !== undefined && object.spec?.nodeName === undefined;
  return unplaced || ['Succeeded', 'Failed'].includes(object.status?.phase ?? '');
}

/** The pods that were there right before a version, each as it was then. */
export function podsBefore({ sightings }: Chronicle, at: number): readonly Sighting[] {
  const pods = new Map<string, Sighting>();
  for (const sighting of sightings) {
    if (sighting.at < at && isPod(sighting.object)) pods.set(sighting.object.metadata.uid, sighting);
  }
  return [...pods.values()];
}

/** The first sight of each pod and Job that a controller of Lockstep made. */
export function births({ sightings }: Chronicle): readonly Sighting[] {
  const known = new Set<string>();
  return sightings.filter(({ object: { metadata } }) => {
    const ofJob = (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'Job');
    if (ofJob || known.has(metadata.uid)) return false;
    known.add(metadata.uid);
    return true;
  });
}
