import type { Job, Pod } from '../../src/api/kube.js';
import { LABEL, OWES_FINALIZER, TRACKING_FINALIZER } from '../../src/api/names.js';
import type { Stored } from '../../src/cluster/resource.js';
import type { Run } from '../support/embedded-world.js';
import { asJson } from './as-json.js';
import { difference } from './outcome.js';
import type { Play } from './play.js';

/** What must hold of every play, whatever the undisturbed one was like; empty: all holds. */
export async function brokenInvariants(
  play: Play,
  { mayCreateLate = false }: { readonly mayCreateLate?: boolean } = {},
): Promise<readonly string[]> {
  const { world, run } = play;
  const { uid } = run.metadata;
  const versions = world.versions.filter((version) => version.metadata.uid === uid);
  const own = world.created.filter(({ metadata }) => metadata.labels?.[LABEL.executionUid] === uid);
  const { problems, events } = await world.trail(uid);
  return [
    ...(mayCreateLate ? [] : createdOnce(own)),
    ...(mayCreateLate ? [] : own.flatMap((object) => withoutIntent(object, versions))),
    ...changedVerdicts(versions),
    ...unconfirmedEnds(play, versions),
    ...problems.map(({ message }) => `the audit trail: ${message}`),
    ...(await world.store.forks()).map(({ id }) => `the audit trail has a fork at ${id}`),
    ...unstored(world.latest(run), events.length),
    ...(stillOwes(play) ? ['the run still owes something'] : []),
    ...(await leftBehind(play)),
  ];
}

async function leftBehind({ world }: Play): Promise<readonly string[]> {
  return [
    ...[...(await world.pods()), ...(await world.jobs())].flatMap(stillTracked),
    ...world.cluster.errors.map((error) => `the cluster: ${String(error)}`),
  ];
}

/** The last form of a run that is deleted is the one before its last finalizer went. */
function stillOwes({ world, run }: Play): boolean {
  return !world.isGone(run) && (world.latest(run).metadata.finalizers ?? []).includes(OWES_FINALIZER);
}

function isOfJob(object: Stored<Pod> | Stored<Job>): boolean {
  return (object.metadata.ownerReferences ?? []).some(({ kind }) => kind === 'Job');
}

function createdOnce(created: readonly (Stored<Pod> | Stored<Job>)[]): readonly string[] {
  const names = created.filter((object) => !isOfJob(object)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const again = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(again)].map((name) => `${name} was created more than once`);
}

/** Everything that is created has been committed as an intent before: resourceVersions of one server count up. */
function withoutIntent(object: Stored<Pod> | Stored<Job>, versions: readonly Run[]): readonly string[] {
  if (isOfJob(object)) return [];
  const born = Number(object.metadata.resourceVersion);
  const then = versions.findLast((version) => Number(version.metadata.resourceVersion) < born);
  const { name, labels = {} } = object.metadata;
  const task = then?.status?.engine?.tasks.find((candidate) => candidate.name === labels[LABEL.task]);
  const named = (task?.attempts ?? []).some(
    (attempt) => attempt.object?.name === name && attempt.outcome === undefined,
  );
  return named ? [] : [`${object.kind} ${name} was created without a committed intent`];
}

/**
 * Rule 6: when an attempt's end is committed, the pods of it that were there then had ended, or had never come to a node.
 * But for the word of a person that it has stopped, and for objects that are gone, of which nobody can know.
 */
function unconfirmedEnds({ world }: Play, versions: readonly Run[]): readonly string[] {
  const known = new Set<string>();
  return versions.flatMap((version) =>
    (version.status?.engine?.tasks ?? []).flatMap((task) =>
      task.attempts.flatMap(({ number, outcome, stop }) => {
        const id = `${task.name}/${number}`;
        if (outcome === undefined || known.has(id)) return [];
        known.add(id);
        if (stop?.confirmed === false) return [];
        const then = Number(version.metadata.resourceVersion);
        const seen = world.podVersions.filter(
          ({ metadata }) => Number(metadata.resourceVersion) < then && isOfAttempt(metadata, task.name, number),
        );
        const last = new Map(seen.map((pod) => [pod.metadata.uid, pod]));
        return [...last.values()]
          .filter((pod) => !isOver(pod))
          .map((pod) => `the end of attempt ${id} was committed while pod ${pod.metadata.name} might still run`);
      }),
    ),
  );
}

function isOfAttempt({ labels }: Stored<Pod>['metadata'], task: string, attempt: number): boolean {
  return labels?.[LABEL.task] === task && labels[LABEL.attempt] === String(attempt);
}

function isOver({ metadata, spec, status }: Stored<Pod>): boolean {
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return ended || (metadata.deletionTimestamp !== undefined && spec?.nodeName === undefined);
}

/** What was once said of an ended attempt, a step that is over, or a run that is over, stands. */
function changedVerdicts(versions: readonly Run[]): readonly string[] {
  const said = new Map<string, unknown>();
  const broken: string[] = [];
  const say = (of: string, what: unknown): void => {
    const before = said.get(of);
    if (before === undefined) said.set(of, what);
    else {
      const change = difference(asJson(before), asJson(what));
      if (change !== null) broken.push(`what was said of ${of} was changed: ${change}`);
    }
  };
  for (const { status } of versions) {
    for (const task of status?.engine?.tasks ?? []) {
      if (['Succeeded', 'Failed', 'Skipped', 'Cancelled'].includes(task.state)) say(`step ${task.name}`, task.state);
      for (const attempt of task.attempts) {
        if (attempt.outcome !== undefined)
          say(`attempt ${task.name}/${attempt.number}`, [attempt.outcome, attempt.verdict?.reason, attempt.finishedAt]);
      }
    }
    if (status?.completionTime !== undefined) say('the run', [status.phase, status.reason, status.completionTime]);
  }
  return [...new Set(broken)];
}

/** The status counts the events of the run: all of them are in the store. */
function unstored(run: Run, stored: number): readonly string[] {
  const seq = run.status?.engine?.audit.seq ?? 0;
  return seq === stored ? [] : [`the status tells of ${seq} events, and ${stored} are stored`];
}

function stillTracked(object: Stored<Pod> | Stored<Job>): readonly string[] {
  return (object.metadata.finalizers ?? []).includes(TRACKING_FINALIZER)
    ? [`${object.kind} ${object.metadata.name} was never released`]
    : [];
}
