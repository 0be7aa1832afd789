import { Command, Option } from 'commander';
import { addActions } from './commands/action-commands.js';
import { addLooking } from './commands/looking-commands.js';
import { addOthers } from './commands/other-commands.js';
import { addRun } from './commands/run-command.js';
import { addUp } from './commands/up-command.js';
import type { Done } from './commands/verb.js';
import { VERSION } from './version.js';

/** The `lockstep` command. Verbs are loaded when they are called, so that --help is fast. */
export function createProgram(done: Done): Command {
  const program = new Command('lockstep')
    .description('Runs workflows step by step on Kubernetes, and is at its best when they fail.')
    .version(VERSION, '--version', 'print the version')
    .option('-n, --namespace <name>', 'the namespace that is meant')
    .option(
      '--data-dir <path>',
      'where the embedded cluster keeps its state (default: $XDG_STATE_HOME/lockstep/default)',
    )
    .option(
      '--audit-store <address>',
      'where the audit trail is: a path or postgres://USER@HOST/DATABASE (default: in the data directory; LOCKSTEP_AUDIT_STORE)',
    )
    .option('--kubeconfig <path>', 'work on the real cluster of this kubeconfig, not on the embedded one')
    .option('--context <name>', 'the context of the kubeconfig; it too means a real cluster')
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('-v, --verbose', 'tell on stderr what the controller does, as JSON lines', false)
    .showHelpAfterError('(--help tells what there is)')
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', HELP);
  // A subcommand's own option of a name comes before the global one.
  program.enablePositionalOptions(false);
  addRun(program, done);
  addUp(program, done);
  addLooking(program, done);
  addActions(program, done);
  addOthers(program, done);
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
