import type { ContainerFacts, Facts, Termination } from '../facts/facts.js';
import { printedCause } from '../facts/printed-cause.js';
import { isKill } from '../facts/queries.js';

/** What a shell prints for 127. */
const COMMAND = /(?:command )?not found|No such file or directory/i;

/** Names an ordinary failure more closely; a subreason only, since programs print what they like. */
export function exitSubreason(facts: Facts, container: ContainerFacts, end: Termination): string {
  const { message, exitCode, signal } = end;
  if (facts.job?.failed?.reason === 'FailedIndexes' || facts.job?.failed?.reason === 'MaxFailedIndexesExceeded')
    return 'FailedIndexes';
  if (facts.job?.failed?.reason === 'PodFailurePolicy') return 'PodFailurePolicy';
  const printed = printedCause(message);
  if (printed !== null) return printed;
  if (exitCode === 127 && (message === '' || COMMAND.test(message))) return 'CommandNotFound';
  if (container.name.startsWith('step-') && isTekton(facts)) return 'StepFailed';
  return signal !== null || (exitCode > 128 && exitCode < 160) ? 'Signal' : 'ExitNonZero';
}

function isTekton({ taskRuns, pod }: Facts): boolean {
  return taskRuns.length > 0 || pod?.owner?.kind === 'TaskRun';
}

/** `exit 3`, or `exit 139 (SIGSEGV)`. */
export function sayExit(end: Termination): string {
  const signal = end.signal ?? (end.exitCode > 128 && end.exitCode < 160 ? end.exitCode - 128 : null);
  const name = signal === null ? undefined : SIGNALS[signal];
  return name === undefined ? `exit ${end.exitCode}` : `exit ${end.exitCode}, ${name}`;
}

/** Linux on all platforms that Kubernetes knows. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** A kill that nothing in the evidence explains. */
export function isUnexplainedKill(end: Termination): boolean {
  return isKill(end) && end.reason !== 'OOMKilled';
}
