import { formatDuration } from '../../api/duration.js';
import { formatSeconds } from '../../api/instant.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { listRuns } from '../list-runs.js';
import { type ReadRun, readRun } from '../read-run.js';
import { kindNamed } from '../reference.js';
import { fullName } from '../run-kinds.js';
import { openSession } from '../session.js';
import { tellStandstill } from '../standstill.js';
import { toYaml } from '../view/yaml.js';
import type { RunView, StepView } from '../view/run-view.js';
import { tinted, toneOf } from '../view/style.js';
import { table } from '../view/table.js';

export interface GetOptions extends GlobalOptions {
  readonly allNamespaces: boolean;
  readonly output: 'text' | 'wide' | 'json' | 'yaml' | 'name';
  readonly phase?: string;
}

/** `lockstep get [KIND | REF]`: the runs, those of a kind, or one run with its steps. */
export async function getVerb(reference: string | undefined, options: GetOptions, io: Io): Promise<ExitCode> {
  const session = await openSession(options, io);
  try {
    const now = session.clock.now();
    const kind = reference === undefined ? null : kindNamed(reference);
    if (reference !== undefined && kind === null) {
      const found = await findRun(session, reference);
      const { object } = found;
      if (options.output === 'json') io.print(JSON.stringify(object, null, 2));
      else if (options.output === 'yaml') io.print(toYaml(object));
      else if (options.output === 'name') io.print(fullName(found.kind, object.metadata.name));
      else {
        const run = readRun(object, found.kind);
        printRun(io, run, { now, wide: options.output === 'wide', where: session.where, flags: session.flags });
        tellStandstill(session, [run], io);
      }
      return EXIT.ok;
    }
    // The embedded cluster is one person's: everything in it is shown unless a namespace is named.
    const everywhere = options.allNamespaces || (options.namespace === undefined && session.embedded);
    const runs = await listRuns(session, {
      ...(everywhere ? {} : { namespace: session.namespace }),
      ...(kind === null ? {} : { kinds: [kind] }),
    });
    const chosen = runs.filter(
      ({ object }) => options.phase === undefined || object.status?.['phase'] === options.phase,
    );
    const list = { apiVersion: 'v1', kind: 'List', items: chosen.map(({ object }) => object) };
    if (options.output === 'json') io.print(JSON.stringify(list, null, 2));
    else if (options.output === 'yaml') io.print(toYaml(list));
    else if (options.output === 'name')
      for (const { kind: of, object } of chosen) io.print(fullName(of, object.metadata.name));
    else {
      const read = chosen.map((run) => readRun(run.object, run.kind));
      printList(io, read, { now, wide: options.output === 'wide', where: session.where, flags: session.flags });
      tellStandstill(session, read, io);
    }
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

interface Around {
  readonly now: number;
  readonly wide: boolean;
  readonly where: string;
  readonly flags: string;
}

function printList(io: Io, runs: readonly ReadRun[], { now, wide, where, flags }: Around): void {
  if (runs.length === 0) {
    io.tell(`There are no runs in ${where}; start one with ${io.program} run FILE${flags}`);
    return;
  }
  const views = runs.map((run) => run.view).sort((a, b) => b.createdAt - a.createdAt || a.name.localeCompare(b.name));
  const header = ['NAMESPACE', 'NAME', 'PHASE', 'STEP', 'REASON', 'AGE', ...(wide ? ['BY', 'SUMMARY'] : [])];
  const rows = views.map((view) => [
    view.namespace,
    view.shownName,
    tinted(view.phase, toneOf(view.phase), io.style),
    stepOf(view),
    reasonOf(view, now),
    formatDuration(now - view.createdAt),
    ...(wide ? [view.requestedBy ?? '-', view.summary] : []),
  ]);
  for (const line of table(header, rows)) io.print(line);
  const failed = views.filter((view) => view.phase === 'Failed');
  const [worst] = failed;
  io.tell(
    `${views.length} ${views.length === 1 ? 'run' : 'runs'}${failed.length === 0 ? '' : `: ${failed.length} failed`}.${worst === undefined ? '' : `   ${io.program} why -n ${worst.namespace} ${worst.shownName}${flags}`}`,
  );
}

function stepOf(view: RunView): string {
  const done = view.steps.filter((step) => ['Succeeded', 'Failed', 'Skipped', 'Cancelled'].includes(step.state)).length;
  const current =
    view.steps.find((step) => ['BackingOff', 'Starting', 'Running', 'Stopping'].includes(step.state)) ??
    view.steps.find((step) => step.state === 'Failed');
  return `${done}/${view.steps.length}${current === undefined ? '' : ` ${current.name}`}`;
}

function reasonOf(view: RunView, now: number): string {
  const waiting = view.steps.find((step) => step.nextAttemptAt !== null);
  if (waiting?.nextAttemptAt)
    return `${waiting.reason}, try ${waiting.attempt + 1} of ${waiting.attempts} in ${formatDuration(Math.max(0, waiting.nextAttemptAt - now))}`;
  return view.reason ?? '-';
}

function printRun(io: Io, { view }: ReadRun, { now, wide, flags }: Around): void {
  const ended = view.finishedAt === null ? '' : ` ${formatDuration(now - view.finishedAt)} ago`;
  const took = view.startedAt === null ? '' : `, after ${formatDuration((view.finishedAt ?? now) - view.startedAt)}`;
  io.print(
    `Run        ${view.namespace}/${view.name}    ${tinted(view.phase, toneOf(view.phase), io.style)}${ended}${took}`,
  );
  io.print(
    `Started    ${view.startedAt === null ? 'not yet' : formatSeconds(view.startedAt)}${view.requestedBy === null ? '' : ` by ${view.requestedBy} (claimed)`}`,
  );
  io.print(`Summary    ${view.summary}`);
  io.print('');
  const header = ['STEP', 'STATE', 'TRY', 'STARTED', 'TOOK', 'EXECUTOR', ...(wide ? ['OBJECT'] : []), 'MESSAGE'];
  for (const line of table(
    header,
    view.steps.map((step) => row(step, { io, now, wide })),
  ))
    io.print(line);
  if (view.phase === 'Failed') io.tell(`\n${io.program} why -n ${view.namespace} ${view.shownName}${flags}`);
}

function row(
  step: StepView,
  { io, now, wide }: { readonly io: Io; readonly now: number; readonly wide: boolean },
): string[] {
  const live = step.state === 'Running' || step.state === 'Starting' || step.state === 'Stopping';
  const took = step.tookMs ?? (live && step.startedAt !== null ? now - step.startedAt : null);
  const next =
    step.nextAttemptAt === null
      ? ''
      : `try ${step.attempt + 1} in ${formatDuration(Math.max(0, step.nextAttemptAt - now))}; `;
  const message = [step.reason, step.message.split('\n')[0] ?? ''].filter((text) => text !== '').join(': ');
  return [
    `${step.label} ${step.name}`,
    tinted(step.state, toneOf(step.state), io.style),
    step.attempt === 0 ? '-' : `${step.attempt}/${step.attempts}`,
    step.startedAt === null ? '-' : formatSeconds(step.startedAt).slice(11, 19),
    took === null ? '-' : formatDuration(took),
    step.executor,
    ...(wide ? [step.object ?? '-'] : []),
    `${next}${message}`,
  ];
}
