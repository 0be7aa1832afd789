import { type JsonObject } from '../../api/json.js';
import { outliveReader } from '../closed-output.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.js';
import { createShowing, displayFor, follow, type Followed, InterruptedError } from '../follow.js';
import type { Io } from '../io.js';
import { letGo } from '../let-go.js';
import { applyManifest } from '../manifests/apply.js';
import { lintChanged, lintFile, textOfFault } from '../manifests/lint-file.js';
import { withParameters } from '../manifests/parameters.js';
import { parseManifests, readText } from '../manifests/read-file.js';
import { printSummary } from '../print-summary.js';
import { type ReadRun, readRun } from '../read-run.js';
import { RUN_KINDS, runKindOf, shownName } from '../run-kinds.js';
import { type Place, type PlaceOptions, openPlace } from '../run-place.js';
import type { Session } from '../session.js';
import { userName } from '../user-name.js';
import { requestAction } from './act.js';
import { type Submitted, type WrittenRun, submit } from './submit.js';

export interface RunOptions extends PlaceOptions {
  readonly param: readonly string[];
  readonly again: boolean;
  readonly plain: boolean;
  readonly output: 'text' | 'json';
  readonly failOnHold: boolean;
}

/** `lockstep run FILE`: submits the workflow, brings it to its end in this process, and tells how it ended. */
export async function runVerb(path: string, options: RunOptions, io: Io): Promise<ExitCode> {
  const { run, others } = readFile(path, options, io);
  outliveReader(io);
  const place = await openPlace(options, io);
  try {
    for (const manifest of others) await applyManifest(place.session.client, manifest, place.session.namespace);
    const submitted = await submit(place.session, run, {
      again: options.again,
      by: userName(io.env),
      program: io.program,
    });
    return await seeThrough(place, submitted, { options, io });
  } finally {
    await place.close();
  }
}

/** The one run of a file and what stands beside it, checked before anything is opened. */
function readFile(
  path: string,
  options: RunOptions,
  io: Io,
): { readonly run: WrittenRun; readonly others: readonly JsonObject[] } {
  const text = readText(path);
  const written = parseManifests(text, path);
  const manifests = written.map((manifest) =>
    runKindOf(manifest) === undefined ? manifest : withParameters(manifest, options.param),
  );
  const faults = options.param.length === 0 ? lintFile(text, path) : lintChanged(text, path, manifests);
  if (faults.length > 0) {
    for (const fault of faults) io.tell(textOfFault(fault));
    throw new CliError(
      `${path} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; nothing was started`,
      { exitCode: EXIT.usage },
    );
  }
  const runs = manifests.flatMap((manifest) => {
    const kind = runKindOf(manifest);
    return kind === undefined ? [] : [{ kind, manifest }];
  });
  const [run, second] = runs;
  if (run === undefined || second !== undefined) {
    const kinds = RUN_KINDS.map(({ translator }) => translator.kind).join(' or ');
    throw new CliError(`${path} must hold one ${kinds}, and holds ${runs.length}`, { exitCode: EXIT.usage });
  }
  return { run, others: manifests.filter((manifest) => manifest !== run.manifest) };
}

interface Around {
  readonly options: RunOptions;
  readonly io: Io;
}

async function seeThrough(place: Place, submitted: Submitted, { options, io }: Around): Promise<ExitCode> {
  const { session } = place;
  const { object, kind } = submitted.run;
  const { name, uid } = object.metadata;
  const ref = { kind, namespace: object.metadata.namespace ?? session.namespace, name, uid };
  const full = `${ref.namespace}/${ref.name}`;
  if (submitted.kind === 'changed') io.tell(`Going on with ${full}, as it is now in the file:`);
  for (const line of submitted.changes) io.tell(`  ${line}`);
  if (submitted.kind === 'resumed') io.tell(`Going on with ${full}, which was not over.`);
  if (submitted.kind === 'finished-before') io.tell(`${full} was run before; --again runs it anew.`);
  const interrupts = listen();
  try {
    const end =
      submitted.kind === 'finished-before'
        ? readRun(object, kind)
        : await followInterrupted(place, ref, { interrupts, options, io });
    if (end === null) {
      io.tell(
        `Left as it is: what runs goes on, and the same command goes on with the run. To look at it:\n  ${io.program} get ${shownName(kind, name)} -n ${ref.namespace}${session.flags}`,
      );
      return EXIT.interrupted;
    }
    const code = report(end, { session, options, io });
    // Where this process is the controller, what is left to do is done by nobody else.
    if (session.audit !== null && end.view.finishedAt !== null)
      await letGo(session.client, { resource: kind.resource, ref, clock: session.clock });
    return code;
  } finally {
    interrupts.close();
  }
}

function report(end: ReadRun, { session, options, io }: Around & { readonly session: Session }): ExitCode {
  if (options.output !== 'json') io.print('');
  printSummary(session, end, { io, form: options.output === 'json' ? 'json' : 'text' });
  const code = exitCodeOf(end.view.phase);
  if (code !== null) return code;
  return EXIT.needsPerson;
}

interface Interrupts {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  close(): void;
}

/** Ctrl-C once, and twice. SIGTERM counts as the second: it leaves the run so that it can be gone on with. */
function listen(): Interrupts {
  const first = new AbortController();
  const second = new AbortController();
  const onInterrupt = (): void => {
    if (first.signal.aborted) second.abort();
    else first.abort();
  };
  const onTerminate = (): void => {
    second.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    first: first.signal,
    second: second.signal,
    close() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

interface Interrupted extends Around {
  readonly interrupts: Interrupts;
}

/** Follows the run; the first interrupt cancels it and waits for `finally`, the second leaves it (null). */
async function followInterrupted(
  { session, notices, failed }: Place,
  ref: Followed,
  { interrupts, options, io }: Interrupted,
): Promise<ReadRun | null> {
  const display = displayFor(io, { plain: options.plain, json: options.output === 'json' });
  const showing = createShowing(display, io, session.clock);
  notices.sayWith(showing.note);
  const cancel = (): void => {
    showing.note('Cancelling: finally steps still run. Ctrl-C again leaves the run as it is.');
    requestAction(session, {
      verb: 'Cancel',
      run: ref,
      reason: 'interrupted at the terminal',
      by: userName(io.env),
    }).catch((error: unknown) => {
      showing.note(
        `lockstep: the run could not be cancelled: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  };
  interrupts.first.addEventListener('abort', cancel, { once: true });
  const held = (run: ReadRun): boolean =>
    run.view.phase === 'Suspended' || run.view.phase === 'Blocked' || run.view.reason === 'NotConfirmedStopped';
  try {
    return await follow({
      session,
      ref,
      showing,
      signal: AbortSignal.any([interrupts.second, failed]),
      until: (run) => run.view.finishedAt !== null || (options.failOnHold && held(run)),
    });
  } catch (error) {
    if (failed.aborted) throw failed.reason;
    if (error instanceof InterruptedError) return null;
    throw error;
  } finally {
    notices.sayWith(io.tell);
    showing.close();
  }
}
