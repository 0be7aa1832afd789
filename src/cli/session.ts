import pino, { type Logger } from 'pino';
import type { Clock } from '../api/clock.js';
import type { ApiTransport } from '../api/http.js';
import { openAuditStore } from '../audit/open-store.js';
import type { AuditStore } from '../audit/store.js';
import { ApiServer, clusterAdmission, clusterSchemas } from '../cluster/index.js';
import {
  type CallReport,
  type Client,
  createClient,
  createHttpTransport,
  loadCredentials,
  systemClock,
} from '../runtime/index.js';
import { auditStoreFlag, namedAuditStore, openNamedAuditStore } from './audit-place.js';
import type { Access } from './embedded/access.js';
import { reachSteadily } from './embedded/steady-access.js';
import { installKinds } from './embedded/start-cluster.js';
import { type DataDir, defaultDataDir, findDataDir, openDataDir } from './embedded/data-dir.js';
import type { Io } from './io.js';
import type { Notices } from './notices.js';
import type { GlobalOptions } from './options.js';
import { shellWord } from './shell-word.js';
import { VERSION } from './version.js';

/** What a verb works with: a cluster, whichever it is, and the audit trail where it can be reached. */
export interface Session {
  readonly client: Client;
  /** What carries the client's requests: a controller in this process makes a client of its own of it. */
  readonly transport: ApiTransport;
  readonly clock: Clock;
  /** The namespace that is meant where none is given. */
  readonly namespace: string;
  /** In words: where it looks. */
  readonly where: string;
  /** True: the embedded cluster, which is one person's. */
  readonly embedded: boolean;
  /** False: no process works on the runs, so what is not over stays as it is. */
  moves(): boolean;
  /** Null where the trail is with an installed controller, and where nothing was ever run. */
  readonly audit: AuditStore | null;
  /** How to reach the same place again: flags to append to a command that is printed. */
  readonly flags: string;
  close(): Promise<void>;
}

/** True where the options name a real cluster: an ambient KUBECONFIG never does. */
export function namesCluster(options: GlobalOptions): boolean {
  return options.kubeconfig !== undefined || options.context !== undefined;
}

/** Opens the place that the options name: a real cluster, or the embedded one's data directory, running or not. */
export async function openSession(options: GlobalOptions, io: Io): Promise<Session> {
  return namesCluster(options) ? openRealCluster(options, io) : openEmbedded(options, io);
}

async function openRealCluster(options: GlobalOptions, io: Io): Promise<Session> {
  const store = namedAuditStore(options, io);
  const source =
    options.kubeconfig === undefined
      ? ({ kind: 'default', context: options.context } as const)
      : ({ kind: 'file', path: options.kubeconfig, context: options.context } as const);
  const loaded = await loadCredentials(source, systemClock);
  const audit = store === null ? null : await openAuditStore(store, systemClock);
  const transport = createHttpTransport({ credentials: loaded.credentials, clock: systemClock });
  return {
    client: clientOf(transport),
    transport,
    clock: systemClock,
    namespace: options.namespace ?? loaded.namespace ?? 'default',
    embedded: false,
    moves: () => true,
    where: `${loaded.server} (context ${loaded.context})`,
    audit,
    flags: [
      options.kubeconfig === undefined ? '' : ` --kubeconfig ${shellWord(options.kubeconfig)}`,
      options.context === undefined ? '' : ` --context ${shellWord(options.context)}`,
      auditStoreFlag(options),
    ].join(''),
    close: async () => {
      transport.close();
      await audit?.close();
    },
  };
}

/** How to reach the embedded cluster that the options name: flags to append to a command that is printed. */
export function embeddedFlags(options: GlobalOptions): string {
  const dataDir = options.dataDir === undefined ? '' : ` --data-dir ${shellWord(options.dataDir)}`;
  return dataDir + auditStoreFlag(options);
}

/** The data directory that the options name. */
export function dataDirOf(options: GlobalOptions, io: Io): DataDir {
  return openDataDir(options.dataDir ?? defaultDataDir(io.env));
}

async function openEmbedded(options: GlobalOptions, io: Io): Promise<Session> {
  const path = options.dataDir ?? defaultDataDir(io.env);
  const dataDir = findDataDir(path);
  const access = dataDir === null ? await nothingThere() : await reachSteadily(dataDir, systemClock);
  const shown = {
    client: clientOf(access.transport),
    transport: access.transport,
    clock: systemClock,
    namespace: options.namespace ?? 'default',
    embedded: true,
    moves: () => access.running(),
    flags: embeddedFlags(options),
  };
  if (dataDir === null) {
    // A trail can be read without a cluster: in the pod of an installed controller, or from a copy.
    const named = namedAuditStore(options, io);
    const audit = named === null ? null : await openAuditStore(named, systemClock);
    return {
      ...shown,
      where: `the embedded cluster in ${path} (nothing was ever run there)`,
      audit,
      close: async () => {
        await audit?.close();
        await access.close();
      },
    };
  }
  try {
    const audit = await openNamedAuditStore(options, io, { fallback: dataDir.audit, clock: systemClock });
    return {
      ...shown,
      where: `the embedded cluster in ${path}`,
      audit,
      close: async () => {
        await audit.close();
        await access.close();
      },
    };
  } catch (error) {
    await access.close();
    throw error;
  }
}

/** Where nothing was ever run there is an empty cluster to look at; looking makes no directory. */
async function nothingThere(): Promise<Access> {
  const server = new ApiServer({ clock: systemClock, schemas: clusterSchemas, admission: clusterAdmission });
  await installKinds(server);
  return {
    transport: server.transport(),
    running: () => false,
    close: () => {
      server.close();
      return Promise.resolve();
    },
  };
}

/** A client as this command line makes it. */
export function clientOf(transport: ApiTransport, onCall: (report: CallReport) => void = () => undefined): Client {
  return createClient({ transport, clock: systemClock, random: Math.random, userAgent: `lockstep/${VERSION}`, onCall });
}

/** With --verbose the log goes to stderr, as JSON lines; without, what a person must know of it becomes a notice. */
export function createLog(options: GlobalOptions, notices: Notices): Logger {
  const level = options.verbose ? 'info' : 'warn';
  return pino(
    { name: 'lockstep', level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    options.verbose ? pino.destination({ fd: 2, sync: true }) : notices,
  );
}
