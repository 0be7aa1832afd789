import { Argument, type Command } from 'commander';
import type { ExplainVerbOptions } from '../verbs/explain.js';
import type { PruneOptions } from '../verbs/prune.js';
import { VERSION } from '../version.js';
import { addInstallation } from './installation-commands.js';
import { duration, output } from './option-values.js';
import { type Done, verb } from './verb.js';

/** The verbs around it all. */
export function addOthers(program: Command, done: Done): void {
  addLint(program, done);
  addExplain(program, done);
  addPrune(program, done);
  addInstallation(program, done);
  addVersion(program, done);
  addCompletion(program, done);
}

function addLint(program: Command, done: Done): void {
  program
    .command('lint')
    .summary('check workflow files without a cluster')
    .description(
      'Checks syntax, fields, values, dependencies and conditions, and prints FILE:LINE:COLUMN: path: message for\n' +
        'each fault; ends with 2 where there is one.',
    )
    .argument('<file...>', 'YAML files; - for stdin')
    .addOption(output('text', 'json'))
    .action(
      verb<{ readonly output: 'text' | 'json' }>(done, async ({ options, io, operands }) => {
        const { lintVerb } = await import('../verbs/lint.js');
        return lintVerb(operands, options, io);
      }),
    );
}

function addExplain(program: Command, done: Done): void {
  program
    .command('explain')
    .summary('explain a failure from files, or a reason')
    .description(
      'Reads evidence from files: what `kubectl get pods,jobs,events,nodes -o yaml` prints, Tekton runs, Status bodies.\n' +
        'It needs nothing else of Lockstep:\n  kubectl get pod x -o yaml | lockstep explain -f -',
    )
    .argument('[reason]', 'a reason of the catalogue, e.g. ImagePull')
    .option('-f, --file <file...>', 'files with evidence; - for stdin')
    .addOption(output('text', 'line', 'json'))
    .action(
      verb<ExplainVerbOptions>(done, async ({ options, io, operands: [reason] }) => {
        const { explainVerb } = await import('../verbs/explain.js');
        return explainVerb(reason, options, io);
      }),
    );
}

function addPrune(program: Command, done: Done): void {
  program
    .command('prune')
    .summary('delete runs that are over; the audit trail stays')
    .description(
      'Deletes runs that are over, with their pods; their audit trails stay, and `audit NAME` still reads them. Without\n' +
        'REF: all of the namespace; on the embedded cluster all, unless --namespace is given.',
    )
    .argument('[ref]', 'one run; all that are over where none is given')
    .option('-A, --all-namespaces', 'in all namespaces', false)
    .option('--older-than <duration>', 'only runs that ended longer ago', duration, 0)
    .option('--dry-run', 'only tell which', false)
    .action(
      verb<PruneOptions>(done, async ({ options, io, operands: [ref] }) => {
        const { pruneVerb } = await import('../verbs/prune.js');
        return pruneVerb(ref, options, io);
      }),
    );
}

function addVersion(program: Command, done: Done): void {
  program
    .command('version')
    .summary('print the version')
    .action(
      verb(done, ({ io }) => {
        io.print(VERSION);
        return 0;
      }),
    );
}

function addCompletion(program: Command, done: Done): void {
  program
    .command('completion')
    .summary('print a completion script')
    .addHelpText('after', '\n  eval "$(lockstep completion bash)"')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(
      verb(done, async ({ io, operands: [shell = ''], program: whole }) => {
        const { completionVerb } = await import('../verbs/completion.js');
        return completionVerb(shell, whole, io);
      }),
    );
}
