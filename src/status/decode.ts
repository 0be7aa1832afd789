import type { Checked } from '../api/field-problem.js';
import type { Json } from '../api/json.js';
import type {
  AttemptObject,
  EndedAttempt,
  Ending,
  LiveAttempt,
  RunState,
  Seen,
  StopIntent,
  TaskPosition,
  TaskState,
  Waiting,
} from '../plan/run-state.js';
import { decodeAction, decodeActor, decodeEvent, decodeVerdict } from './decode-parts.js';
import { Reader, UnreadableError, read } from './reader.js';
import { ENDING_WHYS, GROUPS, OUTCOMES, PHASES, SKIP_REASONS, STOP_WHYS, TASK_STATES } from './vocabulary.js';

/** Versions of the plan format that this program can carry on (design review O1). */
export const KNOWN_PLAN_VERSIONS: readonly number[] = [1];

/** The state of a run, or null where none was written yet: see decodeStatus. */
export function decodeEngine(engine: unknown): Checked<RunState | null> {
  return engine === undefined || engine === null ? { ok: true, value: null } : decodeStatus(engine);
}

/**
 * The state of a run, of `status.engine` as it was read. Problems: it was written by a version that knows more than
 * this one (or by hand); then nothing may be decided, since nobody knows what is under way.
 */
export function decodeStatus(engine: unknown): Checked<RunState> {
  try {
    return { ok: true, value: decodeRun(new Reader(engine, 'status.engine')) };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return { ok: false, problems: [{ path: error.path, message: error.message }] };
  }
}

function decodeRun(reader: Reader): RunState {
  const planVersion = reader.number('planVersion');
  if (!KNOWN_PLAN_VERSIONS.includes(planVersion)) {
    const known = KNOWN_PLAN_VERSIONS.join(', ');
    throw new UnreadableError(
      `${reader.path}.planVersion`,
      `plan version ${planVersion} is not known to this version of Lockstep (it knows ${known}); run the newer one`,
    );
  }
  const audit = reader.object('audit');
  const toldAt = audit.optional('toldAt', read.text);
  return {
    planVersion,
    plan: reader.optional('plan', (of, name) => decodePlan(of.object(name))),
    phase: reader.word('phase', PHASES),
    reason: reader.optional('reason', read.text),
    message: reader.optional('message', read.text),
    acceptedAt: reader.instant('acceptedAt'),
    startedAt: reader.optional('startedAt', read.instant),
    mainEndedAt: reader.optional('mainEndedAt', read.instant),
    finishedAt: reader.optional('finishedAt', read.instant),
    suspendedSince: reader.optional('suspendedSince', read.instant),
    suspendedMs: reader.number('suspendedMs'),
    ending: reader.optional('ending', (of, name) => decodeEnding(of.object(name))),
    failure: reader.optional('failure', (of, name) => decodeFailure(of.object(name))),
    tasks: reader.list('tasks').map(decodeTask),
    actions: reader.list('actions').map(decodeAction),
    audit: {
      seq: audit.number('seq'),
      head: audit.text('head'),
      ...(toldAt === null ? {} : { toldAt }),
      acked: audit.number('acked'),
      outbox: audit.list('outbox').map(decodeEvent),
    },
  };
}

function decodePlan(reader: Reader): NonNullable<RunState['plan']> {
  return {
    digest: reader.text('digest'),
    targetPhase: reader.text('targetPhase'),
    failedPhase: reader.text('failedPhase'),
  };
}

function decodeEnding(reader: Reader): Ending {
  return {
    why: reader.word('why', ENDING_WHYS),
    at: reader.instant('at'),
    actor: decodeActor(reader.object('actor')),
    reason: reader.optional('reason', read.text) ?? '',
  };
}

function decodeFailure(reader: Reader): NonNullable<RunState['failure']> {
  return { task: reader.text('task'), attempt: reader.optional('attempt', read.number) };
}

function decodeTask(reader: Reader): TaskState {
  const attempts = reader.list('attempts');
  const last = attempts.at(-1);
  const live = last !== undefined && !last.has('outcome') ? last : null;
  const used = reader.object('retriesUsed');
  return {
    name: reader.text('name'),
    group: reader.word('group', GROUPS),
    position: decodePosition(reader, live),
    waiting: reader.optional('waitingBecause', (of, name) => decodeWaiting(of.object(name))),
    retriesUsed: {
      preExecution: used.number('preExecution'),
      infrastructure: used.number('infrastructure'),
      execution: used.number('execution'),
    },
    ended: (live === null ? attempts : attempts.slice(0, -1)).map(decodeEnded),
    omitted: reader.optional('attemptsOmitted', read.number) ?? 0,
  };
}

function decodePosition(reader: Reader, live: Reader | null): TaskPosition {
  const state = reader.word('state', TASK_STATES);
  switch (state) {
    case 'Starting':
    case 'Running':
      return { state, attempt: decodeAttempt(expectLive(reader, state, live)) };
    case 'Stopping': {
      const attempt = expectLive(reader, state, live);
      return { state, attempt: decodeAttempt(attempt), stop: decodeStop(attempt.object('stop')) };
    }
    case 'Waiting':
    case 'Ready':
      expectNone(state, live);
      return { state };
    case 'BackingOff':
      expectNone(state, live);
      return { state, nextAttemptAt: reader.instant('nextAttemptAt') };
    case 'Succeeded':
      expectNone(state, live);
      return { state, endedAt: reader.instant('endedAt'), outputs: decodeOutputs(reader.object('outputs')) };
    case 'Failed':
      expectNone(state, live);
      return {
        state,
        endedAt: reader.instant('endedAt'),
        verdict: reader.optional('verdict', (of, name) => decodeVerdict(of.object(name))),
      };
    case 'Skipped':
      expectNone(state, live);
      return {
        state,
        endedAt: reader.instant('endedAt'),
        reason: reader.word('skipReason', SKIP_REASONS),
        message: reader.optional('skipMessage', read.text) ?? '',
      };
    case 'Cancelled':
      expectNone(state, live);
      return { state, endedAt: reader.instant('endedAt') };
  }
}

function expectLive(task: Reader, state: string, live: Reader | null): Reader {
  if (live === null) throw new UnreadableError(`${task.path}.attempts`, `the task is ${state}, but no attempt lives`);
  return live;
}

function expectNone(state: string, live: Reader | null): void {
  if (live !== null) throw new UnreadableError(live.path, `the task is ${state}, but this attempt has no outcome`);
}

function decodeOutputs(reader: Reader): Record<string, Json> {
  const outputs: Record<string, Json> = {};
  for (const [name, value] of Object.entries(reader.members())) {
    if (value !== undefined) outputs[name] = value;
  }
  return outputs;
}

function decodeWaiting(reader: Reader): Waiting {
  const brief = reader.optional('brief', read.text);
  return {
    reason: reader.text('reason'),
    subreason: reader.optional('subreason', read.text),
    ...(brief === null ? {} : { brief }),
    message: reader.text('message'),
    since: reader.instant('since'),
    failAt: reader.optional('failAt', read.instant),
  };
}

function decodeAttempt(reader: Reader): LiveAttempt {
  const definition = reader.optional('definition', read.text);
  return {
    number: reader.number('number'),
    executor: reader.text('executor'),
    object: reader.optional('object', (of, name) => decodeObject(of.object(name))),
    intentAt: reader.instant('intentAt'),
    startedAt: reader.optional('startedAt', read.instant),
    endsAt: reader.optional('endsAt', read.instant),
    seen: reader.optional('seen', (of, name) => decodeSeen(of.object(name))) ?? { started: [], verdict: null },
    ...(definition === null ? {} : { definition }),
  };
}

function decodeObject(reader: Reader): AttemptObject {
  return {
    apiVersion: reader.text('apiVersion'),
    kind: reader.text('kind'),
    name: reader.text('name'),
    uid: reader.optional('uid', read.text),
  };
}

function decodeSeen(reader: Reader): Seen {
  return {
    started: reader.optional('started', (of, name) => of.texts(name)) ?? [],
    verdict: reader.optional('verdict', (of, name) => decodeVerdict(of.object(name))),
  };
}

function decodeStop(reader: Reader): StopIntent {
  return {
    why: reader.word('why', STOP_WHYS),
    at: reader.instant('at'),
    assertedBy: reader.optional('assertedBy', read.text),
  };
}

function decodeEnded(reader: Reader): EndedAttempt {
  const outcome = reader.word('outcome', OUTCOMES);
  return {
    ...decodeAttempt(reader),
    finishedAt: reader.instant('finishedAt'),
    stop: reader.optional('stop', (of, name) => decodeConfirmedStop(of.object(name))),
    result: outcome === 'Succeeded' ? { outcome } : { outcome, verdict: decodeVerdict(reader.object('verdict')) },
  };
}

function decodeConfirmedStop(reader: Reader): NonNullable<EndedAttempt['stop']> {
  return { ...decodeStop(reader), confirmed: reader.flag('confirmed') };
}
