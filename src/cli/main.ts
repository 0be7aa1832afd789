import { type Command, CommanderError } from 'commander';
import { ApiError, CredentialsError, NoAnswerError } from '../runtime/index.js';
import { AuditStoreError } from '../audit/store-error.js';
import { endWithReader } from './closed-output.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { createProgram } from './program.js';

/** Oldest Node that is supported (docs/decisions/0002). */
const OLDEST = [20, 19] as const;

/** Errors that say what happened and what to do: they are told without a stack. */
function isForPeople(error: unknown): error is Error {
  return [CliError, ApiError, NoAnswerError, CredentialsError, AuditStoreError].some((kind) => error instanceof kind);
}

function supported(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Without, commander ends the process itself, with a code of its own. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) throwInsteadOfExit(each);
}

async function main(): Promise<number> {
  if (!supported()) {
    process.stderr.write(`lockstep needs Node ${OLDEST.join('.')} or newer, and this is ${process.versions.node}\n`);
    return EXIT.error;
  }
  endWithReader(process.stdout);
  let code: number = EXIT.ok;
  const program = createProgram((answer) => {
    code = answer;
  });
  throwInsteadOfExit(program);
  try {
    await program.parseAsync(process.argv);
    return code;
  } catch (error) {
    // commander has told it already; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (isForPeople(error)) {
      process.stderr.write(`lockstep: ${error.message}\n`);
      return error instanceof CliError ? error.exitCode : EXIT.error;
    }
    process.stderr.write(
      `lockstep: this is a defect in Lockstep; please report it with what follows.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT.error;
  }
}

process.exitCode = await main();
