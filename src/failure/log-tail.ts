import { clipStart } from '../api/clip.js';
import { conceal } from './conceal.js';
import type { Facts, Termination } from './facts/facts.js';
import { deciding, lastEnd } from './facts/queries.js';
import type { Finding } from './finding.js';
import { redact } from './redact.js';

const TAIL_MAX = 2_000;

/**
 * The last lines of the container that failed, from its termination message (terminationMessagePolicy
 * FallbackToLogsOnError puts them there: no right to read logs is needed). Redacted; empty where quoting is off.
 */
export function logTailOf(facts: Facts, { container, ending }: Finding): string {
  if (!facts.context.quoteLogs) return '';
  const end = ending ?? (container === undefined ? firstEnd(facts) : lastEnd(container));
  if (end === null || !isPrinted(end)) return '';
  const { sensitive = [] } = facts.context;
  return clipStart(conceal(redact(conceal(end.message, sensitive)), sensitive).trimEnd(), TAIL_MAX);
}

/** What the program left, not what the runtime, the kubelet or Tekton wrote. */
function isPrinted(end: Termination): boolean {
  if (!end.ran || end.synthetic || end.message === '') return false;
  return !end.message.startsWith('[{"key":') && end.reason !== 'ContainerStatusUnknown';
}

function firstEnd(facts: Facts): Termination | null {
  for (const container of deciding(facts)) {
    const end = lastEnd(container);
    if (end !== null) return end;
  }
  return null;
}
