import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { createIo, type Io } from '../io.js';
import type { GlobalOptions } from '../options.js';

/** What a verb answers is the exit code of the process. */
export type Done = (code: ExitCode) => void;

/** What a verb is called with. */
export interface Call<T> {
  /** Its own options and the global ones. */
  readonly options: GlobalOptions & T;
  readonly io: Io;
  /** The operands, in order. */
  readonly operands: readonly string[];
  readonly program: Command;
}

/** The action of a command that calls a verb. */
export function verb<T>(done: Done, action: (call: Call<T>) => Promise<ExitCode> | ExitCode) {
  return async (...given: unknown[]): Promise<void> => {
    // commander hands over the operands, the options and the command itself, which knows them all.
    const command = given.at(-1);
    if (!(command instanceof Command)) throw new Error('commander gave no command; this is a defect in Lockstep');
    const options = command.optsWithGlobals<GlobalOptions & T>();
    const io = createIo(options.color);
    done(await action({ options, io, operands: command.args, program: rootOf(command) }));
  };
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
