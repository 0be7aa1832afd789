import type { Command } from 'commander';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';

/** `lockstep completion SHELL`: verbs and their options, taken from the program itself. */
export function completionVerb(shell: string, program: Command, io: Io): ExitCode {
  const verbs = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    subcommands: command.commands.map((each) => each.name()),
    options: [
      ...new Set(
        [...command.options, ...command.commands.flatMap((each) => each.options), ...program.options].flatMap(
          (option) => (option.long === undefined ? [] : [option.long]),
        ),
      ),
    ],
  }));
  switch (shell) {
    case 'bash':
      io.print(bash(verbs));
      return EXIT.ok;
    case 'zsh':
      io.print(`autoload -U +X bashcompinit && bashcompinit\n${bash(verbs)}`);
      return EXIT.ok;
    case 'fish':
      io.print(fish(verbs));
      return EXIT.ok;
    default:
      throw new CliError(`there is no completion for ${shell}; there is for bash, zsh and fish`, {
        exitCode: EXIT.usage,
      });
  }
}

interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly subcommands: readonly string[];
  /** Its own, those of its subcommands, and the global ones. */
  readonly options: readonly string[];
}

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map((verb) => `    ${verb.name}) words="${[...verb.subcommands, ...verb.options].join(' ')}" ;;`);
  return `_lockstep() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${verbs.map((verb) => verb.name).join(' ')}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${verbs.map((verb) => verb.name).join(' ')}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _lockstep lockstep`;
}

function fish(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap((verb) => [
    `complete -c lockstep -n __fish_use_subcommand -a ${verb.name} -d '${verb.summary.replaceAll("'", "\\'")}'`,
    ...verb.subcommands.map((name) => `complete -c lockstep -n '__fish_seen_subcommand_from ${verb.name}' -a ${name}`),
    ...verb.options.map(
      (option) => `complete -c lockstep -n '__fish_seen_subcommand_from ${verb.name}' -l ${option.slice(2)}`,
    ),
  ]);
  return lines.join('\n');
}
