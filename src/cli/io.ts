import { programName } from './commands-shown.js';
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
  tell(line: string): void;
}

export function createIo(color: ColorChoice): Io {
  const { stdout, stderr, env } = process;
  return {
    stdout,
    stderr,
    env,
    program: programName(process.argv, process.cwd()),
    style: styleFor(stdout, color, env),
    print: (line) => {
      stdout.write(`${line}\n`);
    },
    tell: (line) => {
      stderr.write(`${line}\n`);
    },
  };
}
