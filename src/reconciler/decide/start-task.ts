import { attemptObjectName } from '../../api/object-name.js';
import type { Instant } from '../../api/instant.js';
import { CONTROLLER_ACTOR } from '../../audit/event.js';
import type { ExecutorType } from '../../executors/executor.js';
import { verdictOfProblem } from '../../failure/index.js';
import type { JsonObject } from '../../api/json.js';
import { definitionOf } from '../../plan/definition.js';
import { renderInput } from '../../plan/render-input.js';
import type { LiveAttempt } from '../../plan/run-state.js';
import { evaluateWhen } from '../../plan/when/index.js';
import type { Draft } from './draft.js';
import { endAttempt } from './end-attempt.js';
import { failTask, skipTask } from './end-task.js';
import { outputsOf } from './outputs-of.js';

/** Starts a task that is ready, or skips or fails it where its condition or its input says so. */
export function startTask(draft: Draft, name: string): void {
  const planned = draft.planned(name);
  const task = draft.task(name);
  if (planned.when !== null && task.position.state !== 'BackingOff') {
    const result = evaluateWhen(draft.plan, name, draft.state.tasks);
    if (result.kind === 'false') {
      draft.boundary = true;
      skipTask(draft, name, 'Condition', `when is false: ${planned.when}`);
      return;
    }
    if (result.kind === 'error') {
      failBeforeStart(draft, name, 'ConditionInvalid', `${planned.path}.when: ${result.message}`);
      return;
    }
  }
  const executor = draft.input.executors.get(planned.executor);
  if (executor === undefined) {
    const known = [...draft.input.executors.keys()].join(', ');
    failBeforeStart(
      draft,
      name,
      'ExecutorMissing',
      `${planned.path}: this controller has no executor ${planned.executor}; it has ${known}`,
    );
    return;
  }
  const input = renderInput(draft.plan, name, outputsOf(draft.state));
  if (!input.ok) {
    const problems = input.problems.map((problem) => `${problem.path}: ${problem.message}`);
    failBeforeStart(draft, name, 'ParameterMissing', problems.join('; '));
    return;
  }
  begin(draft, name, executor, input.value);
}

/** Nothing was created for it. */
function failBeforeStart(draft: Draft, name: string, subreason: string, message: string): void {
  failTask(draft, name, {
    attempt: null,
    verdict: verdictOfProblem('ConfigurationError', subreason, message),
    recorded: false,
  });
}

function begin(draft: Draft, name: string, executor: ExecutorType, input: JsonObject): void {
  draft.boundary = true;
  const task = draft.task(name);
  const number = task.omitted + task.ended.length + 1;
  const attempt: LiveAttempt = {
    number,
    executor: executor.name,
    object: null,
    intentAt: draft.now,
    startedAt: null,
    endsAt: null,
    seen: { started: [], verdict: null },
    ...definition(draft, name),
  };
  if (draft.state.startedAt === null) {
    draft.update({ startedAt: draft.now });
    draft.record({ type: 'run.started', actor: CONTROLLER_ACTOR, data: { tasks: draft.plan.tasks.length } });
  }
  if (executor.kind === 'instant') {
    beginInstant(draft, name, attempt, executor.endsAt(input, draft.now));
    return;
  }
  const object = {
    apiVersion: executor.apiVersion,
    kind: executor.objectKind,
    name: attemptObjectName(draft.input.run.ref, name, number),
    uid: null,
  };
  draft.move(name, { state: 'Starting', attempt: { ...attempt, object } });
  draft.record({
    type: 'attempt.starting',
    task: name,
    attempt: number,
    actor: CONTROLLER_ACTOR,
    data: { executor: executor.name, object: { apiVersion: object.apiVersion, kind: object.kind, name: object.name } },
  });
}

/** Needed only where the spec may change while the attempt lives. */
function definition(draft: Draft, name: string): Pick<LiveAttempt, 'definition'> {
  const digest = draft.input.onSpecChange === null ? undefined : definitionOf(draft.plan, name);
  return digest === undefined ? {} : { definition: digest };
}

function beginInstant(draft: Draft, name: string, attempt: LiveAttempt, endsAt: Instant): void {
  draft.move(name, { state: 'Running', attempt: { ...attempt, startedAt: draft.now, endsAt } });
  draft.record({
    type: 'attempt.starting',
    task: name,
    attempt: attempt.number,
    actor: CONTROLLER_ACTOR,
    data: { executor: attempt.executor },
  });
  endInstant(draft, name);
}

/** Ends a task without an object whose instant has come. */
export function endInstant(draft: Draft, name: string): void {
  const { position } = draft.task(name);
  if (position.state !== 'Running' || position.attempt.endsAt === null || draft.now < position.attempt.endsAt) return;
  endAttempt(draft, name, { attempt: position.attempt, stop: null }, { outcome: 'Succeeded', outputs: {} });
}
