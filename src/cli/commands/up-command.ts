import type { Command } from 'commander';
import type { UpOptions } from '../verbs/up.js';
import { port } from './option-values.js';
import { type Done, verb } from './verb.js';

/** `lockstep up`. */
export function addUp(program: Command, done: Done): void {
  program
    .command('up')
    .summary('keep the embedded cluster up for kubectl and others')
    .description(
      'Starts the embedded cluster and its controller, prints a kubeconfig, and goes on until Ctrl-C or SIGTERM. What\n' +
        'runs in containers goes on after that, and the next start finds it again.',
    )
    .option('--port <port>', 'port of the API server on loopback (default: any free one)', port)
    .option('--operations-port <port>', 'serve /metrics, /healthz and /readyz on this loopback port', port)
    .addHelpText(
      'after',
      `
Examples:
  lockstep up --data-dir /tmp/ls &
  export KUBECONFIG=/tmp/ls/kubeconfig
  kubectl apply -f examples/remediate-web.yaml
  kubectl wait --for=condition=Finished wfx --all -A --timeout=2m`,
    )
    .action(
      verb<UpOptions>(done, async ({ options, io }) => {
        const { upVerb } = await import('../verbs/up.js');
        return upVerb(options, io);
      }),
    );
}
