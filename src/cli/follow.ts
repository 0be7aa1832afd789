import type { Clock } from '../api/clock.js';
import type { Instant } from '../api/instant.js';
import { type Stored, SharedInformer } from '../runtime/index.js';
import { CliError } from './errors.js';
import type { Io } from './io.js';
import { type ReadRun, readRun } from './read-run.js';
import type { ExecutionObject } from './resources.js';
import type { RunKind } from './run-kinds.js';
import type { Session } from './session.js';
import { liveFrame } from './view/live-frame.js';
import { LiveRegion } from './view/live-region.js';
import { plainLines } from './view/plain-lines.js';
import type { RunView } from './view/run-view.js';

/** How a run is shown while it goes on: a block that is redrawn, a line per change, or not at all. */
export type Display = 'live' | 'plain' | 'none';

/** A countdown is redrawn this often, in ms. */
const REDRAW_MS = 500;

/** The run that is followed. */
export interface Followed {
  readonly kind: RunKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface Following {
  readonly session: Session;
  readonly ref: Followed;
  /** Where it is shown; it outlives the following, and is closed by its maker. */
  readonly showing: Showing;
  readonly signal: AbortSignal;
  /** True: enough has been seen. By default when the run is over. */
  readonly until?: (run: ReadRun) => boolean;
}

/**
 * Shows a run until it is over, or the signal is aborted; the run as it was last seen.
 *
 * @throws CliError where the run is deleted meanwhile, or nobody works on it; ProcessGoneError where the process that
 * worked on it ends, so that the last of it is to be read elsewhere
 */
export async function follow(following: Following): Promise<ReadRun> {
  const { session, ref, signal } = following;
  const { promise, resolve, reject } = deferred<ReadRun>();
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  let last: ReadRun | null = null;
  let problems = 0;
  const informer = new SharedInformer<ExecutionObject>({
    client: session.client,
    resource: ref.kind.resource,
    selection: { namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` },
    clock: session.clock,
    random: Math.random,
    onProblem: ({ error }) => {
      if (!session.moves()) {
        reject(new ProcessGoneError(nobodyText(ref)));
        return;
      }
      problems += 1;
      // One break is what a process leaves behind that ends; the next look tells.
      if (problems === 1) return;
      following.showing.note(
        `lockstep: the run cannot be followed just now: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
  });
  const seen = (object: Stored<ExecutionObject>): void => {
    if (object.metadata.uid !== ref.uid) return;
    problems = 0;
    try {
      last = readRun(object, ref.kind);
      following.showing.show(last.view);
      if (following.until?.(last) ?? last.view.finishedAt !== null) resolve(last);
      else if (!session.moves()) reject(new CliError(nobodyText(ref)));
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  };
  informer.subscribe((event) => {
    if (event.type !== 'Deleted') seen(event.object);
    else if (event.object.metadata.uid === ref.uid) reject(new CliError(`${ref.namespace}/${ref.name} was deleted`));
  });
  const running = informer.run(watching);
  const interrupt = (): void => {
    reject(new InterruptedError());
  };
  // One that was aborted before this tells nobody any more.
  if (signal.aborted) interrupt();
  else signal.addEventListener('abort', interrupt);
  try {
    return await promise;
  } finally {
    stop.abort();
    await running;
  }
}

/** To wait for what nobody works on would be to wait for ever. */
function nobodyText({ namespace, name }: Followed): string {
  return `${namespace}/${name} is not over, and no process works on it; the command that started it (lockstep run FILE) goes on with it`;
}

/** The signal that was given to follow was aborted. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** The process that ran the embedded cluster has ended. */
export class ProcessGoneError extends CliError {}

/** A place where a run is shown. */
export interface Showing {
  show(view: RunView): void;
  /** A line for the person, beside what is shown. */
  readonly note: (line: string) => void;
  close(): void;
}

/** A showing as the display asks for it. */
export function createShowing(display: Display, io: Io, clock: Clock): Showing {
  switch (display) {
    case 'none':
      return { show: () => undefined, note: io.tell, close: () => undefined };
    case 'plain': {
      let before: RunView | null = null;
      return {
        show(view) {
          for (const line of plainLines(before, view, clock.now())) io.print(line);
          before = view;
        },
        note: io.tell,
        close: () => undefined,
      };
    }
    case 'live':
      return liveDisplay(io, clock);
  }
}

function liveDisplay(io: Io, clock: Clock): Showing {
  const region = new LiveRegion(io.stdout);
  let view: RunView | null = null;
  let cancel: () => void = () => undefined;
  const draw = (now: Instant): void => {
    if (view === null) return;
    region.draw(liveFrame(view, { now, columns: io.stdout.columns, rows: io.stdout.rows, style: io.style }));
  };
  const tick = (): void => {
    draw(clock.now());
    cancel = clock.after(REDRAW_MS, tick);
  };
  tick();
  return {
    show(next) {
      view = next;
      draw(clock.now());
    },
    note(line) {
      region.clear();
      io.tell(line);
      draw(clock.now());
    },
    close() {
      cancel();
      draw(clock.now());
      region.leave();
    },
  };
}

/** The display that fits where stdout goes. */
export function displayFor(io: Io, options: { readonly plain: boolean; readonly json: boolean }): Display {
  if (options.json) return 'none';
  return io.stdout.isTTY && !options.plain && (io.env['CI'] ?? '') === '' ? 'live' : 'plain';
}

/** Promise.withResolvers, which Node 20 does not have. */
function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
