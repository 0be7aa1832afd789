import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { explainFiles, explainReasonText } from '../explain.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';

export interface ExplainVerbOptions extends GlobalOptions {
  readonly file?: readonly string[];
  readonly output: 'text' | 'line' | 'json';
}

/** `lockstep explain -f FILE…` explains evidence from files, `lockstep explain REASON` a reason of the catalogue. */
export async function explainVerb(reason: string | undefined, options: ExplainVerbOptions, io: Io): Promise<ExitCode> {
  if (options.file !== undefined) {
    io.stdout.write(await readable(options.file, options.output));
    return EXIT.ok;
  }
  if (reason === undefined)
    throw new CliError('name a reason (lockstep explain ImagePull), or files with -f', { exitCode: EXIT.usage });
  const text = explainReasonText(reason);
  if (text === null)
    throw new CliError(`there is no reason ${reason}; docs/failures.md lists them`, { exitCode: EXIT.usage });
  io.print(text.trimEnd());
  return EXIT.ok;
}

async function readable(files: readonly string[], output: ExplainVerbOptions['output']): Promise<string> {
  try {
    return await explainFiles(files, { output, stdin: process.stdin });
  } catch (error) {
    throw new CliError(`the evidence cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}
