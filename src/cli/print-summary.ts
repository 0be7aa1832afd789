import { jsonOf, lineOf, markdownOf, summarize, textOf } from '../failure/index.js';
import { withCommands } from './commands-shown.js';
import type { Io } from './io.js';
import type { ReadRun } from './read-run.js';
import type { Session } from './session.js';
import { summaryInput } from './summary-input.js';
import { tinted } from './view/style.js';
import { wrapText } from './view/wrap.js';

/** Forms of a summary: one line, the whole text, Markdown for a ticket, or JSON for a program. */
export type SummaryForm = 'line' | 'text' | 'md' | 'json';

interface Printing {
  readonly io: Io;
  readonly form: SummaryForm;
}

/** Prints what a run came to, or what it waits for. */
export function printSummary(session: Session, run: ReadRun, { io, form }: Printing): void {
  const { flags, embedded } = session;
  const made = summarize(summaryInput(run, session.clock.now()));
  const summary = withCommands(made, { program: io.program, flags, embedded, shownName: run.view.shownName });
  switch (form) {
    case 'line':
      io.print(lineOf(summary));
      return;
    case 'text':
      io.print(onScreen(textOf(summary), io));
      return;
    case 'md':
      io.print(markdownOf(summary));
      return;
    case 'json':
      io.print(jsonOf(summary));
      return;
  }
}

/** On a terminal: the first line stands out, and lines end between words. */
function onScreen(text: string, { stdout, style, program }: Io): string {
  if (!stdout.isTTY) return text;
  const [first = '', ...rest] = wrapText(text, { columns: stdout.columns, command: program }).split('\n\n');
  return [tinted(first, 'strong', style), ...rest].join('\n\n');
}
