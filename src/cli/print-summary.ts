import { jsonOf, lineOf, markdownOf, summarize, textOf } from '../failure/index.js';
import type { Io } from './io.js';
import type { ReadRun } from './read-run.js';
import { summaryInput } from './summary-input.js';

/** Forms of a summary: one line, the whole text, Markdown for a ticket, or JSON for a program. */
export type SummaryForm = 'line' | 'text' | 'md' | 'json';

export function printSummary(
  io: Io,
  run: ReadRun,
  options: { readonly form: SummaryForm; readonly now: number },
): void {
  const summary = summarize(summaryInput(run, options.now));
  switch (options.form) {
    case 'line':
      io.print(lineOf(summary));
      return;
    case 'text':
      io.print(textOf(summary));
      return;
    case 'md':
      io.print(markdownOf(summary));
      return;
    case 'json':
      io.print(JSON.stringify(jsonOf(summary), null, 2));
      return;
  }
}
