import { basename, relative } from 'node:path';
import type { Summary } from '../failure/index.js';
import { shellWord } from './shell-word.js';

/**
 * How this program was called, so that a command that is printed can be pasted: `lockstep`, or `node dist/cli.js` from a
 * checkout.
 */
export function programName(argv: readonly string[], cwd: string): string {
  const script = argv[1] ?? 'lockstep';
  const name = basename(script);
  if (!/\.[cm]?js$/.test(name)) return name;
  const near = relative(cwd, script);
  return `node ${shellWord(near.startsWith('..') ? script : near)}`;
}

interface Shown {
  /** See programName. */
  readonly program: string;
  /** Where the run is, as flags. */
  readonly flags: string;
  /** The embedded cluster, which kubectl does not know. */
  readonly embedded: boolean;
  /** See RunView.shownName. */
  readonly shownName: string;
}

/** A summary whose commands can be pasted as they are: they name this program, and the place that was looked at. */
export function withCommands(summary: Summary, { program, flags, embedded, shownName }: Shown): Summary {
  const { namespace, name } = summary.run;
  const ours = (command: string): string =>
    program + command.slice(8).replace(` -n ${namespace} ${name}`, ` -n ${namespace} ${shownName}`) + flags;
  const actions = summary.actions.map(({ command, ...action }) => {
    if (command === undefined || (embedded && command.startsWith('kubectl '))) return action;
    return { ...action, command: command.startsWith('lockstep ') ? ours(command) : command };
  });
  return { ...summary, actions };
}
