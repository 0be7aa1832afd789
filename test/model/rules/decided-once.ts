import { type Chronicle, tasksOf } from '../chronicle.js';
import type { Rule } from './rule.js';

const FINAL_PHASES = ['Succeeded', 'Failed', 'Cancelled'];
const FINAL_STATES = ['Succeeded', 'Failed', 'Skipped', 'Cancelled'];

/** Design, rule 1: the state changes in one place only, so that no version of it contradicts an earlier one. */
export const DECIDED_ONCE: readonly Rule[] = [
  { says: 'a run ends, and once', breaches: endsOnce },
  { says: 'what is final stays as it is', breaches: finalStays },
  { says: "a run's time never goes back, whatever the clock does", breaches: timeGoesOn },
];

function endsOnce({ run, goneAt, events }: Chronicle): string[] {
  const { phase = 'none' } = run.status ?? {};
  const ends = events.filter(({ type }) => ['run.succeeded', 'run.failed', 'run.cancelled'].includes(type));
  const told = ends.map(({ type }) => type.slice('run.'.length));
  return [
    ...(FINAL_PHASES.includes(phase) || goneAt !== null ? [] : [`the run stands at ${phase}`]),
    ...(told.length === 1 && told[0] === phase.toLowerCase() ? [] : [`phase ${phase}, told as ${told.join(', ')}`]),
  ];
}

function finalStays({ versions }: Chronicle): string[] {
  return pairs(versions).flatMap(([before, after]) => {
    const phase = before.status?.phase ?? '';
    const tasks = tasksOf(before).filter(({ state }) => FINAL_STATES.includes(state));
    return [
      ...(FINAL_PHASES.includes(phase) && after.status?.phase !== phase
        ? [`${phase} became ${after.status?.phase}`]
        : []),
      ...tasks.flatMap(({ name, state }) => {
        const next = tasksOf(after).find((task) => task.name === name)?.state;
        return next === state ? [] : [`step ${name}: ${state} became ${next}`];
      }),
    ];
  });
}

function timeGoesOn({ run, events }: Chronicle): string[] {
  const engine = run.status?.engine;
  const told = pairs(events).filter(([before, after]) => Date.parse(after.time) < Date.parse(before.time));
  const ofRun = [engine?.acceptedAt, engine?.startedAt, engine?.mainEndedAt, engine?.finishedAt];
  const ofAttempts = tasksOf(run).flatMap(({ name, attempts }) => {
    const times = attempts.flatMap(({ intentAt, startedAt, finishedAt }) => [intentAt, startedAt, finishedAt]);
    return isRising(times) ? [] : [`step ${name}: the times of its attempts go back`];
  });
  return [
    ...told.map(([before, after]) => `${after.type} is told as earlier than ${before.type} before it`),
    ...(isRising(ofRun) ? [] : ['the times of the run go back']),
    ...ofAttempts,
  ];
}

function isRising(times: readonly (string | undefined)[]): boolean {
  const known = times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)]));
  return pairs(known).every(([before, after]) => before <= after);
}

function pairs<T>(list: readonly T[]): readonly (readonly [T, T])[] {
  return list.flatMap((item, index) => {
    const next = list[index + 1];
    return next === undefined ? [] : [[item, next] as const];
  });
}
