import { readFileSync } from 'node:fs';
import pino, { type Logger } from 'pino';
import type { Clock } from '../api/clock.js';
import type { ApiTransport } from '../api/http.js';
import { openSqliteAuditStore } from '../audit/sqlite/sqlite-store.js';
import type { AuditStore } from '../audit/store.js';
import { createLogsAtRest } from '../cluster/kubelet/index.js';
import {
  type CallReport,
  type Client,
  createClient,
  createHttpTransport,
  fixedCredentials,
  loadCredentials,
  systemClock,
} from '../runtime/index.js';
import { type DataDir, defaultDataDir, openDataDir } from './embedded/data-dir.js';
import { type Lock, lockHolder, takeLock } from './embedded/lock.js';
import { openServer } from './embedded/start-cluster.js';
import { CliError } from './errors.js';
import type { Io } from './io.js';
import type { GlobalOptions } from './options.js';
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
  /** Null where the trail is with an installed controller. */
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
  return namesCluster(options) ? openRealCluster(options) : openEmbedded(options, io);
}

async function openRealCluster(options: GlobalOptions): Promise<Session> {
  const source =
    options.kubeconfig === undefined
      ? ({ kind: 'default', context: options.context } as const)
      : ({ kind: 'file', path: options.kubeconfig, context: options.context } as const);
  const loaded = await loadCredentials(source, systemClock);
  const transport = createHttpTransport({ credentials: loaded.credentials, clock: systemClock });
  return {
    client: clientOf(transport),
    transport,
    clock: systemClock,
    namespace: options.namespace ?? loaded.namespace ?? 'default',
    where: `${loaded.server} (context ${loaded.context})`,
    audit: null,
    flags: [
      options.kubeconfig === undefined ? '' : ` --kubeconfig ${options.kubeconfig}`,
      options.context === undefined ? '' : ` --context ${options.context}`,
    ].join(''),
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

/** The data directory that the options name. */
export function dataDirOf(options: GlobalOptions, io: Io): DataDir {
  return openDataDir(options.dataDir ?? defaultDataDir(io.env));
}

async function openEmbedded(options: GlobalOptions, io: Io): Promise<Session> {
  const dataDir = dataDirOf(options, io);
  const access = lockHolder(dataDir.lock) === null ? openAtRest(dataDir) : openRunning(dataDir);
  const audit = await openSqliteAuditStore(dataDir.audit, systemClock);
  return {
    client: clientOf(access.transport),
    transport: access.transport,
    clock: systemClock,
    namespace: options.namespace ?? 'default',
    where: `the embedded cluster in ${dataDir.path}`,
    audit,
    flags: options.dataDir === undefined ? '' : ` --data-dir ${options.dataDir}`,
    close: async () => {
      await audit.close();
      await access.close();
    },
  };
}

interface Access {
  readonly transport: ApiTransport;
  close(): Promise<void>;
}

/** Nobody runs it: its API server is opened in this process, for as long as the verb takes. */
function openAtRest(dataDir: DataDir): Access {
  const lock: Lock = takeLock(dataDir.lock);
  const server = openServer(dataDir, systemClock);
  const logs = createLogsAtRest({ client: server.localClient(), clock: systemClock, dataDir: dataDir.kubelet });
  server.setLogProvider(logs);
  return {
    transport: server.transport(),
    close: async () => {
      await logs.close();
      server.close();
      lock.release();
    },
  };
}

/** Another process runs it: it is spoken to over HTTP. */
function openRunning(dataDir: DataDir): Access {
  const address = readAddress(dataDir);
  const transport = createHttpTransport({
    credentials: fixedCredentials(address.url, { token: address.token }),
    clock: systemClock,
  });
  return {
    transport,
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

function readAddress(dataDir: DataDir): { readonly url: string; readonly token: string } {
  try {
    const value: unknown = JSON.parse(readFileSync(dataDir.server, 'utf8'));
    if (typeof value === 'object' && value !== null && 'url' in value && 'token' in value)
      return { url: String(value.url), token: String(value.token) };
  } catch (error) {
    throw new CliError(
      `another process has ${dataDir.path} open, and its address cannot be read (${String(error)}); it may be starting: try again`,
      { cause: error },
    );
  }
  throw new CliError(
    `${dataDir.server} does not say where the embedded cluster is; stop the process that uses ${dataDir.path} and try again`,
  );
}

/** A client as this command line makes it. */
export function clientOf(transport: ApiTransport, onCall: (report: CallReport) => void = () => undefined): Client {
  return createClient({ transport, clock: systemClock, random: Math.random, userAgent: `lockstep/${VERSION}`, onCall });
}

/** Logs to stderr, as JSON: silent unless asked for, since the view tells what happens. */
export function createLog(options: GlobalOptions): Logger {
  return pino(
    {
      name: 'lockstep',
      level: options.verbose ? 'info' : 'silent',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
