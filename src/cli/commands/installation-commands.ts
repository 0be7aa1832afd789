import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { CheckOptions } from '../verbs/check.js';
import type { ControllerOptions } from '../verbs/controller.js';
import { count, duration, output, port } from './option-values.js';
import { type Done, verb } from './verb.js';

/** The verbs of who installs Lockstep in a cluster. */
export function addInstallation(program: Command, done: Done): void {
  addController(program, done);
  addCheck(program, done);
}

function addCheck(program: Command, done: Done): void {
  program
    .command('check')
    .summary('tell whether an installation works, and what is missing')
    .description(
      "Looks at the kinds, the controllers' Deployments, their rights, the leader, and what is behind, in a real cluster\n" +
        '(--kubeconfig or --context; -n looks at one namespace), and says what to do. Ends with 1 where something is wrong.',
    )
    .addOption(output('text', 'json'))
    .action(
      verb<CheckOptions>(done, async ({ options, io }) => {
        const { checkVerb } = await import('../verbs/check.js');
        return checkVerb(options, io);
      }),
    );
}

function addController(program: Command, done: Done): void {
  program
    .command('controller')
    .summary('be the controller of a cluster')
    .description(
      'Works on the runs of a cluster until it is told to stop: in a pod with the service account of the pod, elsewhere\n' +
        'with --kubeconfig or --context. With --namespace or --namespaces only on the runs there. deploy/ installs it.',
    )
    .addOption(
      new Option('--namespaces <names>', 'work only on the runs of these namespaces (a,b,c)')
        .argParser(names)
        .default([], 'that of --namespace, else all'),
    )
    .option('--leader-elect', 'work only while this process has the lease, so that several can stand ready', false)
    .option('--lease-name <name>', 'name of the lease (default: lockstep-controller)')
    .option(
      '--own-namespace <name>',
      'where its lease and its key are (default: $POD_NAMESPACE, that of the service account, lockstep-system)',
    )
    .option('--identity <name>', 'what the lease names it (default: $POD_NAME, else host, process and a random number)')
    .addOption(
      new Option('--operations-address <host:port>', 'serve /metrics, /healthz and /readyz here; "none" serves nothing')
        .argParser(address)
        .default({ host: '0.0.0.0', port: 8080 }, '0.0.0.0:8080'),
    )
    .addOption(
      new Option('--grace <duration>', 'for an ordered stop after SIGTERM').argParser(duration).default(25_000, '25s'),
    )
    .option('--workers <number>', 'runs that are worked on at a time', count, 8)
    .addOption(
      new Option('--log-level <level>', 'of the log on stderr, JSON lines')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(
      verb<ControllerOptions>(done, async ({ options, io }) => {
        const { controllerVerb } = await import('../verbs/controller.js');
        return controllerVerb(options, io);
      }),
    );
}

function names(text: string): readonly string[] {
  const all = text.split(',').map((name) => name.trim());
  if (all.some((name) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)))
    throw new InvalidArgumentError('Write names of namespaces, with commas between them.');
  return all;
}

/** Not null for none: commander makes an empty text of that. */
function address(text: string): ControllerOptions['operationsAddress'] {
  if (text === 'none') return 'none';
  const [, host = '', number = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
  if (number === '') throw new InvalidArgumentError('Write HOST:PORT, :PORT or none.');
  return { host: host === '' ? '0.0.0.0' : host.replace(/^\[(.*)\]$/, '$1'), port: port(number) };
}
