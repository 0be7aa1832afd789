import type { Command } from 'commander';
import type { RunOptions } from '../verbs/run.js';
import { collect, output, port } from './option-values.js';
import { type Done, verb } from './verb.js';

/** `lockstep run`. */
export function addRun(program: Command, done: Done): void {
  program
    .command('run')
    .summary('run a workflow and see it through')
    .description(
      'Submits the workflow of FILE and brings it to its end in this process, on the embedded cluster unless\n' +
        '--kubeconfig or --context is given. The same file again goes on with an unfinished run, and shows a finished one.',
    )
    .argument('<file>', 'YAML with one WorkflowExecution or SequentialJob and what it needs; - for stdin')
    .option('-p, --param <name=value>', 'set a parameter (repeatable)', collect, [])
    .option('--again', 'run a finished one anew', false)
    .option('--plain', 'one line per change, also on a terminal', false)
    .option('--fail-on-hold', 'end with 12 when a person is needed', false)
    .option('--operations-port <port>', 'serve /metrics, /healthz and /readyz on this loopback port', port)
    .addOption(output('text', 'json'))
    .addHelpText(
      'after',
      `
Ctrl-C cancels the run and waits for its finally steps; Ctrl-C again leaves it as it is: the same command goes on.

Examples:
  lockstep run examples/remediate-web.yaml -p replicas=5
  lockstep run fix.yaml --again -o json > summary.json`,
    )
    .action(
      verb<RunOptions>(done, async ({ options, io, operands: [file = '-'] }) => {
        const { runVerb } = await import('../verbs/run.js');
        return runVerb(file, options, io);
      }),
    );
}
