import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';

/** An error that is told to the person as it is, without a stack: it says what happened and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, options: { readonly exitCode?: ExitCode; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.error;
  }
}
