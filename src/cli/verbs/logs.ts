import type { EndedAttempt, LiveAttempt, TaskState } from '../../plan/run-state.js';
import { ApiError, PODS, pathOf } from '../../runtime/index.js';
import { LABEL } from '../../api/names.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { type ReadRun, readRun } from '../read-run.js';
import { type Session, openSession } from '../session.js';

export interface LogsOptions extends GlobalOptions {
  readonly failed: boolean;
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tail?: number;
  readonly attempt?: number;
  readonly container?: string;
}

/** `lockstep logs REF [STEP]`: what the steps printed; where a pod is gone, the tail that was kept with the verdict. */
export async function logsVerb(
  reference: string | undefined,
  step: string | undefined,
  options: LogsOptions,
  io: Io,
): Promise<ExitCode> {
  const session = await openSession(options, io);
  try {
    const { object, kind } = await findRun(session, reference);
    const run = readRun(object, kind);
    const tasks = chosen(run.state?.tasks ?? [], { step, failed: options.failed });
    if (tasks.length === 0) throw new CliError(nothingText(run, { step, failed: options.failed }));
    for (const task of tasks)
      await printTask(session, task, {
        options,
        io,
        namespace: run.view.namespace,
        uid: run.view.uid,
        many: tasks.length > 1,
      });
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function nothingText(
  run: ReadRun,
  { step, failed }: { readonly step: string | undefined; readonly failed: boolean },
): string {
  const full = `${run.view.namespace}/${run.view.name}`;
  const names = run.view.steps.map((one) => one.name);
  if (step !== undefined && !names.includes(step)) return `${full} has no step ${step}; it has ${names.join(', ')}`;
  if (failed) return step === undefined ? `no step of ${full} has failed` : `step ${step} of ${full} has not failed`;
  return `no step of ${full} has begun yet`;
}

function chosen(
  tasks: readonly TaskState[],
  { step, failed }: { readonly step: string | undefined; readonly failed: boolean },
): readonly TaskState[] {
  const named = step === undefined ? tasks : tasks.filter((task) => task.name === step);
  return named.filter((task) => (failed ? task.position.state === 'Failed' : step !== undefined || hasObject(task)));
}

/** A delay has no pod; neither has what has not begun. */
function hasObject({ position, ended }: TaskState): boolean {
  const attempts = [...ended, ...('attempt' in position ? [position.attempt] : [])];
  return attempts.some((attempt) => attempt.object !== null);
}

interface Place {
  readonly options: LogsOptions;
  readonly io: Io;
  readonly namespace: string;
  readonly uid: string;
  readonly many: boolean;
}

async function printTask(session: Session, task: TaskState, place: Place): Promise<void> {
  const { options, io } = place;
  const live = 'attempt' in task.position ? task.position.attempt : null;
  const all: readonly (LiveAttempt | EndedAttempt)[] = [...task.ended, ...(live === null ? [] : [live])];
  const attempt = options.attempt === undefined ? all.at(-1) : all.find((one) => one.number === options.attempt);
  if (attempt?.object == null) {
    io.tell(
      `${task.name}: ${attempt === undefined ? 'has no such attempt' : `attempt ${attempt.number} created no pod, so there is no log`}`,
    );
    return;
  }
  const selector = `${LABEL.executionUid}=${place.uid},${LABEL.task}=${task.name},${LABEL.attempt}=${attempt.number}`;
  const { items } = await session.client.list(PODS, { namespace: place.namespace, labelSelector: selector });
  const prefix = place.many ? `${task.name}: ` : '';
  for (const pod of items) {
    const containers = (pod.spec?.containers ?? [])
      .map((container) => container.name)
      .filter((name) => options.container === undefined || name === options.container);
    for (const container of containers)
      await printContainer(session, { pod: pod.metadata.name, container, prefix, place });
  }
  if (items.length === 0) printKept(io, attempt, prefix);
}

/** The pod is gone: what was kept of its end. */
function printKept(io: Io, attempt: LiveAttempt | EndedAttempt, prefix: string): void {
  const verdict = 'result' in attempt && attempt.result.outcome !== 'Succeeded' ? attempt.result.verdict : null;
  io.tell(
    `${prefix}the pod of attempt ${attempt.number} is gone${verdict?.logTail === undefined ? ', and nothing was kept of its log' : '; these are its last lines, kept with the verdict'}`,
  );
  for (const line of (verdict?.logTail ?? '').split('\n').filter((text) => text !== '')) io.print(`${prefix}${line}`);
}

interface ContainerPlace {
  readonly pod: string;
  readonly container: string;
  readonly prefix: string;
  readonly place: Place;
}

async function printContainer(session: Session, { pod, container, prefix, place }: ContainerPlace): Promise<void> {
  const { options, io, namespace } = place;
  const query: Record<string, string> = { container };
  if (options.follow) query['follow'] = 'true';
  if (options.timestamps) query['timestamps'] = 'true';
  if (options.tail !== undefined) query['tailLines'] = String(options.tail);
  try {
    const path = pathOf(PODS, { namespace, name: pod, subresource: 'log' });
    let rest = '';
    for await (const piece of await session.client.stream({ method: 'GET', path, query })) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) io.print(`${prefix}${line}`);
    }
    if (rest !== '') io.print(`${prefix}${rest}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    io.tell(`${prefix}no log of container ${container}: ${error.message}`);
  }
}
