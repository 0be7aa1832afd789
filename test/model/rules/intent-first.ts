import { type Chronicle, type Sighting, isPod, placeOf, runBefore, tasksOf, versionOf } from '../chronicle.js';
import type { Rule } from './rule.js';

/** Design, rule 3: what starts or stops code is committed before it is done, and every commit is fenced. */
export const INTENT_FIRST: readonly Rule[] = [
  { says: 'nothing is stopped without a committed intent', breaches: stopsAreIntended },
  { says: 'every write of a run names the version that it was decided on', breaches: commitsAreFenced },
  { says: 'no attempt is tried again before its backoff is over', breaches: backoffIsKept },
];

function stopsAreIntended(chronicle: Chronicle): string[] {
  return deletions(chronicle)
    .filter(({ object }) => !isOfJob(object) && !wasRemovedBySomebody(chronicle, object.metadata.name))
    .filter(({ at, object }) => (chronicle.goneAt ?? Infinity) > at && !isIntended(chronicle, at, object.metadata.name))
    .map(({ object }) => `${object.kind} ${object.metadata.name} was deleted without a committed intent`);
}

/** First sight of each deletion. */
function deletions({ sightings }: Chronicle): readonly Sighting[] {
  const known = new Set<string>();
  return sightings.filter(({ object: { metadata } }) => {
    if (metadata.deletionTimestamp === undefined || known.has(metadata.uid)) return false;
    known.add(metadata.uid);
    return true;
  });
}

function isOfJob({ metadata }: Sighting['object']): boolean {
  return (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'Job');
}

/** The deeds of the history delete pods too: of a step for which one does so, nothing can be said. */
function wasRemovedBySomebody({ history, sightings }: Chronicle, name: string): boolean {
  const sighting = sightings.find(({ object }) => isPod(object) && object.metadata.name === name);
  if (sighting === undefined) return false;
  const { step } = placeOf(sighting.object);
  return history.deeds.some(({ deed }) => 'step' in deed && deed.step === step);
}

/** The run says that it is being stopped, or has ended. */
function isIntended(chronicle: Chronicle, at: number, name: string): boolean {
  return tasksOf(runBefore(chronicle, at)).some(({ state, attempts }) => {
    const attempt = attempts.find(({ object }) => object?.name === name);
    return attempt !== undefined && (attempt.outcome !== undefined || state === 'Stopping');
  });
}

function commitsAreFenced({ calls }: Chronicle): string[] {
  return calls
    .filter(({ verb, resource }) => verb === 'patch' && resource.startsWith('workflowexecutions'))
    .filter(({ body }) => !hasVersion(body['metadata']))
    .map(({ number, resource }) => `call ${number}, patch of ${resource}, has no resourceVersion`);
}

function hasVersion(metadata: unknown): boolean {
  return typeof metadata === 'object' && metadata !== null && 'resourceVersion' in metadata;
}

function backoffIsKept({ versions }: Chronicle): string[] {
  return versions.flatMap((version, index) =>
    tasksOf(version)
      .filter(({ state, nextAttemptAt }) => state === 'BackingOff' && nextAttemptAt !== undefined)
      .flatMap(({ name, nextAttemptAt = '', attempts }) => {
        const next = versions[index + 1];
        const then = tasksOf(next).find((task) => task.name === name)?.attempts ?? [];
        const begun = then.length > attempts.length ? then.at(-1)?.intentAt : undefined;
        return begun === undefined || Date.parse(begun) >= Date.parse(nextAttemptAt)
          ? []
          : [`step ${name} was tried again at ${begun}, before ${nextAttemptAt} (version ${versionOf(version)})`];
      }),
  );
}
