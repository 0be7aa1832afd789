import { systemClock } from '../runtime/index.js';
import { type Metrics, createMetrics } from '../server/metrics.js';
import { serveOperations } from '../server/operations-server.js';
import { openNamedAuditStore } from './audit-place.js';
import { attemptKey } from './controller/attempt-key.js';
import { installedLeader } from './controller/installed-leader.js';
import { type RunningController, startController } from './controller/running-controller.js';
import { type Keeper, lockToRun } from './embedded/access.js';
import { type Door, startCluster } from './embedded/start-cluster.js';
import { CliError } from './errors.js';
import type { Io } from './io.js';
import { Notices } from './notices.js';
import type { GlobalOptions } from './options.js';
import { type Session, clientOf, createLog, dataDirOf, embeddedFlags, namesCluster, openSession } from './session.js';
import { VERSION } from './version.js';

export interface PlaceOptions extends GlobalOptions {
  /** Port of /metrics, /healthz and /readyz; absent: they are not served. */
  readonly operationsPort?: number;
  /** Port on which the embedded API server is open to kubectl and its like (0: any free one); absent: it is not. */
  readonly openPort?: number;
}

/** Where a run goes on: a session, and a controller in this process. */
export interface Place {
  readonly session: Session;
  /** How kubectl and its like get in; null where that was not asked for. */
  readonly door: Door | null;
  /** What goes wrong beside the run. */
  readonly notices: Notices;
  /** Aborted, with a CliError as its reason, when the controller has ended by itself. */
  readonly failed: AbortSignal;
  close(): Promise<void>;
}

/** What was opened, to be closed in the reverse order; also where a later part cannot be opened. */
class Opened {
  readonly #closers: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#closers.unshift(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}

/** Opens the cluster that the options name, the embedded one by default, and starts a controller on it. @throws CliError */
export async function openPlace(options: PlaceOptions, io: Io): Promise<Place> {
  const opened = new Opened();
  const notices = new Notices(io.tell);
  const failed = new AbortController();
  try {
    const { session, door } = namesCluster(options)
      ? { session: await openReal(options, { io, opened }), door: null }
      : await openEmbedded(options, { io, opened, notices });
    if (session.audit !== null) await startWork(session, options, { io, opened, notices, failed });
    return { session, door, notices, failed: failed.signal, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

interface Opening {
  readonly notices: Notices;
  readonly io: Io;
  readonly opened: Opened;
}

async function openEmbedded(
  options: PlaceOptions,
  { io, opened, notices }: Opening,
): Promise<Pick<Place, 'session' | 'door'>> {
  const dataDir = dataDirOf(options, io);
  const lock = await lockToRun(dataDir, systemClock);
  if ('pid' in lock) return { session: await openKept(lock, options, { io, opened }), door: null };
  opened.add(() => {
    lock.release();
  });
  const audit = await openNamedAuditStore(options, io, { fallback: dataDir.audit, clock: systemClock });
  opened.add(() => audit.close());
  const cluster = await startCluster({
    dataDir,
    clock: systemClock,
    log: createLog(options, notices),
    ...(options.openPort === undefined ? {} : { open: { port: options.openPort } }),
  });
  opened.add(() => cluster.stop());
  io.tell(`Commands run as processes on this machine, not in containers; ${cluster.memory}.`);
  const session: Session = {
    client: clientOf(cluster.transport),
    transport: cluster.transport,
    clock: systemClock,
    namespace: options.namespace ?? 'default',
    embedded: true,
    moves: () => true,
    where: `the embedded cluster in ${dataDir.path}`,
    audit,
    flags: embeddedFlags(options),
    close: () => Promise.resolve(),
  };
  return { session, door: cluster.door };
}

/** `lockstep up` keeps the cluster up: it works on the run, which is only submitted and followed here. @throws CliError */
async function openKept(
  { pid }: Keeper,
  options: PlaceOptions,
  { io, opened }: Omit<Opening, 'notices'>,
): Promise<Session> {
  if (options.openPort !== undefined)
    throw new CliError(
      `process ${pid} keeps this data directory up already; its kubeconfig is the file kubeconfig there`,
    );
  const session = await openSession(options, io);
  opened.add(() => session.close());
  io.tell(`Process ${pid} (lockstep up) works on this run.`);
  return { ...session, audit: null };
}

/**
 * A real cluster: the controller runs here and works there; its audit trail is kept in the data directory. Where one is
 * installed, that one works: two with keys of their own would be in each other's way.
 */
async function openReal(options: PlaceOptions, { io, opened }: Omit<Opening, 'notices'>): Promise<Session> {
  const session = await openSession(options, io);
  opened.add(() => session.close());
  const { client, namespace } = session;
  const leader = await installedLeader(client, { namespace, now: systemClock.now() });
  if (leader !== null) {
    io.tell(`The installed controller (${leader}) works on this run; its audit trail is there.`);
    return { ...session, audit: null };
  }
  const audit =
    session.audit ??
    (await openNamedAuditStore(options, io, { fallback: dataDirOf(options, io).audit, clock: systemClock }));
  if (session.audit === null) opened.add(() => audit.close());
  io.tell(`The controller of this run works from here on ${session.where}.`);
  return { ...session, audit };
}

interface Working extends Opening {
  readonly failed: AbortController;
}

async function startWork(
  session: Session,
  options: PlaceOptions,
  { io, opened, notices, failed }: Working,
): Promise<void> {
  if (session.audit === null) throw new Error('a controller without an audit store; this is a defect in Lockstep');
  const metrics = createMetrics(VERSION);
  const controller = startController({
    client: clientOf(session.transport, (report) => {
      metrics.call(report);
    }),
    clock: systemClock,
    namespace: null,
    key: attemptKey(dataDirOf(options, io).key),
    store: session.audit,
    metrics,
    onFailure: (message) => {
      failed.abort(new CliError(message));
    },
    log: createLog(options, notices),
  });
  opened.add(() => controller.stop());
  if (options.operationsPort !== undefined)
    await serve(options.operationsPort, { metrics, controller, io, opened, notices });
}

interface Served extends Opening {
  readonly metrics: Metrics;
  readonly controller: RunningController;
}

async function serve(port: number, { metrics, controller, io, opened }: Served): Promise<void> {
  const health = { alive: () => controller.failure(), ready: () => controller.notReady() ?? controller.failure() };
  const server = await serveOperations({ host: '127.0.0.1', port, registry: metrics.registry, health });
  opened.add(() => server.close());
  io.tell(`Metrics and probes: ${server.url}/metrics, /healthz, /readyz`);
}
