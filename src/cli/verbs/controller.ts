import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import pino, { type Logger } from 'pino';
import { openAuditStore, shownAuditStore } from '../../audit/open-store.js';
import type { AuditStore } from '../../audit/store.js';
import { TaskFailedError, createHttpTransport, loadCredentials, systemClock } from '../../runtime/index.js';
import { createMetrics } from '../../server/metrics.js';
import { namedAuditStore } from '../audit-place.js';
import { keepHeapCompact } from '../controller/compact-heap.js';
import { clusterSource } from '../controller/cluster-source.js';
import { type Installation, runInstalled } from '../controller/installed-controller.js';
import { OWN_NAMES } from '../controller/needed-rights.js';
import { untilAnswered } from '../controller/until-answered.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { TRANSLATORS } from '../kinds.js';
import type { GlobalOptions } from '../options.js';
import { dataDirOf } from '../session.js';
import { VERSION } from '../version.js';

export interface ControllerOptions extends GlobalOptions {
  /** Empty: that of --namespace, else all. */
  readonly namespaces: readonly string[];
  readonly leaderElect: boolean;
  readonly leaseName?: string;
  readonly ownNamespace?: string;
  readonly identity?: string;
  readonly operationsAddress: { readonly host: string; readonly port: number } | 'none';
  /** In ms. */
  readonly grace: number;
  readonly workers: number;
  readonly logLevel: string;
}

/** Works on the runs of a real cluster until it is told to stop (SIGTERM, Ctrl-C). @throws CredentialsError | CliError */
export async function controllerVerb(options: ControllerOptions, io: Io): Promise<ExitCode> {
  const log = pino(
    { name: 'lockstep', level: options.verbose ? 'debug' : options.logLevel, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  keepHeapCompact();
  const loaded = await loadCredentials(clusterSource(options), systemClock);
  const transport = createHttpTransport({ credentials: loaded.credentials, clock: systemClock });
  const stop = stopOnSignals(log);
  const installation: Installation = {
    transport,
    clock: systemClock,
    log,
    metrics: createMetrics(VERSION, { processMetrics: true }),
    version: VERSION,
    translators: TRANSLATORS,
    namespaces: namespacesOf(options),
    ownNamespace: options.ownNamespace ?? named(io, 'POD_NAMESPACE') ?? loaded.namespace ?? 'lockstep-system',
    names: { ...OWN_NAMES, lease: options.leaseName ?? OWN_NAMES.lease },
    // A restarted container of the same pod is the same candidate: it goes on at once.
    identity:
      options.identity ?? named(io, 'POD_NAME') ?? `${hostname()}_${process.pid}_${randomBytes(4).toString('hex')}`,
    leaderElect: options.leaderElect,
    openStore: storeOpener(options, { io, log }),
    operations: options.operationsAddress === 'none' ? null : options.operationsAddress,
    graceMs: options.grace,
    workers: options.workers,
  };
  const { ownNamespace, identity } = installation;
  log.info(
    { version: VERSION, server: loaded.server, namespaces: options.namespaces, ownNamespace, identity },
    'starting',
  );
  try {
    await runInstalled(installation, stop.signal);
    log.info('stopped');
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof TaskFailedError)) throw error;
    log.fatal({ err: error }, error.message);
    // What did not end in time would keep the process alive, in the way of the one that follows.
    return process.exit(EXIT.error);
  } finally {
    stop.close();
    transport.close();
  }
}

function namespacesOf({ namespaces, namespace }: ControllerOptions): readonly (string | null)[] {
  if (namespaces.length > 0) return [...new Set(namespaces)];
  return [namespace ?? null];
}

function named(io: Io, variable: string): string | undefined {
  const value = io.env[variable];
  return value === '' ? undefined : value;
}

/** A database may be away for a while; a file that cannot be opened needs a person. */
function storeOpener(
  options: GlobalOptions,
  { io, log }: { readonly io: Io; readonly log: Logger },
): (signal: AbortSignal) => Promise<AuditStore> {
  const address = namedAuditStore(options, io) ?? { kind: 'sqlite', path: dataDirOf(options, io).audit };
  log.info({ kind: address.kind, auditStore: shownAuditStore(address) }, 'the audit store');
  const open = (): Promise<AuditStore> => openAuditStore(address, systemClock);
  if (address.kind === 'sqlite') return open;
  return (signal) => untilAnswered('opening the audit store', open, { clock: systemClock, log, signal });
}

/** The first signal asks for an ordered stop, the second ends the process at once. */
function stopOnSignals(log: Logger): { readonly signal: AbortSignal; close(): void } {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    log.info({ signal: name }, 'stopping in order; a second signal ends it at once');
    stop.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    signal: stop.signal,
    close: () => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    },
  };
}
