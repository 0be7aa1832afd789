import { PHASES } from '../commands/option-values.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import { type Display, InterruptedError, displayFor, follow } from '../follow.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { printSummary } from '../print-summary.js';
import type { ReadRun } from '../read-run.js';
import { type Session, openSession } from '../session.js';

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
  const session = await openSession(options, io);
  try {
    const end = await until(session, {
      reference,
      options,
      io,
      display: displayFor(io, { plain: options.plain, json: false }),
    });
    if (typeof end === 'number') return end;
    io.print('');
    printSummary(session, end, { io, form: 'text' });
    return exitCodeOf(end.view.phase) ?? EXIT.needsPerson;
  } finally {
    await session.close();
  }
}

export interface WaitOptions extends UntilOptions {
  /** `Finished`, `phase=…`, `step=…`. */
  readonly for: string;
}

/** `lockstep wait REF`: waits without a word, and ends with the run's exit code. */
export async function waitVerb(reference: string | undefined, options: WaitOptions, io: Io): Promise<ExitCode> {
  const condition = conditionOf(options.for);
  const session = await openSession(options, io);
  try {
    const end = await until(session, { reference, options, io, display: 'none', condition });
    if (typeof end === 'number') return end;
    io.print(`workflowexecution/${end.view.name} ${end.view.phase}`);
    if (options.for !== 'Finished' && !condition(end)) {
      io.tell(`It is over, and ${options.for} was not seen.`);
      return EXIT.error;
    }
    return options.for === 'Finished' ? (exitCodeOf(end.view.phase) ?? EXIT.needsPerson) : EXIT.ok;
  } finally {
    await session.close();
  }
}

interface Until {
  readonly reference: string | undefined;
  readonly options: UntilOptions;
  readonly io: Io;
  readonly display: Display;
  readonly condition?: (run: ReadRun) => boolean;
}

async function until(
  session: Session,
  { reference, options, io, display, condition }: Until,
): Promise<ReadRun | ExitCode> {
  const run = await findRun(session, reference);
  const ref = {
    namespace: run.metadata.namespace ?? session.namespace,
    name: run.metadata.name,
    uid: run.metadata.uid,
  };
  const timeout = options.timeout === undefined ? null : AbortSignal.timeout(options.timeout);
  const interrupt = new AbortController();
  const onInterrupt = (): void => {
    interrupt.abort();
  };
  process.once('SIGINT', onInterrupt);
  const held = (seen: ReadRun): boolean =>
    options.failOnHold &&
    (seen.view.phase === 'Suspended' || seen.view.phase === 'Blocked' || seen.view.reason === 'NotConfirmedStopped');
  try {
    const signal = timeout === null ? interrupt.signal : AbortSignal.any([interrupt.signal, timeout]);
    return await follow({
      session,
      io,
      ref,
      display,
      signal,
      until: (seen) => seen.view.finishedAt !== null || held(seen) || (condition?.(seen) ?? false),
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    if (timeout?.aborted === true) {
      io.tell(`${ref.namespace}/${ref.name} is not there yet, and the time is over; the run goes on`);
      return EXIT.timeout;
    }
    io.tell('The run goes on.');
    return EXIT.interrupted;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

function conditionOf(text: string): (run: ReadRun) => boolean {
  if (text === 'Finished') return (run) => run.view.finishedAt !== null;
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
