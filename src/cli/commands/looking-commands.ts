import { type Command, Option } from 'commander';
import type { SummaryForm } from '../print-summary.js';
import type { GetOptions } from '../verbs/get.js';
import type { LogsOptions } from '../verbs/logs.js';
import type { WaitOptions, WatchOptions } from '../verbs/watch.js';
import { addAudit } from './audit-commands.js';
import { count, duration, output, PHASES } from './option-values.js';
import { type Done, verb } from './verb.js';

const LATEST = 'a run; the latest where none is given';

/** The verbs that look and change no run. */
export function addLooking(program: Command, done: Done): void {
  addGet(program, done);
  addWatch(program, done);
  addWait(program, done);
  addWhy(program, done);
  addLogs(program, done);
  addAudit(program, done);
}

function addGet(program: Command, done: Done): void {
  program
    .command('get')
    .summary('list runs, or show one')
    .description('Lists the runs (of one kind where KIND is given), the latest first, or shows one with its steps.')
    .argument('[ref]', 'a run: NAME, KIND/NAME or NAMESPACE/NAME; or a kind (wfx, sqj)')
    .option('-A, --all-namespaces', 'in all namespaces', false)
    .addOption(new Option('--phase <phase>', 'only runs in this phase').choices(PHASES))
    .addOption(output('text', 'wide', 'json', 'yaml', 'name'))
    .action(
      verb<GetOptions>(done, async ({ options, io, operands: [ref] }) => {
        const { getVerb } = await import('../verbs/get.js');
        return getVerb(ref, options, io);
      }),
    );
}

function addWatch(program: Command, done: Done): void {
  program
    .command('watch')
    .summary('follow a run live')
    .description(
      'Follows a run until it is over, and ends with its exit code. Ctrl-C ends the looking; the run goes on.',
    )
    .argument('[ref]', LATEST)
    .option('--plain', 'one line per change, also on a terminal', false)
    .option('--fail-on-hold', 'end with 12 when a person is needed', false)
    .option('--timeout <duration>', 'give up after this time, with 124', duration)
    .action(
      verb<WatchOptions>(done, async ({ options, io, operands: [ref] }) => {
        const { watchVerb } = await import('../verbs/watch.js');
        return watchVerb(ref, options, io);
      }),
    );
}

function addWait(program: Command, done: Done): void {
  program
    .command('wait')
    .summary('wait for a run, without a word')
    .description("Waits until a run is over and ends with the run's exit code; with --for until something else is so.")
    .argument('[ref]', LATEST)
    .option('--for <what>', 'Finished, phase=PHASE or step=STEP (over)', 'Finished')
    .option('--timeout <duration>', 'give up after this time, with 124', duration)
    .option('--fail-on-hold', 'end with 12 when a person is needed', false)
    .action(
      verb<WaitOptions>(done, async ({ options, io, operands: [ref] }) => {
        const { waitVerb } = await import('../verbs/watch.js');
        return waitVerb(ref, options, io);
      }),
    );
}

function addWhy(program: Command, done: Done): void {
  program
    .command('why')
    .summary('why a run failed, or what it waits for')
    .description('What happened, what it means, what was tried, what did not run and what to do, with the evidence.')
    .argument('[ref]', LATEST)
    .addOption(output('text', 'line', 'md', 'json'))
    .action(
      verb<{ readonly output: SummaryForm }>(done, async ({ options, io, operands: [ref] }) => {
        const { whyVerb } = await import('../verbs/why.js');
        return whyVerb(ref, options, io);
      }),
    );
}

function addLogs(program: Command, done: Done): void {
  program
    .command('logs')
    .summary('what steps printed, also after their pods are gone')
    .description('Prints what the steps of a run printed. Where a pod is gone: the last lines, kept with the verdict.')
    .argument('[ref]', LATEST)
    .argument('[step]', 'one step; all that began where none is given')
    .option('--failed', 'only failed steps', false)
    .option('-f, --follow', 'go on while the step prints', false)
    .option('--timestamps', 'with the time of each line', false)
    .option('--tail <lines>', 'only the last lines', count)
    .option('--attempt <number>', 'of this attempt, not the last', count)
    .option('-c, --container <name>', 'of this container')
    .action(
      verb<LogsOptions>(done, async ({ options, io, operands: [ref, step] }) => {
        const { logsVerb } = await import('../verbs/logs.js');
        return logsVerb(ref, step, options, io);
      }),
    );
}
