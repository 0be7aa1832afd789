import { isTerminalPhase } from '../../reconciler/decide/phases.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findRun } from '../find-run.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';
import { listRuns } from '../list-runs.js';
import { readRun } from '../read-run.js';
import { fullName } from '../run-kinds.js';
import { type Session, openSession } from '../session.js';

export interface PruneOptions extends GlobalOptions {
  /** ms; only runs that ended longer ago. */
  readonly olderThan: number;
  readonly allNamespaces: boolean;
  readonly dryRun: boolean;
}

/** A real cluster has other people's runs too: there only the namespace that is meant, unless all are asked for. */
function placeOf(session: Session, options: PruneOptions): { readonly namespace?: string } {
  if (options.allNamespaces || (session.embedded && options.namespace === undefined)) return {};
  return { namespace: session.namespace };
}

/** `lockstep prune [REF]`: deletes runs that are over; their audit trail stays. */
export async function pruneVerb(reference: string | undefined, options: PruneOptions, io: Io): Promise<ExitCode> {
  const session = await openSession(options, io);
  try {
    const now = session.clock.now();
    const items =
      reference === undefined
        ? await listRuns(session, placeOf(session, options))
        : [await findRun(session, reference)];
    const over = items.filter((item) => {
      const { state } = readRun(item.object, item.kind);
      return (
        state !== null &&
        isTerminalPhase(state.phase) &&
        (reference !== undefined || now - (state.finishedAt ?? now) >= options.olderThan)
      );
    });
    if (reference !== undefined && over.length === 0)
      throw new CliError(
        `${reference} is not over; cancel it first:\n  ${io.program} cancel ${reference}${session.flags}`,
      );
    for (const { kind, object } of over) {
      const { namespace, name, uid } = object.metadata;
      if (!options.dryRun)
        await session.client.remove(
          kind.resource,
          { ...(namespace === undefined ? {} : { namespace }), name },
          { preconditions: { uid } },
        );
      io.print(fullName(kind, name));
    }
    io.tell(
      `${over.length} ${over.length === 1 ? 'run' : 'runs'} ${options.dryRun ? 'would be deleted' : 'deleted'}; the audit trail keeps what happened.`,
    );
    return EXIT.ok;
  } finally {
    await session.close();
  }
}
