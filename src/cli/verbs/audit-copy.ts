import { copyTrails, type CopyTally } from '../../audit/copy/copy-trails.js';
import type { CopyFault } from '../../audit/copy/fault.js';
import { verifyCopy } from '../../audit/copy/verify-copy.js';
import { type AuditStoreAddress, openAuditStore, parseAuditStore, shownAuditStore } from '../../audit/open-store.js';
import { AuditStoreError } from '../../audit/store-error.js';
import type { LedgerStore } from '../../audit/store.js';
import { systemClock } from '../../runtime/index.js';
import { namedAuditStore } from '../audit-place.js';
import { CliError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { untilInterrupted } from '../interruption.js';
import type { Io } from '../io.js';
import type { GlobalOptions } from '../options.js';

export interface AuditCopyOptions extends GlobalOptions {
  /** Addresses as they were typed; see parseAuditStore. */
  readonly from: string;
  readonly to?: string;
  readonly includeBroken: boolean;
}

const GO_ON = 'What was copied stays; the same command goes on from there.';

/** `lockstep audit copy`: the trails of all runs from one store to another, verified before and after. */
export async function auditCopyVerb(options: AuditCopyOptions, io: Io): Promise<ExitCode> {
  const [source, target] = [parseAuditStore(options.from), targetOf(options, io)];
  const from = await openAuditStore(source, systemClock, { mustExist: true });
  try {
    const to = await openAuditStore(target, systemClock);
    try {
      // Not by the addresses: there are several for one place.
      if (from.id === to.id)
        throw new CliError(
          `${shownAuditStore(source)} and ${shownAuditStore(target)} are the same store, or one is a copy of the other's file`,
          { exitCode: EXIT.usage },
        );
      return await copy({ from, to }, options, io);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

function targetOf(options: AuditCopyOptions, io: Io): AuditStoreAddress {
  const named = options.to === undefined ? namedAuditStore(options, io) : parseAuditStore(options.to);
  if (named !== null) return named;
  throw new CliError('say where to: --to PATH or --to postgres://USER@HOST/DATABASE (or LOCKSTEP_AUDIT_STORE)', {
    exitCode: EXIT.usage,
  });
}

async function copy(
  stores: { readonly from: LedgerStore; readonly to: LedgerStore },
  { includeBroken }: AuditCopyOptions,
  io: Io,
): Promise<ExitCode> {
  const interruption = untilInterrupted(undefined);
  const { signal } = interruption;
  let faults = 0;
  const onFault = (fault: CopyFault): void => {
    faults += 1;
    io.tell(textOf(fault));
  };
  try {
    const tally = await copyTrails(stores, { includeBroken, signal, onFault });
    printTally(io, tally);
    const found = await verifyCopy(stores, { refused: tally.refused, signal, onFault });
    if (found === null) {
      io.tell(`Interrupted. ${GO_ON}`);
      return EXIT.interrupted;
    }
    io.print(`the target has: ${counted(found.runs, 'run')}, ${counted(found.events, 'event')}`);
    io.tell(faults === 0 ? 'All of it is whole.' : `Not all is well: ${counted(faults, 'fault')}, told above.`);
    if (tally.refused.size > 0 && !includeBroken) io.tell('--include-broken copies broken trails too, as they are.');
    return faults === 0 ? EXIT.ok : EXIT.error;
  } catch (error) {
    if (error instanceof AuditStoreError) io.tell(GO_ON);
    throw error;
  } finally {
    interruption.close();
  }
}

function printTally(io: Io, { runsCopied, eventsCopied, runsKnown, eventsKnown }: CopyTally): void {
  io.print(`copied: ${counted(runsCopied, 'run')}, ${counted(eventsCopied, 'event')}`);
  io.print(`there already: ${counted(runsKnown, 'run')}, ${counted(eventsKnown, 'event')}`);
}

function textOf({ uid, run, message }: CopyFault): string {
  const name = [run, uid].filter((part) => part !== null).join(' ');
  return name === '' ? message : `${name}: ${message}`;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
