import type { History, StepStory } from '../history.js';
import { type Chronicle, type Task, births, placeOf, runBefore, tasksOf } from '../chronicle.js';
import type { Rule } from './rule.js';

/** Design, rule 2: what runs, and in which order, follows from the plan and from nothing else. */
export const ONLY_THE_PLAN: readonly Rule[] = [
  { says: 'a step starts once all that it needs has ended well', breaches: startsInOrder },
  { says: 'finally begins when every step is over', breaches: finallyComesLast },
  { says: 'no more attempts live at once than the parallelism allows', breaches: keepsParallelism },
  { says: 'each step ends as its attempts and its upstream say', breaches: stepsEndRight },
  { says: 'the phase is what the steps make of it', breaches: phaseFollows },
];

const OVER = ['Succeeded', 'Failed', 'Skipped', 'Cancelled'];

/** What a step waits for. */
function needsOf({ steps, order }: History, name: string): readonly string[] {
  const index = steps.findIndex((step) => step.name === name);
  if (order === 'Graph') return steps[index]?.needs ?? [];
  return steps.slice(Math.max(0, index - 1), Math.max(0, index)).map((step) => step.name);
}

function letsGoOn(task: Task | undefined): boolean {
  return task?.state === 'Succeeded' || (task?.state === 'Skipped' && task.skipReason === 'Condition');
}

function startsInOrder(chronicle: Chronicle): string[] {
  return births(chronicle).flatMap(({ at, object }) => {
    const { step } = placeOf(object);
    const then = tasksOf(runBefore(chronicle, at));
    return needsOf(chronicle.history, step)
      .filter((need) => !letsGoOn(then.find(({ name }) => name === need)))
      .map((need) => `step ${step} was started before ${need} had ended well`);
  });
}

function finallyComesLast(chronicle: Chronicle): string[] {
  const last = new Set(chronicle.history.finally.map(({ name }) => name));
  return births(chronicle)
    .filter(({ object }) => last.has(placeOf(object).step))
    .filter(({ at }) =>
      tasksOf(runBefore(chronicle, at)).some(({ group, state }) => group === 'main' && !OVER.includes(state)),
    )
    .map(({ object }) => `finally step ${placeOf(object).step} was started before all steps were over`);
}

function keepsParallelism({ versions, history }: Chronicle): string[] {
  const most = Math.max(
    0,
    ...versions.map(
      (run) => tasksOf(run).filter(({ state }) => ['Starting', 'Running', 'Stopping'].includes(state)).length,
    ),
  );
  return most <= history.parallelism ? [] : [`${most} attempts were live at once`];
}

/** The model: the end of a step is entailed by its story, its last attempt, and the ends of what it needs. */
function stepsEndRight({ run, history }: Chronicle): string[] {
  const tasks = tasksOf(run);
  const ending = run.status?.engine?.ending?.why;
  const endOf = (name: string): Task | undefined => tasks.find((task) => task.name === name);
  return [...history.steps, ...history.finally].flatMap((story) => {
    const task = endOf(story.name);
    const needs = needsOf(history, story.name).map(endOf);
    const allowed =
      task === undefined ? [] : allowedEnds(story, task, { upstreamEnded: needs.every(letsGoOn), ending });
    const found = task?.skipReason === undefined ? task?.state : `${task.state}(${task.skipReason})`;
    return allowed.includes(found ?? '')
      ? []
      : [`step ${story.name} is ${found}; ${allowed.join(' or ')} was possible`];
  });
}

interface Around {
  /** All that it needs has ended well. */
  readonly upstreamEnded: boolean;
  /** Why the run was brought to an end, if it was. */
  readonly ending: string | undefined;
}

function allowedEnds(
  story: StepStory,
  { attempts, group }: Task,
  { upstreamEnded, ending }: Around,
): readonly string[] {
  const last = attempts.at(-1);
  if (last?.outcome === undefined) {
    const never = ending === undefined ? [] : ['Skipped(RunEnding)'];
    if (group === 'main' && !upstreamEnded) return ['Skipped(UpstreamFailed)', ...never];
    return story.when === false ? ['Skipped(Condition)', ...never] : never;
  }
  // Between two tries a step has failed last, and is cancelled where a person ends the run.
  const requested = ending !== undefined && ['Cancel', 'Terminate', 'Delete'].includes(ending);
  return [last.outcome, ...(last.outcome === 'Failed' && requested ? ['Cancelled'] : [])];
}

function phaseFollows({ run, goneAt }: Chronicle): string[] {
  const { phase, engine } = run.status ?? {};
  const tasks = tasksOf(run);
  if (goneAt !== null && phase === undefined) return [];
  const expected = expectedPhase(tasks, engine?.ending?.why);
  return phase === expected ? [] : [`the run is ${phase}, its steps make it ${expected}`];
}

function expectedPhase(tasks: readonly Task[], ending: string | undefined): string {
  if (ending === 'Cancel' || ending === 'Terminate' || ending === 'Delete') return 'Cancelled';
  const well = tasks.every(letsGoOn);
  return well && ending === undefined ? 'Succeeded' : 'Failed';
}
