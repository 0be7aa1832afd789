import { PHASES } from '../commands/option-values.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import { createShowing, displayFor, follow, type Followed, InterruptedError, ProcessGoneError } from '../follow.js';
import { type Interruption, untilInterrupted } from '../interruption.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import type { FoundRun } from '../list-runs.js';
import { printSummary } from '../print-summary.js';
import type { ReadRun } from '../read-run.js';
import { fullName } from '../run-kinds.js';
import { openSession, type Session } from '../session.js';

interface UntilOptions extends GlobalOptions {
  readonly failOnHold: boolean;
  /** ms; absent: no bound. */
  readonly timeout?: number;
}

export interface WatchOptions extends UntilOptions {
  readonly plain: boolean;
}

/** `lockstep watch REF`: shows a run live, and ends with its exit code. */
export async function watchVerb(reference: string | undefined, options: WatchOptions, io: Io): Promise<ExitCode> {
  const display = displayFor(io, { plain: options.plain, json: false });
  return until(reference, options, {
    io,
    display,
    condition: null,
    answer: (end, session) => {
      io.print('');
      printSummary(session, end, { io, form: 'text' });
      return exitCodeOf(end.view.phase) ?? EXIT.needsPerson;
    },
  });
}

export interface WaitOptions extends UntilOptions {
  /** `Finished`, `phase=…`, `step=…`. */
  readonly for: string;
}

/** `lockstep wait REF`: waits without a word, and ends with the run's exit code. */
export async function waitVerb(reference: string | undefined, options: WaitOptions, io: Io): Promise<ExitCode> {
  const condition = conditionOf(options.for);
  return until(reference, options, {
    io,
    display: 'none',
    condition,
    answer: (end) => {
      io.print(`${fullName(end.kind, end.view.name)} ${end.view.phase}`);
      const code = exitCodeOf(end.view.phase) ?? EXIT.needsPerson;
      if (options.for === 'Finished') return code;
      if (condition(end)) return EXIT.ok;
      io.tell(`It was to be waited for ${options.for}, and that did not come.`);
      return code === EXIT.needsPerson ? code : EXIT.error;
    },
  });
}

interface Until {
  readonly io: Io;
  readonly display: ReturnType<typeof displayFor>;
  readonly condition: ((run: ReadRun) => boolean) | null;
  answer(end: ReadRun, session: Session): ExitCode;
}

async function until(reference: string | undefined, options: UntilOptions, task: Until): Promise<ExitCode> {
  const interruption = untilInterrupted(options.timeout);
  const session = await openSession(options, task.io);
  const showing = createShowing(task.display, task.io, session.clock);
  const first = { session, ref: null, reference };
  try {
    const { end, last } = await followOn(first, { options, task, showing, signal: interruption.signal });
    showing.close();
    try {
      return task.answer(end, last);
    } finally {
      await last.close();
    }
  } catch (error) {
    showing.close();
    if (!(error instanceof InterruptedError)) throw error;
    return interruptedCode(interruption, task.io);
  } finally {
    interruption.close();
  }
}

function interruptedCode(interruption: Interruption, io: Io): ExitCode {
  const timedOut = interruption.timedOut();
  io.tell(timedOut ? 'The time is over; the run goes on.' : 'The run goes on.');
  return timedOut ? EXIT.timeout : EXIT.interrupted;
}

interface Start {
  readonly session: Session;
  /** Null: it is yet to be found. */
  readonly ref: Followed | null;
  readonly reference: string | undefined;
}

interface Way {
  readonly options: UntilOptions;
  readonly task: Until;
  readonly showing: ReturnType<typeof createShowing>;
  readonly signal: AbortSignal;
}

/** Follows a run; where the process that works on it ends, what is left of it is read, or the next process followed. */
async function followOn(start: Start, way: Way): Promise<{ readonly end: ReadRun; readonly last: Session }> {
  const { session, reference } = start;
  const { io, condition } = way.task;
  let ref = start.ref;
  try {
    ref ??= refOf(await findRun(session, reference), session);
    const { options } = way;
    const end = await follow({
      session,
      ref,
      showing: way.showing,
      signal: way.signal,
      until: (seen) => isOver(seen) || (options.failOnHold && isHeld(seen)) || (condition?.(seen) ?? false),
    });
    return { end, last: session };
  } catch (error) {
    await session.close();
    if (!(error instanceof ProcessGoneError)) throw error;
  }
  return followOn({ session: await openSession(way.options, io), ref, reference }, way);
}

function refOf({ kind, object: { metadata } }: FoundRun, session: Session): Followed {
  return { kind, namespace: metadata.namespace ?? session.namespace, name: metadata.name, uid: metadata.uid };
}

function isOver({ view }: ReadRun): boolean {
  return view.finishedAt !== null;
}

function isHeld({ view }: ReadRun): boolean {
  return view.phase === 'Suspended' || view.phase === 'Blocked' || view.reason === 'NotConfirmedStopped';
}

function conditionOf(text: string): (run: ReadRun) => boolean {
  if (text === 'Finished') return isOver;
  const [what = '', value = ''] = text.split('=');
  if (what === 'phase' && PHASES.some((phase) => phase === value)) return (run) => run.view.phase === value;
  if (what === 'step' && value !== '') return (run) => isStepOver(run, value);
  throw new CliError(`--for=${text}: there are Finished, phase=PHASE (${PHASES.join(', ')}) and step=STEP`, {
    exitCode: EXIT.usage,
  });
}

function isStepOver({ view }: ReadRun, name: string): boolean {
  const step = view.steps.find((one) => one.name === name);
  if (step === undefined) {
    const names = view.steps.map((one) => one.name).join(', ');
    throw new CliError(`${view.namespace}/${view.name} has no step ${name}; it has ${names}`, { exitCode: EXIT.usage });
  }
  return ['Succeeded', 'Failed', 'Skipped', 'Cancelled'].includes(step.state);
}
