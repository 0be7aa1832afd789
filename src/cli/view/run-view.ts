import type { Instant } from '../../api/instant.js';
import { parseInstant } from '../../api/instant.js';
import type { JsonObject } from '../../api/json.js';
import type { RunPhase, TaskStateName } from '../../api/types.js';
import type { Plan, PlannedTask } from '../../plan/plan.js';
import type { RunState, TaskState } from '../../plan/run-state.js';

/** One step as a person sees it. */
export interface StepView {
  readonly name: string;
  /** `1`, `2` … of main steps; `finally` for the others. */
  readonly label: string;
  readonly state: TaskStateName;
  /** Number of the present or last attempt; 0: none yet. */
  readonly attempt: number;
  /** As many as its retries before execution allow. */
  readonly attempts: number;
  readonly executor: string;
  readonly startedAt: Instant | null;
  readonly tookMs: number | null;
  readonly nextAttemptAt: Instant | null;
  /** The verdict's reason, or what it waits for; empty where there is nothing to say. */
  readonly reason: string;
  readonly message: string;
  readonly object: string | null;
}

/** A run as a person sees it. */
export interface RunView {
  readonly namespace: string;
  readonly name: string;
  /** Its name as commands take it; with its kind before it, where a name alone is taken for another. */
  readonly shownName: string;
  readonly uid: string;
  readonly phase: RunPhase;
  readonly reason: string | null;
  readonly summary: string;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly requestedBy: string | null;
  readonly steps: readonly StepView[];
}

export interface ViewedRun {
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp?: string;
  };
  readonly shownName: string;
  readonly spec: JsonObject;
  readonly status?: JsonObject;
}

/** Makes the view of a run; `plan` null where the spec cannot be planned, `state` null where nothing was decided yet. */
export function viewOf(run: ViewedRun, plan: Plan | null, state: RunState | null): RunView {
  const { metadata, shownName, status = {}, spec } = run;
  const summary = status['summary'];
  const by = spec['requestedBy'];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    shownName,
    uid: metadata.uid,
    phase: state?.phase ?? 'Pending',
    reason: state?.reason ?? null,
    summary: typeof summary === 'string' ? summary : (state?.message ?? ''),
    createdAt: parseInstant(metadata.creationTimestamp) ?? 0,
    startedAt: state?.startedAt ?? null,
    finishedAt: state?.finishedAt ?? null,
    requestedBy: typeof by === 'string' ? by : null,
    steps: (plan?.tasks ?? []).map((task, index) =>
      stepView(
        task,
        state?.tasks.find((one) => one.name === task.name),
        index + 1,
      ),
    ),
  };
}

function stepView(planned: PlannedTask, task: TaskState | undefined, number: number): StepView {
  const base = {
    name: planned.name,
    label: planned.group === 'finally' ? 'finally' : String(number),
    attempts: planned.retry.preExecution.limit + 1,
    executor: planned.executor,
  };
  if (task === undefined) {
    return {
      ...base,
      state: 'Waiting',
      attempt: 0,
      startedAt: null,
      tookMs: null,
      nextAttemptAt: null,
      reason: '',
      message: '',
      object: null,
    };
  }
  const { position } = task;
  const last = task.ended.at(-1);
  const live = 'attempt' in position ? position.attempt : null;
  const startedAt = live === null ? (last?.intentAt ?? null) : live.intentAt;
  const endedAt = live === null ? (last?.finishedAt ?? null) : null;
  return {
    ...base,
    state: position.state,
    attempt: live?.number ?? last?.number ?? 0,
    startedAt,
    tookMs: startedAt === null || endedAt === null ? null : endedAt - startedAt,
    nextAttemptAt: position.state === 'BackingOff' ? position.nextAttemptAt : null,
    ...said(task),
    object: (live ?? last)?.object?.name ?? null,
  };
}

/** The reason and the sentence that a step's line ends with. */
function said(task: TaskState): { readonly reason: string; readonly message: string } {
  const { position, waiting } = task;
  if (waiting !== null) return { reason: waiting.reason, message: waiting.message };
  const last = task.ended.at(-1);
  switch (position.state) {
    case 'Failed': {
      const verdict =
        position.verdict ?? (last !== undefined && last.result.outcome !== 'Succeeded' ? last.result.verdict : null);
      return { reason: verdict?.reason ?? '', message: verdict?.message ?? '' };
    }
    case 'BackingOff':
      return last === undefined || last.result.outcome === 'Succeeded'
        ? NOTHING
        : { reason: last.result.verdict.reason, message: last.result.verdict.message };
    case 'Skipped':
      return { reason: position.reason, message: position.message };
    case 'Stopping':
      return { reason: position.stop.why, message: '' };
    case 'Succeeded': {
      const outputs = Object.entries(position.outputs).map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      return { reason: '', message: outputs.join(' ') };
    }
    case 'Cancelled':
    case 'Waiting':
    case 'Ready':
    case 'Starting':
    case 'Running':
      return NOTHING;
  }
}

const NOTHING = { reason: '', message: '' } as const;
