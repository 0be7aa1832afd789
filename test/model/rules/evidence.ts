import type { StepStory } from '../history.js';
import { type Attempt, type Chronicle, isPod, placeOf, tasksOf } from '../chronicle.js';
import type { Rule } from './rule.js';

/** Design, rule 5: a verdict says what was seen, and what may be tried again follows from it. */
export const EVIDENCE: readonly Rule[] = [
  { says: 'a failure has a verdict that names its evidence or what is missing', breaches: verdictsHaveEvidence },
  { says: 'success is what the container ended with', breaches: successIsExitZero },
  { says: 'an exit code in a verdict is the one of the container', breaches: exitCodesAreReal },
  { says: 'where a verdict says that nothing was changed, no code ran', breaches: effectsAreHonest },
  { says: 'only what is safe to retry is retried, and no more often than allowed', breaches: retriesAreSafe },
];

interface Told {
  readonly step: string;
  readonly attempt: Attempt;
}

function attemptsOf({ run }: Chronicle): readonly Told[] {
  return tasksOf(run).flatMap(({ name, attempts }) => attempts.map((attempt) => ({ step: name, attempt })));
}

const label = ({ step, attempt }: Told): string => `attempt ${attempt.number} of ${step}`;

function verdictsHaveEvidence(chronicle: Chronicle): string[] {
  return (
    attemptsOf(chronicle)
      .filter(({ attempt: { outcome } }) => outcome === 'Failed' || outcome === 'Cancelled')
      .filter(({ attempt: { verdict } }) => (verdict?.evidence.length ?? 0) + (verdict?.missing.length ?? 0) === 0)
      // What was never created leaves no evidence.
      .filter(({ attempt: { verdict, object } }) => !(verdict?.effects === 'None' && object?.uid === undefined))
      .map((told) => `${label(told)} has no evidence: ${JSON.stringify(told.attempt.verdict)}`)
  );
}

/** Exit codes that the kubelet reported of an attempt's containers. */
function exitCodes({ sightings }: Chronicle, { step, attempt }: Told): readonly number[] {
  return sightings.flatMap(({ object }) => {
    const place = placeOf(object);
    if (!isPod(object) || place.step !== step || place.attempt !== attempt.number) return [];
    return (object.status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.exitCode ?? []);
  });
}

function successIsExitZero(chronicle: Chronicle): string[] {
  return attemptsOf(chronicle)
    .filter(({ attempt }) => attempt.outcome === 'Succeeded' && attempt.object !== undefined)
    .filter((told) => exitCodes(chronicle, told).at(-1) !== 0)
    .map((told) => `${label(told)} is called Succeeded; its container ended with ${exitCodes(chronicle, told).at(-1)}`);
}

function exitCodesAreReal(chronicle: Chronicle): string[] {
  return attemptsOf(chronicle)
    .filter(({ attempt: { verdict } }) => verdict?.exitCode !== undefined)
    .filter((told) => !exitCodes(chronicle, told).includes(told.attempt.verdict?.exitCode ?? -1))
    .map((told) => `${label(told)} is said to have ended with ${told.attempt.verdict?.exitCode}, and did not`);
}

function effectsAreHonest(chronicle: Chronicle): string[] {
  return attemptsOf(chronicle)
    .filter(({ attempt: { verdict } }) => verdict?.effects === 'None' || verdict?.effects === 'InitOnly')
    .filter(({ attempt: { object } }) => object !== undefined && ran(chronicle, object.name))
    .map((told) => `${label(told)} is said to have changed nothing, and its code ran`);
}

function ran({ launches }: Chronicle, name: string): boolean {
  return launches.some(({ podName }) => podName === name || podName.startsWith(`${name}-`));
}

function retriesAreSafe(chronicle: Chronicle): string[] {
  const { steps, finally: last } = chronicle.history;
  return [...steps, ...last].flatMap((story) => unsafeRetries(story, chronicle));
}

function unsafeRetries(story: StepStory, chronicle: Chronicle): string[] {
  const task = tasksOf(chronicle.run).find(({ name }) => name === story.name);
  const attempts = task?.attempts ?? [];
  const unsafe = attempts.slice(0, -1).filter(({ object, outcome, verdict }) => {
    const codeRan = object !== undefined && ran(chronicle, object.name);
    return outcome !== 'Failed' || (codeRan && !story.idempotent) || verdict?.effects === undefined;
  });
  // Three budgets, of which the last two are only for what is idempotent.
  const most = 1 + story.retries * (story.idempotent ? 3 : 1);
  return [
    ...unsafe.map((attempt) => `${label({ step: story.name, attempt })} was retried, which was not safe`),
    ...(attempts.length > most ? [`step ${story.name} was tried ${attempts.length} times, ${most} are allowed`] : []),
  ];
}
