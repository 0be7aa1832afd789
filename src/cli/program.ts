import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../api/duration.js';
import type { ActionVerb } from '../api/types.js';
import type { ExitCode } from './exit-codes.js';
import { type Io, createIo } from './io.js';
import type { ExplainVerbOptions } from './verbs/explain.js';
import type { GlobalOptions } from './options.js';
import { VERSION } from './version.js';

/** What a verb answers is the exit code of the process. */
type Done = (code: ExitCode) => void;

/** The `lockstep` command. Verbs are loaded when they are called, so that --help is fast. */
export function createProgram(done: Done): Command {
  const program = new Command('lockstep')
    .description('Runs workflows step by step on Kubernetes, and is at its best when they fail.')
    .version(VERSION, '--version', 'print the version')
    .option('-n, --namespace <name>', 'the namespace that is meant')
    .option('--data-dir <path>', 'where the embedded cluster keeps its state (default: $XDG_STATE_HOME/lockstep/default)')
    .option('--kubeconfig <path>', 'work on the real cluster of this kubeconfig, not on the embedded one')
    .option('--context <name>', 'the context of the kubeconfig')
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('-v, --verbose', 'tell on stderr what the controller does, as JSON lines', false)
    .showHelpAfterError('(lockstep --help tells what there is)')
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', HELP);
  // A subcommand's own option of a name comes before the global one.
  program.enablePositionalOptions(false);
  addRun(program, done);
  addLooking(program, done);
  addActions(program, done);
  addOffline(program, done);
  return program;
}

const HELP = `
Begin here:
  lockstep run examples/remediate-web.yaml   run a workflow on the embedded cluster, live
  lockstep why                               why the latest run failed, or what it waits for
  lockstep logs @failed --failed             what the failed steps printed
  lockstep audit                             who did what, when; and that nothing is missing

A run is named by NAME, NAMESPACE/NAME, a unique prefix, @latest or @failed.

Exit codes: 0 yes · 1 Lockstep could not do it · 2 the command or the file is wrong · 10 the run failed
  11 it was cancelled · 12 a person is needed · 13 the audit trail is broken · 124 --timeout passed · 130 interrupted`;

interface Context<T> {
  readonly options: GlobalOptions & T;
  readonly io: Io;
}

/** Runs a verb with all options, its own and the global ones. */
function verb<A extends readonly unknown[], T>(done: Done, action: (context: Context<T>, ...args: A) => Promise<ExitCode> | ExitCode) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1);
    if (!(command instanceof Command)) throw new Error('commander gave no command; this is a defect in Lockstep');
    const options = command.optsWithGlobals<GlobalOptions & T>();
    // commander types what it hands over loosely: the declared arguments in order, options, the command.
    const args = given.slice(0, -2) as unknown as A;
    done(await action({ options, io: createIo(options.color) }, ...args));
  };
}

function addRun(program: Command, done: Done): void {
  program
    .command('run')
    .summary('run a workflow and see it through')
    .description('Submits the workflow of FILE and brings it to its end in this process, on the embedded cluster unless --kubeconfig or --context is given.\nThe same file again goes on with an unfinished run, and shows a finished one. Ctrl-C cancels and waits for finally steps; twice leaves the run as it is.')
    .argument('<file>', 'YAML with one WorkflowExecution and what it needs; - for stdin')
    .option('-p, --param <name=value>', 'set a parameter (repeatable)', collect, [])
    .option('--again', 'run a finished one anew', false)
    .option('--plain', 'one line per change, also on a terminal', false)
    .option('--fail-on-hold', 'end with 12 when a person is needed', false)
    .option('--operations-port <port>', 'serve /metrics, /healthz and /readyz on this loopback port', port)
    .addOption(output('text', 'json'))
    .action(
      verb<[string], import('./verbs/run.js').RunOptions>(done, async ({ options, io }, file) => (await import('./verbs/run.js')).runVerb(file, options, io)),
    );
}

function addLooking(program: Command, done: Done): void {
  program
    .command('get')
    .summary('list runs, or show one')
    .argument('[ref]', 'a run')
    .option('-A, --all-namespaces', 'in all namespaces', false)
    .option('--phase <phase>', 'only runs in this phase')
    .addOption(output('text', 'wide', 'json', 'yaml', 'name'))
    .action(verb<[string | undefined], import('./verbs/get.js').GetOptions>(done, async ({ options, io }, ref) => (await import('./verbs/get.js')).getVerb(ref, options, io)));
  program
    .command('watch')
    .summary('follow a run live')
    .argument('[ref]', 'a run; the latest where none is given')
    .option('--plain', 'one line per change, also on a terminal', false)
    .option('--fail-on-hold', 'end with 12 when a person is needed', false)
    .action(verb<[string | undefined], import('./verbs/watch.js').WatchOptions>(done, async ({ options, io }, ref) => (await import('./verbs/watch.js')).watchVerb(ref, options, io)));
  program
    .command('wait')
    .summary('wait for a run, without a word')
    .argument('[ref]', 'a run; the latest where none is given')
    .option('--for <what>', 'Finished, phase=PHASE or step=STEP', 'Finished')
    .option('--timeout <duration>', 'give up after this time, with 124', duration)
    .option('--fail-on-hold', 'end with 12 when a person is needed', false)
    .action(
      verb<[string | undefined], import('./verbs/watch.js').WaitOptions & { readonly timeout?: number }>(done, async ({ options, io }, ref) =>
        (await import('./verbs/watch.js')).waitVerb(ref, { ...options, plain: true, ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }) }, io),
      ),
    );
  program
    .command('why')
    .summary('why a run failed, or what it waits for')
    .argument('[ref]', 'a run; the latest where none is given')
    .addOption(output('text', 'line', 'md', 'json'))
    .action(
      verb<[string | undefined], { readonly output: 'text' | 'line' | 'md' | 'json' }>(done, async ({ options, io }, ref) => (await import('./verbs/why.js')).whyVerb(ref, options, io)),
    );
  program
    .command('logs')
    .summary('what steps printed, also after their pods are gone')
    .argument('[ref]', 'a run; the latest where none is given')
    .argument('[step]', 'one step; all that began where none is given')
    .option('--failed', 'only failed steps', false)
    .option('-f, --follow', 'go on while the step prints', false)
    .option('--timestamps', 'with the time of each line', false)
    .option('--tail <lines>', 'only the last lines', count)
    .option('--attempt <number>', 'of this attempt, not the last', count)
    .option('-c, --container <name>', 'of this container')
    .action(
      verb<[string | undefined, string | undefined], import('./verbs/logs.js').LogsOptions>(done, async ({ options, io }, ref, step) => (await import('./verbs/logs.js')).logsVerb(ref, step, options, io)),
    );
  program
    .command('audit')
    .summary('who did what, when; and whether the trail is whole')
    .argument('[ref]', 'a run, also one that was deleted')
    .addOption(output('text', 'json'))
    .action(verb<[string | undefined], { readonly output: 'text' | 'json' }>(done, async ({ options, io }, ref) => (await import('./verbs/audit.js')).auditVerb(ref, options, io)));
}

const ACTIONS: readonly { readonly name: string; readonly verb: ActionVerb; readonly summary: string }[] = [
  { name: 'cancel', verb: 'Cancel', summary: 'stop a run; finally steps still run' },
  { name: 'terminate', verb: 'Terminate', summary: 'stop a run at once, without finally' },
  { name: 'suspend', verb: 'Suspend', summary: 'start nothing new of a run; what runs goes on' },
  { name: 'resume', verb: 'Resume', summary: 'go on with a suspended run' },
  { name: 'assert-stopped', verb: 'AssertStopped', summary: 'say that a step is stopped, where nobody can confirm it' },
];

function addActions(program: Command, done: Done): void {
  for (const action of ACTIONS) {
    const command = program.command(action.name).summary(action.summary).argument('[ref]', 'a run; the latest where none is given');
    if (action.verb === 'AssertStopped') command.requiredOption('--step <name>', 'the step whose attempt is stopped');
    command
      .option('--reason <text>', 'why; it goes into the audit trail', '')
      .option('--by <name>', 'who asks (default: $LOCKSTEP_USER, else the login name); it is recorded as claimed')
      .action(
        verb<[string | undefined], { readonly reason: string; readonly step?: string; readonly by?: string }>(done, async ({ options, io }, ref) => {
          const [{ actVerb }, { userName }] = await Promise.all([import('./verbs/act.js'), import('./user-name.js')]);
          return actVerb(action.verb, ref, { ...options, by: options.by ?? userName(io.env) }, io);
        }),
      );
  }
}

function addOffline(program: Command, done: Done): void {
  program
    .command('lint')
    .summary('check workflow files without a cluster')
    .argument('<file...>', 'YAML files; - for stdin')
    .action(verb<[readonly string[]], unknown>(done, async ({ io }, files) => (await import('./verbs/lint.js')).lintVerb(files, io)));
  program
    .command('explain')
    .summary('explain a failure from files, or a reason')
    .description('Reads evidence from files: what `kubectl get pods,jobs,events,nodes -o yaml` prints, Tekton runs, Status bodies. It needs nothing else of Lockstep:\n  kubectl get pod x -o yaml | lockstep explain -f -')
    .argument('[reason]', 'a reason of the catalogue, e.g. ImagePull')
    .option('-f, --file <file...>', 'files with evidence; - for stdin')
    .addOption(output('text', 'line', 'json'))
    .action(
      verb<[string | undefined], ExplainVerbOptions>(done, async ({ options, io }, reason) => (await import('./verbs/explain.js')).explainVerb(reason, options, io)),
    );
  program
    .command('prune')
    .summary('delete runs that are over; the audit trail stays')
    .argument('[ref]', 'one run; all that are over where none is given')
    .option('--older-than <duration>', 'only runs that ended longer ago', duration, 0)
    .option('--dry-run', 'only tell which', false)
    .action(
      verb<[string | undefined], { readonly olderThan: number; readonly dryRun: boolean }>(done, async ({ options, io }, ref) =>
        (await import('./verbs/prune.js')).pruneVerb(ref, { ...options, olderThanMs: options.olderThan }, io),
      ),
    );
  program
    .command('version')
    .summary('print the version')
    .action(
      verb<[], unknown>(done, ({ io }) => {
        io.print(VERSION);
        return 0;
      }),
    );
  program
    .command('completion')
    .summary('print a completion script')
    .addHelpText('after', '\n  eval "$(lockstep completion bash)"')
    .argument('<shell>', 'bash, zsh or fish')
    .action(verb<[string], unknown>(done, async ({ io }, shell) => (await import('./verbs/completion.js')).completionVerb(shell, program, io)));
}

function output(first: string, ...others: readonly string[]): Option {
  return new Option('-o, --output <form>', 'form of the output').choices([first, ...others]).default(first);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('write a duration such as 30s, 5m or 1h');
  return ms;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('write a whole number');
  return value;
}

function port(text: string): number {
  const value = count(text);
  if (value > 65_535) throw new InvalidArgumentError('write a port, 0 to 65535');
  return value;
}
