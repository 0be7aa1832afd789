import { EXIT, type ExitCode } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { type SummaryForm, printSummary } from '../print-summary.js';
import { readRun } from '../read-run.js';
import { openSession } from '../session.js';
import { tellStandstill } from '../standstill.js';

/** `lockstep why REF`: what failed or what it waits for, with the evidence. */
export async function whyVerb(
  reference: string | undefined,
  options: GlobalOptions & { readonly output: SummaryForm },
  io: Io,
): Promise<ExitCode> {
  const session = await openSession(options, io);
  try {
    const { object, kind } = await findRun(session, reference);
    const run = readRun(object, kind);
    printSummary(session, run, { io, form: options.output });
    tellStandstill(session, [run], io);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}
