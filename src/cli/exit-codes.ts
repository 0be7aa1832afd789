import type { RunPhase } from '../api/types.js';

/** What the command's exit tells a script. `--help` lists them. */
export const EXIT = {
  /** Yes: it succeeded. */
  ok: 0,
  /** Lockstep itself could not do it (API, rights, not found). */
  error: 1,
  /** The command line or the file is wrong. */
  usage: 2,
  runFailed: 10,
  runCancelled: 11,
  /** A person is needed (Suspended, Blocked, not confirmed stopped) and --fail-on-hold was given. */
  needsPerson: 12,
  auditBroken: 13,
  timeout: 124,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of a run's phase; null while it is not over. */
export function exitCodeOf(phase: RunPhase | undefined): ExitCode | null {
  switch (phase) {
    case 'Succeeded':
      return EXIT.ok;
    case 'Failed':
      return EXIT.runFailed;
    case 'Cancelled':
      return EXIT.runCancelled;
    case 'Pending':
    case 'Blocked':
    case 'Suspended':
    case 'Running':
    case 'Cancelling':
    case undefined:
      return null;
  }
}
