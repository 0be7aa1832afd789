import type { Io } from './io.js';
import type { ReadRun } from './read-run.js';
import type { Session } from './session.js';

/** Says of runs that are not over, where no process works on them, that they stand still and how they go on. */
export function tellStandstill(session: Session, runs: readonly ReadRun[], io: Io): void {
  const open = runs.filter(({ view }) => view.finishedAt === null);
  const [first] = open;
  if (first === undefined || session.moves()) return;
  const subject =
    open.length === 1 ? `${first.view.namespace}/${first.view.shownName} stands` : `${open.length} runs stand`;
  io.tell(
    `${subject} still: no process works on what is in the data directory. The same \`run FILE\` goes on with a run, and this with all:\n  ${io.program} up${session.flags}`,
  );
}
