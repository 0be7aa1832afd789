import type { Instant } from '../api/instant.js';
import { type Stored, SharedInformer } from '../runtime/index.js';
import { CliError } from './errors.js';
import type { Io } from './io.js';
import { type ReadRun, readRun } from './read-run.js';
import { EXECUTIONS, type ExecutionObject } from './resources.js';
import type { Session } from './session.js';
import { liveFrame } from './view/live-frame.js';
import { LiveRegion } from './view/live-region.js';
import { plainLines } from './view/plain-lines.js';
import type { RunView } from './view/run-view.js';

/** How a run is shown while it goes on: a block that is redrawn, a line per change, or not at all. */
export type Display = 'live' | 'plain' | 'none';

/** A countdown is redrawn this often, in ms. */
const REDRAW_MS = 500;

interface Following {
  readonly session: Session;
  readonly io: Io;
  readonly ref: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly display: Display;
  readonly signal: AbortSignal;
  /** True: enough has been seen. By default when the run is over. */
  readonly until?: (run: ReadRun) => boolean;
}

/**
 * Shows a run until it is over, or the signal is aborted; the run as it was last seen.
 *
 * @throws CliError where the run is deleted meanwhile
 */
export async function follow(following: Following): Promise<ReadRun> {
  const { session, ref, signal } = following;
  const { promise, resolve, reject } = deferred<ReadRun>();
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  const show = createDisplay(following);
  let last: ReadRun | null = null;
  const informer = new SharedInformer<ExecutionObject>({
    client: session.client,
    resource: EXECUTIONS,
    selection: { namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` },
    clock: session.clock,
    random: Math.random,
    onProblem: ({ error }) => {
      if (!session.moves()) {
        reject(new CliError(nobodyText(ref)));
        return;
      }
      following.io.tell(
        `lockstep: the run cannot be followed just now: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
  });
  const seen = (object: Stored<ExecutionObject>): void => {
    if (object.metadata.uid !== ref.uid) return;
    try {
      last = readRun(object);
      show.show(last.view);
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
  signal.addEventListener('abort', () => {
    reject(new InterruptedError());
  });
  try {
    return await promise;
  } finally {
    stop.abort();
    show.close();
    await running;
  }
}

/** To wait for what nobody works on would be to wait for ever. */
function nobodyText({ namespace, name }: Following['ref']): string {
  return `${namespace}/${name} is not over, and no process works on it; the command that started it (lockstep run FILE) goes on with it`;
}

/** The signal that was given to follow was aborted. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

interface Showing {
  show(view: RunView): void;
  close(): void;
}

function createDisplay({ display, io, session }: Following): Showing {
  switch (display) {
    case 'none':
      return { show: () => undefined, close: () => undefined };
    case 'plain': {
      let before: RunView | null = null;
      return {
        show(view) {
          for (const line of plainLines(before, view, session.clock.now())) io.print(line);
          before = view;
        },
        close: () => undefined,
      };
    }
    case 'live':
      return liveDisplay(io, session);
  }
}

function liveDisplay(io: Io, { clock }: Session): Showing {
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
