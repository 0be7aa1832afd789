import { programName } from './commands-shown.js';
import { wrapText } from './view/wrap.js';
import { type Style, type ColorChoice, styleFor } from './view/style.js';

/** The terminal as verbs see it: data on stdout, everything else on stderr. */
export interface Io {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly style: Style;
  /** How this program is called in a command that is printed. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line of data. */
  print(line: string): void;
  /** A line for the person, not for a pipe. */
  readonly tell: (line: string) => void;
}

export function createIo(color: ColorChoice): Io {
  const { stdout, stderr, env } = process;
  const program = programName(process.argv, process.cwd());
  return {
    stdout,
    stderr,
    env,
    program,
    style: styleFor(stdout, color, env),
    print: (line) => {
      stdout.write(`${line}\n`);
    },
    tell: (line) => {
      const text = stderr.isTTY ? wrapText(line, { columns: stderr.columns, command: program }) : line;
      stderr.write(`${text}\n`);
    },
  };
}
