import { type Chronicle, births, isStopped, placeOf, podsBefore, tasksOf, versionOf } from '../chronicle.js';
import type { Rule } from './rule.js';

/** Design, rule 6: no next attempt, no end of an attempt and no end of the run while something may still run. */
export const CONFIRMED_STOPS: readonly Rule[] = [
  { says: 'an attempt begins when the one before it has stopped', breaches: attemptsDoNotOverlap },
  { says: 'an attempt is called ended when its pod has stopped', breaches: endsAreConfirmed },
  { says: 'a run is called ended when nothing of it runs', breaches: nothingOutlivesTheRun },
];

function attemptsDoNotOverlap(chronicle: Chronicle): string[] {
  return births(chronicle).flatMap(({ at, object }) => {
    const { step, attempt } = placeOf(object);
    return podsBefore(chronicle, at)
      .filter((pod) => placeOf(pod.object).step === step && !isStopped(pod))
      .map((pod) => `attempt ${attempt} of ${step} was started while ${pod.object.metadata.name} could still run`);
  });
}

function endsAreConfirmed(chronicle: Chronicle): string[] {
  const told = new Set<string>();
  return chronicle.versions.flatMap((version) =>
    tasksOf(version).flatMap(({ name, attempts }) =>
      attempts
        .filter(({ number, outcome }) => outcome !== undefined && !told.has(`${name}/${number}`))
        .flatMap(({ number }) => {
          told.add(`${name}/${number}`);
          return podsBefore(chronicle, versionOf(version))
            .filter((pod) => placeOf(pod.object).step === name && placeOf(pod.object).attempt === number)
            .filter((pod) => !isStopped(pod))
            .map((pod) => `attempt ${number} of ${name} was called ended while ${pod.object.metadata.name} could run`);
        }),
    ),
  );
}

function nothingOutlivesTheRun(chronicle: Chronicle): string[] {
  const end = chronicle.versions.find(({ status }) => status?.completionTime !== undefined);
  if (end === undefined) return [];
  return podsBefore(chronicle, versionOf(end))
    .filter((pod) => !isStopped(pod))
    .map((pod) => `the run was called ${end.status?.phase} while ${pod.object.metadata.name} could still run`);
}
