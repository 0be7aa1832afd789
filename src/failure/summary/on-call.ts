import { redact } from '../redact.js';
import type { OnCall } from './summary.js';

/** What the author said, the step's words before the run's, each on one line; null where nothing is said. */
export function onCallOf(run: OnCall | undefined, step: OnCall | undefined): OnCall | null {
  const entries = Object.entries({ ...run, ...step }).flatMap(([key, text]) => {
    const line = oneLine(text);
    return line === '' ? [] : [[key, line] as const];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function oneLine(text: string): string {
  return redact(text).replace(/\s+/g, ' ').trim();
}
